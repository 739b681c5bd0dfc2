"""Kills between the steps of whatever changes a home; what is left must be whole, and go on."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from genrefit import history
from genrefit.collecting.collector import collect
from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.learning import registry
from genrefit.learning.recipe import Recipe
from genrefit.learning.train import train
from genrefit.library import consistency, genres, open_library
from genrefit.library.exchange import export_segments, import_segments
from genrefit.sweeper import sweep_home
from genrefit.ui.components import dropped_songs
from tests.soak.songs import write_songs
from tests.support.homes import fill_library

Result = tuple[str, int, list[str]]
WATCHED = ("library", "learning/model_store", "learning/registry", "storage", "collecting/run",
           "history", "ui/components/dropped_songs")  # fmt: skip
"""The modules between whose lines a process is killed."""


class Upload:
    def __init__(self, path: Path) -> None:
        self.name, self._content = path.name, path.read_bytes()

    def getvalue(self) -> bytes:
        return self._content


def run(folder: Path, *, short: bool, seed: int) -> Iterator[Result]:
    songs = write_songs(folder / "songs", 4, seed=seed)
    start = Home(folder / "start")
    fill_library(start, [["jazz"], ["folk"]] * 10)
    genres.add(start, "jazz", [str(songs)])
    genres.add(start, "folk")
    recipe = Recipe(pipeline="logistic", name="mine", replace=True)
    train(start, recipe, n_jobs=1)
    segments = folder / "segments.jsonl"
    export_segments(start, segments, features="classic")

    def drop(home: Home) -> None:
        uploads = [Upload(path) for path in sorted(songs.iterdir())]
        stored = dropped_songs.store_files(home, genres.read(home), "folk", uploads)
        genres.add(home, "folk", stored.sources)

    actions: dict[str, Callable[[Home], object]] = {
        "genre added": lambda home: genres.add(home, "blues", ["/x"]),
        "genre renamed": lambda home: history.rename_genre(home, "jazz", "swing"),
        "genre removed": lambda home: genres.remove_with_songs(home, "folk"),
        "import": lambda home: import_segments(home, segments),
        "model replaced": lambda home: train(home, recipe, n_jobs=1),
        "model deleted": lambda home: registry.delete(home, "mine"),
        "upload": drop,
        "collect": lambda home: collect(home, sets=["classic"], jobs=1),
    }
    slow = {"model replaced", "upload", "collect"}
    for name, action in actions.items():
        tries = (3 if name in slow else 8) if short else (25 if name in slow else 120)
        yield name, tries, _killed(folder, start, action, tries)


def _killed(folder: Path, start: Home, action: Callable[[Home], object], tries: int) -> list[str]:
    failures: list[str] = []
    steps = _steps(copied(start, folder / "whole"), action, None)
    for number in range(tries):
        home = copied(start, folder / "killed")
        _steps(home, action, int(steps * (number + 0.5) / tries))
        failures += [f"step {number} of {tries}: {wrong}" for wrong in _wrong(home, action)]
    return failures


def copied(home: Home, folder: Path) -> Home:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(home.path, folder)
    return Home(folder)


def _steps(home: Home, action: Callable[[Home], object], most: int | None) -> int:
    """Run an action in a process that is killed at its line `most`; return how many it took."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        count = 0

        def at_line(frame, event, argument):
            nonlocal count
            file = frame.f_code.co_filename
            if "/genrefit/" not in file or not any(f"genrefit/{w}" in file for w in WATCHED):
                return None
            if event == "line":
                count += 1
                if count == most:
                    os.kill(os.getpid(), signal.SIGKILL)
            return at_line

        try:
            sys.settrace(at_line)
            action(home)
        except BaseException as error:  # noqa: BLE001 - said by the parent
            os.write(2, f"{error}\n".encode())
        finally:
            sys.settrace(None)
            os.write(writing, str(count).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    return int(told or 0)


def _wrong(home: Home, action: Callable[[Home], object]) -> list[str]:
    """What is wrong in a home after a kill, before and after the same action is done again."""
    wrong = []
    try:
        for again in (False, True):
            sweep_home(home)
            if again:
                with suppress(GenrefitError):  # it was done already, which is told in a sentence
                    action(home)
            history.finish(home)
            with open_library(home, create=False) as library:
                found = [f.sentence for f in consistency.check(library) if f.wrong]
                wrong += found
                told = library.genres()
            if genres.written(home) != told:
                wrong.append("genres.json and the library differ")
            for model in registry.listing(home):
                if model.error:
                    wrong.append(f"model {model.name}: {model.error}")
            left = [*home.models.glob("*.part"), *home.models.glob(".*.old*"),
                    *home.data.glob("library-*"), *home.data.glob(".*.part")]  # fmt: skip
            wrong += [f"left over: {path.name}" for path in left]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        wrong.append(f"{type(error).__name__}: {error}")
    return wrong
