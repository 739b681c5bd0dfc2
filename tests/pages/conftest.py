"""Homes for the pages' tests, made in a moment, and the app opened on one of its pages.

`home` is empty and has no ear; `filled` holds three genres of ten songs and a model; `troubled`
also holds failures, a song in two genres, and a collection that was interrupted.
"""

from __future__ import annotations

import shutil
import sys
import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genrefit import config, jobs
from genrefit.features import FEATURE_SETS
from genrefit.learning.recipe import Recipe
from genrefit.learning.train import train
from genrefit.library import genres, open_library
from genrefit.records import FailedSong, Features, Song

GENRES = ("country", "hip hop", "jazz")
EACH = 10


class OpenPage:
    """The app on one page, with what is written there."""

    def __init__(self, page):
        self.at = AppTest.from_file(str(config.CHECKOUT / "app.py"), default_timeout=120).run()
        self.go(page)

    def go(self, page):
        self.at.switch_page(f"pages/{page}.py").run()
        self.fine()

    def fine(self):
        assert not self.at.exception, [e.value for e in self.at.exception]
        return self

    @property
    def text(self):
        kinds = ("title", "subheader", "markdown", "caption", "info", "success", "warning", "error")
        return "\n".join(element.value for kind in kinds for element in getattr(self.at, kind))

    @property
    def errors(self):
        return [element.value for element in self.at.error]

    @property
    def toasts(self):
        return [element.value for element in self.at.toast]

    def links(self):
        return [link.proto.page for link in self.at.get("page_link")]

    def button(self, key):
        return self.at.button(key=key)

    def click(self, key):
        self.button(key).click()
        self.at.run()
        return self.fine()

    def has_button(self, key):
        return any(button.key == key for button in self.at.button)

    def frames(self, *columns):
        tables = [table.value for table in self.at.dataframe]
        return [table for table in tables if set(columns) <= set(table.columns)]

    def frame(self, *columns):
        """Return the one table that has these columns."""
        (table,) = self.frames(*columns)
        return table


@pytest.fixture
def open_page():
    return OpenPage


@pytest.fixture(autouse=True)
def no_ear(monkeypatch, tmp_path):
    """Without the ear a model of one's own is the only one, wherever the tests run."""
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "no ear here"))


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory):
    home = config.home(tmp_path_factory.mktemp("filled"))
    _fill(home)
    train(home, Recipe(features="classic", pipeline="logistic", name="mine"), n_jobs=1)
    return home


def _fill(home):
    rng = np.random.default_rng(0)
    width = len(FEATURE_SETS["classic"].columns)
    with open_library(home) as library:
        for genre in GENRES:
            genres.add(home, genre, [f"/music/{genre}"])
            centre = 0.7 * rng.normal(size=width)
            for number in range(EACH):
                own = centre + rng.normal(size=width)
                values = (own + 0.5 * rng.normal(size=(5, width))).astype(np.float32)
                starts = np.arange(5, dtype=np.float32) * 10
                library.add(_song(genre, number), {"classic": Features(starts, values)})


def _song(genre, number):
    name = f"{genre} {number}"
    address = f"https://songs.example/{genre}/{number}" if number else f"/music/{name}.mp3"
    artist = f"The {genre} band {number}" if number > 1 else None
    return Song(name, address, address, f"Song {name}", artist, 50.0, name, (genre,))


@pytest.fixture
def filled(filled_once, home):
    """A home with songs of three genres and a model called mine."""
    shutil.copytree(filled_once.path, home.path)
    return home


@pytest.fixture
def troubled(filled):
    """A filled home where not everything went well."""
    pause = "the site asks to be left alone for a while: try again in an hour"
    gone = "it is not there any more: take another copy of the song"
    with open_library(filled) as library:
        for number in range(5):
            last = number == 4
            library.record_failure(
                FailedSong(f"key {number}", f"https://songs.example/{number}", f"Lost {number}",
                           None, ("jazz",), gone if last else pause, "gone" if last else "pause",
                           not last)
            )  # fmt: skip
        library.add_to_genre("jazz 3", "country")
    interrupted(filled, "collect")
    return filled


def interrupted(home, kind):
    """Leave behind a job whose process ended without a word."""
    number = jobs.start(home, kind, {}, command=(sys.executable, "-c", "pass"))
    _until(lambda: jobs.get(home, number).state == "interrupted")
    return number


@pytest.fixture
def at_work():
    """Start a job that does nothing for a while, and let it go at the end."""
    homes = []

    def start(home, kind):
        homes.append(home)
        return jobs.start(home, kind, {}, command=_held(home))

    yield start
    for home in homes:
        (home.path / "let go").touch()


def _held(home):
    """Return a command that lives until the file `let go` appears in the home, a minute at most."""
    flag = str(home.path / "let go")
    work = (
        "import os, time\n"
        "for _ in range(600):\n"
        f"    if os.path.exists({flag!r}): break\n"
        "    time.sleep(0.1)\n"
    )
    return (sys.executable, "-c", work)


def _until(there, seconds=30.0):
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.05)


@pytest.fixture
def until():
    return _until
