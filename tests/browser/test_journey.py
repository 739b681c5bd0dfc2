"""The whole way by point and click: from three folders to "x but not y", on songs that sound."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from genrefit.config import Home
from genrefit.library import genres as definitions
from genrefit.library import open_library
from tests.browser.conftest import CLIPS, LATER, MOMENTS, SOON, Tab, numbers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]


def test_from_folders_to_country_but_not_hip_hop(serve, browse, genre_folders):
    home, tab = serve.home, browse(serve)
    folders = {name: folder for name, folder in genre_folders.items() if name != "held out"}
    open_empty_home(tab)
    for name, folder in folders.items():
        define_genre(tab, name, folder)
    assert {genre.name: genre.sources for genre in definitions.read(home).values()} == {
        name: (str(folder),) for name, folder in folders.items()
    }
    collect(tab, home, folders)
    train(tab)
    judge(tab, list(folders))
    score(tab, home, folders, next(genre_folders["held out"].glob(f"{next(iter(folders))}.*")))
    find(tab, folders)
    save_and_reuse_query(tab)


def open_empty_home(tab: Tab) -> None:
    """Home says what to do first, and leads there."""
    tab.open()
    tab.says("Next")
    tab.page.locator(".st-key-step-next").get_by_role("link", name="Genres").click()
    expect(tab.title("Genres")).to_be_visible(timeout=SOON)


def define_genre(tab: Tab, name: str, folder: Path) -> None:
    """Add a genre with a folder as its source by the form, after a look at what is in it."""
    genre = tab.page.get_by_role("combobox", name="Genre", exact=True)
    genre.click()
    genre.fill(name)
    genre.press("Enter")
    tab.settled()
    tab.page.get_by_role("textbox", name="Where its songs come from").fill(str(folder))
    tab.button("Preview").click()
    tab.settled()  # the genre before this one had as many songs
    tab.says(f"{CLIPS} songs")
    tab.button("Add").click()
    tab.says(f"{name} has 1 source now")


def collect(tab: Tab, home: Home, folders: Mapping[str, Path]) -> None:
    """Collect, and watch how far each genre is; nothing of the audio stays."""
    tab.page.get_by_role("link", name="Next: collect their songs").click()
    expect(tab.title("Collect")).to_be_visible(timeout=SOON)
    tab.button("Collect new songs").click()
    expect(tab.page.get_by_role("progressbar").first).to_be_visible(timeout=SOON)
    for name in folders:
        tab.says(re.compile(rf"{name} · [1-{CLIPS}] of {CLIPS} songs"), timeout=LATER)
    total = len(folders) * CLIPS
    tab.says(f"{total} songs collected", timeout=LATER)
    with open_library(home) as library:
        summary = library.summary()
    assert (summary["songs"], summary["failed"]) == (total, [])
    assert summary["genres"] == dict.fromkeys(folders, CLIPS)
    assert left_behind(home) == []


def left_behind(home: Home) -> list[Path]:
    """Return what lies in the folder for audio in hand, locks and folders apart."""
    return [path for path in home.work.rglob("*") if path.is_file() and path.stat().st_size]


def train(tab: Tab) -> None:
    """Train, and read in plain words how good it became."""
    tab.page.get_by_role("link", name="Next: train a model").click()
    expect(tab.title("Train")).to_be_visible(timeout=SOON)
    tab.page.get_by_role("textbox", name="Name of the model (optional)").fill("journey")
    tab.button("Train").click()
    result = tab.page.locator(".st-key-result")
    expect(result).to_contain_text("journey", timeout=LATER)
    expect(result).to_contain_text(
        re.compile(r"Right for (\d+ of 100|all \d+) songs by artists it never")
    )


def judge(tab: Tab, genres: list[str]) -> None:
    """Look at each matrix, by songs and by segments, and behind a cell."""
    tab.page.get_by_role("link", name="Look closer").click()
    expect(tab.title("Judge")).to_be_visible(timeout=SOON)
    choose(tab, "Mix-ups")
    for level in ("songs", "segments"):
        choose(tab, f"By {level}")
        recall = matrix(tab, "recall", level)
        assert recall.sum(axis=1) == pytest.approx([100] * len(genres), abs=0.1)
        assert matrix(tab, "confusion", level).sum() == pytest.approx(100, abs=0.1)
        totals = matrix(tab, "precision", level).sum(axis=0)
        guessed = ~np.isnan(totals)  # the column of a genre that was never guessed stays empty
        assert guessed.any()
        assert totals[guessed] == pytest.approx([100] * guessed.sum(), abs=0.1)
    tab.says(re.compile(rf"^\d+ segments? of ({'|'.join(genres)}) (taken for|rightly known as)"))
    hear_a_moment(tab)


def hear_a_moment(tab: Tab) -> None:
    """Tick a song behind the cell, and hear one of its moments that were taken so."""
    table = tab.page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    tab.page.mouse.click(box["x"] + 16, box["y"] + 52)  # the tick of the first row
    card = tab.page.locator(".st-key-behind-card")
    moment = card.get_by_role("button", name=re.compile(r"^▶ \d+:\d\d$")).first
    expect(moment).to_be_visible(timeout=SOON)
    minutes, seconds = map(int, moment.inner_text().split()[1].split(":"))
    moment.click()
    tab.page.wait_for_function(
        "at => [...document.querySelectorAll('audio')].some(a => !a.paused && a.currentTime >= at)",
        arg=60 * minutes + seconds,
        timeout=SOON,
    )
    tab.page.evaluate("document.querySelectorAll('audio').forEach(audio => audio.pause())")


def choose(tab: Tab, choice: str) -> None:
    """Choose one of a row of buttons, of which one is always chosen."""
    tab.page.get_by_role("radio", name=choice, exact=True).click()
    expect(tab.page.get_by_role("radio", name=choice, exact=True)).to_be_checked(timeout=SOON)
    tab.settled()


def matrix(tab: Tab, kind: str, level: str) -> np.ndarray:
    """Choose a matrix on Judge and return its numbers as they are drawn, first row first."""
    choose(tab, kind.capitalize())
    expect(tab.page.get_by_label(f"{kind} matrix of {level}").first).to_be_visible(timeout=SOON)
    heat = next(trace for trace in tab.figure() if trace["type"] == "heatmap")
    return numbers(heat["z"])


def score(tab: Tab, home: Home, folders: Mapping[str, Path], song: Path) -> None:
    """Drop a song that was never heard, see what it is, and whether it fits."""
    tab.go("Score")
    tab.drop(song)
    tab.says("1 song scored.", timeout=LATER)
    tab.says(MOMENTS)
    expect(tab.page.locator("audio")).to_be_attached()
    bars = next(trace for trace in tab.figure() if trace["type"] == "bar")
    assert set(bars["y"]) == set(folders)
    assert numbers(bars["x"]).sum() == pytest.approx(100, abs=0.5)
    assert left_behind(home) == []
    one, other, *_ = folders
    enter_query(tab, re.compile("^Does it fit"), f"{one} or {other}")
    fit = tab.page.get_by_test_id("stMetric").filter(has_text="Fit")
    expect(fit).to_contain_text(re.compile(r"\d+ %"), timeout=SOON)


def enter_query(tab: Tab, box: str | re.Pattern[str], question: str) -> None:
    """Type a question and press Enter."""
    field = tab.page.get_by_role("textbox", name=box)
    field.fill(question)
    field.press("Enter")


def find(tab: Tab, folders: Mapping[str, Path]) -> None:
    """Find x but not y, and take the answer away in three forms."""
    tab.go("Find")
    one, other, *_ = folders
    enter_query(tab, "What are you looking for?", f"{one.lower()} but not {other.lower()}")
    tab.says(re.compile(r"\d+ songs?, best first"))
    hits = json.loads(tab.download("JSON"))
    fits = [hit["fit"] for hit in hits]
    assert fits == sorted(fits, reverse=True)
    assert 0.3 <= min(fits) <= max(fits) <= 1
    assert set(hits[0]["likelihoods"]) == set(folders)
    rows = list(csv.DictReader(io.StringIO(tab.download("CSV").decode())))
    assert [row["title"] for row in rows] == [hit["title"] for hit in hits]
    playlist = tab.download("M3U").decode()
    assert playlist.startswith("#EXTM3U")
    files = [Path(line) for line in playlist.splitlines() if line and line[0] != "#"]
    assert len(files) == len(hits)
    assert {file.parent for file in files} <= set(folders.values())


def save_and_reuse_query(tab: Tab) -> None:
    """Keep the question as a situation, and ask it again of the song on Score."""
    tab.button(re.compile("Save this query$")).click()
    tab.page.get_by_role("textbox", name="Name", exact=True).fill("my wedding")
    tab.page.get_by_role("button", name="Save", exact=True).click()
    tab.says("Saved as my wedding.")
    tab.go("Score")
    tab.page.get_by_test_id("stMain").get_by_text("my wedding", exact=True).click()
    box = tab.page.get_by_role("textbox", name=re.compile("^Does it fit"))
    expect(box).to_have_value(re.compile("and not"), timeout=SOON)
