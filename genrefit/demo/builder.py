"""Build the demo: synthetic songs, collected and trained on in a home, and labelled as such."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genrefit import processes
from genrefit.config import Home
from genrefit.demo import composer
from genrefit.errors import Cancelled, GenreError
from genrefit.library import genres as definitions
from genrefit.library import open_library
from genrefit.records import Progress
from genrefit.storage import write_whole

STYLES = tuple(composer.STYLES)
SONGS = 8
"""Songs a style."""
MODEL = "demo"
PIPELINE = "logistic"
"""Comparing all pipelines would take longer than the rest of the demo."""
NOTE = (
    "This is the demo: every song in it was composed and synthesized by genrefit itself, so its "
    "numbers say nothing about real music."
)
"""Shown wherever the demo is."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """How many songs the demo has, the names of its genres and of its model."""

    songs: int
    genres: tuple[str, ...]
    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self) | {"genres": list(self.genres)}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> DemoResult:
        """Return the record that `to_json` wrote."""
        return cls(int(fields["songs"]), tuple(fields["genres"]), str(fields["model"]))


def genre(style: str) -> str:
    """Return the name of a style's genre, which says that it is the demo's."""
    return f"Demo {style.title()}"


def is_demo(home: Home) -> bool:
    """Tell whether a home still holds genres of the demo."""
    of_demo = set(demo_genres(home))
    return bool(of_demo) and not of_demo.isdisjoint(definitions.written(home))


def build(
    home: Home,
    *,
    seed: int = 0,
    songs: int = SONGS,
    styles: Sequence[str] = STYLES,
    seconds: float | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> DemoResult:
    """Compose songs, define a genre a style, collect them and train a model named "demo".

    Songs are collected as a user's own would be. A second run resumes where one was stopped.
    `seconds` None lets each song have its own length.

    Raises:
        GenreError: the home holds genres or songs of the user's own.
        Cancelled: `cancelled()` is true; finished songs and collected features stay.
    """
    from genrefit.collecting.collector import collect
    from genrefit.learning.train import Recipe, train

    _check_home(home)
    _write_manifest(home, seed, styles)
    made = [
        composer.composition(style, seed * songs + number, seconds=seconds)
        for style in styles
        for number in range(songs)
    ]
    _compose_songs(
        home,
        made,
        on_progress=on_progress or (lambda _: None),
        cancelled=cancelled or (lambda: False),
    )
    for style in styles:
        definitions.add(home, genre(style), [str(folder(home, style))])
    names = [genre(style) for style in styles]
    collect(home, genres=names, on_progress=on_progress, cancelled=cancelled)
    if _any_failed(home, names):  # in an earlier run, say, whose disk was full
        collect(home, genres=names, retry_failed=True, on_progress=on_progress, cancelled=cancelled)
    recipe = Recipe(genres=tuple(names), pipeline=PIPELINE, name=MODEL, replace=True, seed=seed)
    report = train(home, recipe, on_progress=on_progress, cancelled=cancelled)
    assert report.model is not None, "a trained model has a name"
    return DemoResult(len(made), tuple(names), report.model)


def folder(home: Home, style: str) -> Path:
    """Return the folder of a style's songs."""
    return songs_folder(home) / style


def songs_folder(home: Home) -> Path:
    """Return the folder of all of the demo's songs."""
    return home.data / "demo-songs"


def manifest(home: Home) -> Path:
    """Return the file that says which genres are the demo's."""
    return home.data / "demo.json"


def demo_genres(home: Home) -> list[str]:
    """Return the names of the demo's genres in this home, none where there is no demo."""
    path = manifest(home)
    if not path.exists():
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [str(name) for name in content["genres"]]
    except (ValueError, KeyError, TypeError) as error:
        raise GenreError(f"{path} is not what the demo wrote ({error}): delete it") from error


def _check_home(home: Home) -> None:
    known = set(demo_genres(home))
    others = [name for name in definitions.read(home) if name not in known]
    if not others and home.library.exists():
        with open_library(home) as library:
            others = [name for name in library.summary()["genres"] if name not in known]
    if others:
        raise GenreError(
            f"this home holds genres of your own already ({', '.join(others)}): make the demo in "
            "another home (genrefit --home FOLDER demo), or remove these and their songs first"
        )


def _write_manifest(home: Home, seed: int, styles: Sequence[str]) -> None:
    """Write the demo's manifest before any song, so that an interrupted demo is marked too."""
    names = list(dict.fromkeys([*demo_genres(home), *(genre(style) for style in styles)]))
    text = json.dumps({"note": NOTE, "seed": seed, "genres": names, "model": MODEL}, indent=2)
    write_whole(manifest(home), text + "\n")


def _compose_songs(
    home: Home,
    made: Sequence[composer.Composition],
    *,
    on_progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> None:
    """Write every song whose file does not exist, on all cores."""
    todo = []
    for song in made:
        where = folder(home, song.style)
        where.mkdir(parents=True, exist_ok=True)
        if not composer.file_path(song, where).exists():
            todo.append((song, where))
    began, done = time.monotonic(), 0
    on_progress(Progress("composing", 0, len(todo)))
    waiting = deque(todo)
    with processes.Workers(_write) as workers:
        while waiting or workers.busy:
            while waiting and workers.free:
                workers.submit(waiting.popleft())
            for result in workers.wait(0.25):
                if result.failure:
                    raise RuntimeError(
                        f"{result.item} was not composed: {result.failure.reason}\n"
                        f"{result.traceback}"
                    )
                done += 1
                on_progress(_composing_progress(done, len(todo), time.monotonic() - began))
            if cancelled():
                raise Cancelled(f"stopped after {done} of {len(todo)} songs; what was made stays")


def _composing_progress(done: int, total: int, spent: float) -> Progress:
    return Progress(
        "composing",
        done,
        total,
        per_minute=60 * done / spent,
        left_seconds=(total - done) * spent / done,
    )


def _any_failed(home: Home, names: Sequence[str]) -> bool:
    with open_library(home) as library:
        return any(set(failure.genres) & set(names) for failure in library.failures())


def _write(task: tuple[composer.Composition, Path]) -> None:
    song, where = task
    composer.write(song, where)
