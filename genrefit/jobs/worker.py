"""A job's process: does one job of the library and writes down how it goes and ends.

Run as `python -m genrefit.jobs.worker ID --home DIR --lock DESCRIPTOR` by genrefit.jobs.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from genrefit import config
from genrefit.config import Home
from genrefit.errors import Cancelled, GenrefitError
from genrefit.jobs import manager, store
from genrefit.library import Library, open_library
from genrefit.processes import step_back
from genrefit.records import Progress

PULSE_SECONDS = 0.35
"""How often progress is written and the wish to stop is read."""
NICENESS = 10
"""Pages come first: beside busy processes of niceness 0 a page switch took three times as long."""

Tell = Callable[[Progress], None]
Asked = Callable[[], bool]
Answer = tuple[str, dict[str, Any]]


class Pulse(threading.Thread):
    """Carries news between a job and its row: progress out, the wish to stop in.

    Only this thread touches the library file while the job runs, so that a job may report as often
    as it likes, from any thread.
    """

    def __init__(self, home: Home, job_id: int) -> None:
        super().__init__(daemon=True, name="pulse")
        self._home, self._id = home, job_id
        self._news: Progress | None = None
        self._asked = threading.Event()
        self._over = threading.Event()

    def tell(self, progress: Progress) -> None:
        """Take note of how far the job is."""
        self._news = progress

    def cancelled(self) -> bool:
        """Tell whether the job was asked to stop."""
        return self._asked.is_set()

    def run(self) -> None:
        """Beat until the job is over."""
        while not self._over.is_set():
            try:
                with open_library(self._home, create=False) as library:
                    self._beat(library)
            except GenrefitError as error:
                # A library that is locked for a while must not end a job that may be doing well.
                print(f"progress was not written: {error}", file=sys.stderr, flush=True)

    def _beat(self, library: Library) -> None:
        written: Progress | None = None
        while not self._over.wait(PULSE_SECONDS):
            news = self._news
            if news is not None and news is not written:
                store.report(library, self._id, news)
                written = news
            asked = store.asked_to_stop(library, self._id)
            if asked:
                self._asked.set()
            if asked and time.time() - asked > manager.GRACE_SECONDS:
                store.finish(library, self._id, "cancelled", manager.FORCED)
                print("did not stop when asked: ending by force", file=sys.stderr, flush=True)
                os.killpg(os.getpgrp(), signal.SIGKILL)

    def end(self) -> Progress | None:
        """Stop beating; return the last news."""
        self._over.set()
        self.join()
        return self._news


def _collect(home: Home, given: Mapping[str, Any], tell: Tell, asked: Asked) -> Answer:
    from genrefit.collecting.collector import collect
    from genrefit.sources import Limits

    options = dict(given)
    limits = Limits(**options.pop("limits", {}))
    found = collect(home, limits=limits, on_progress=tell, cancelled=asked, **options)
    message = f"{found.done:,} songs collected"
    message += f", {found.failed:,} failed" if found.failed else ""
    message += f", {found.skipped:,} were there before" if found.skipped else ""
    return message, found.to_json()


def _train(home: Home, given: Mapping[str, Any], tell: Tell, asked: Asked) -> Answer:
    from genrefit.learning.recipe import Recipe
    from genrefit.learning.train import train

    found = train(home, Recipe.from_json(given), on_progress=tell, cancelled=asked)
    return f"the model {found.model} is ready", {"model": found.model}


def _map(home: Home, given: Mapping[str, Any], tell: Tell, asked: Asked) -> Answer:
    from genrefit import song_map

    found = song_map.build(home, on_progress=tell, cancelled=asked, **given)
    return f"a map of {len(found):,} songs is ready", {"songs": len(found)}


def _demo(home: Home, given: Mapping[str, Any], tell: Tell, asked: Asked) -> Answer:
    from genrefit import demo

    found = demo.build(home, on_progress=tell, cancelled=asked, **given)
    return f"the demo is ready: {found['songs']} synthetic songs and a model", found


def _ear(home: Home, given: Mapping[str, Any], tell: Tell, asked: Asked) -> Answer:
    from genrefit.features import fetch_ear

    fetch_ear(home, on_progress=tell)
    return "the pretrained ear is ready", {}


WORK: dict[str, Callable[[Home, Mapping[str, Any], Tell, Asked], Answer]] = {
    "collect": _collect,
    "train": _train,
    "map": _map,
    "demo": _demo,
    "ear": _ear,
}
"""What each kind of job does; it returns a sentence for the page and a result for a program."""


def run(home: Home, job_id: int, *, work: Mapping[str, Callable[..., Answer]] = WORK) -> None:
    """Do a job to its end, whatever that is, and write it down."""
    job = manager.get(home, job_id)
    pulse = Pulse(home, job_id)
    pulse.start()
    result: dict[str, Any] | None = None
    try:
        message, result = work[job.kind](home, job.arguments, pulse.tell, pulse.cancelled)
        state = "done"
    except Cancelled as error:
        state, message = "cancelled", str(error)
    except GenrefitError as error:
        state, message = "failed", str(error)
    except Exception:  # noqa: BLE001 - a process's outermost door: told in one line, kept in full
        traceback.print_exc()
        state, message = "failed", _bug(home, job_id)
    news = pulse.end()
    with open_library(home) as library:
        if news is not None:
            store.report(library, job_id, news)
        store.finish(library, job_id, state, message, result=result)
    print(f"{state}: {message}", flush=True)


def _bug(home: Home, job_id: int) -> str:
    where = manager.log(home, job_id)
    return f"something went wrong inside genrefit (error job-{job_id}); details are in {where}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Be a job's process."""
    parser = argparse.ArgumentParser(prog="genrefit.jobs.worker")
    parser.add_argument("id", type=int)
    parser.add_argument("--home", required=True)
    parser.add_argument("--lock", type=int, required=True)
    asked = parser.parse_args(arguments)
    # Ours for life; a process that we start must not hold it when we are gone.
    os.set_inheritable(asked.lock, False)
    faulthandler.enable()
    step_back(NICENESS)
    home = config.home(Path(asked.home))
    with open_library(home, create=False) as library:
        store.adopt(library, asked.id, os.getpid())
    run(home, asked.id)
    manager.lock_file(home, asked.id).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
