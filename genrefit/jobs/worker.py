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

from genrefit import config, damage
from genrefit.config import Home
from genrefit.errors import Cancelled, GenrefitError
from genrefit.formatting import count
from genrefit.jobs import manager, store
from genrefit.jobs.results import JobResult, MapResult, TrainResult
from genrefit.library import Library, open_library
from genrefit.records import Progress
from genrefit.storage import erase
from genrefit.sweeper import sweep_home
from genrefit.worker_process import lower_priority

STATUS_SECONDS = 0.35
"""How often progress is written and a request to stop is read."""
NICENESS = 10
"""Pages come first: beside busy processes of niceness 0 a page switch took three times as long."""

ReportProgress = Callable[[Progress], None]
StopRequested = Callable[[], bool]
WorkOutcome = tuple[str, JobResult | None]
"""A sentence for the page, and a result for a program."""
Work = Callable[[Home, Mapping[str, Any], ReportProgress, StopRequested], WorkOutcome]
"""Does a job with its arguments."""


class StatusThread(threading.Thread):
    """Stores a job's progress in its row and reads from there whether it should stop.

    Only this thread opens the library while the job runs, so that a job may report as often as it
    likes, from any thread.
    """

    def __init__(self, home: Home, job_id: int, kind: str) -> None:
        super().__init__(daemon=True, name="job-status")
        self._home, self._id, self._kind = home, job_id, kind
        self._progress: Progress | None = None
        self._stop_requested = threading.Event()
        self._ended = threading.Event()

    def report(self, progress: Progress) -> None:
        """Take note of how far the job is."""
        self._progress = progress

    def stop_requested(self) -> bool:
        """Tell whether the job was asked to stop."""
        return self._stop_requested.is_set()

    def run(self) -> None:
        """Update the row until `end()`."""
        while not self._ended.is_set():
            try:
                with open_library(self._home, create=False) as library:
                    self._update(library)
            except GenrefitError as error:
                # A library that is locked for a while must not end a job that may be doing well.
                print(f"progress was not written: {error}", file=sys.stderr, flush=True)

    def _update(self, library: Library) -> None:
        written: Progress | None = None
        while not self._ended.wait(STATUS_SECONDS):
            progress = self._progress
            if progress is not None and progress is not written:
                store.set_progress(library, self._id, progress)
                written = progress
            since = store.stop_requested_at(library, self._id)
            if since:
                self._stop_requested.set()
            if since and time.time() - since > manager.grace_seconds(self._kind):
                message = manager.forced_message(self._kind)
                store.finish(library, self._id, "cancelled", message)
                print("did not stop when asked: ending by force", file=sys.stderr, flush=True)
                os.killpg(os.getpgrp(), signal.SIGKILL)

    def end(self) -> Progress | None:
        """End the thread; return the last progress."""
        self._ended.set()
        self.join()
        return self._progress


def _collect(
    home: Home, arguments: Mapping[str, Any], report: ReportProgress, stop_requested: StopRequested
) -> WorkOutcome:
    from genrefit.collecting.collector import collect
    from genrefit.sources import Limits

    options = dict(arguments)
    limits = Limits(**options.pop("limits", {}))
    result = collect(home, limits=limits, on_progress=report, cancelled=stop_requested, **options)
    message = f"{count(result.done, 'song')} collected"
    message += f", {result.failed:,} failed" if result.failed else ""
    message += f", {result.skipped:,} were there before" if result.skipped else ""
    return message, result


def _train(
    home: Home, arguments: Mapping[str, Any], report: ReportProgress, stop_requested: StopRequested
) -> WorkOutcome:
    from genrefit.learning.recipe import Recipe
    from genrefit.learning.train import train

    recipe = Recipe.from_json(arguments)
    trained = train(home, recipe, on_progress=report, cancelled=stop_requested)
    assert trained.model is not None, "a trained model has a name"
    return f"the model {trained.model} is ready", TrainResult(trained.model)


def _map(
    home: Home, arguments: Mapping[str, Any], report: ReportProgress, stop_requested: StopRequested
) -> WorkOutcome:
    from genrefit import song_map

    songs = song_map.build(home, on_progress=report, cancelled=stop_requested, **arguments)
    return f"a map of {count(len(songs), 'song')} is ready", MapResult(len(songs))


def _demo(
    home: Home, arguments: Mapping[str, Any], report: ReportProgress, stop_requested: StopRequested
) -> WorkOutcome:
    from genrefit import demo

    result = demo.build(home, on_progress=report, cancelled=stop_requested, **arguments)
    return f"the demo is ready: {result.songs} synthetic songs and a model", result


def _ear(
    home: Home, arguments: Mapping[str, Any], report: ReportProgress, stop_requested: StopRequested
) -> WorkOutcome:
    from genrefit.features import fetch_ears

    lacking = fetch_ears(home, on_progress=report)
    return f"the pretrained ear is ready{lacking and '; '}{lacking}", None


def _robust(
    home: Home, arguments: Mapping[str, Any], report: ReportProgress, stop_requested: StopRequested
) -> WorkOutcome:
    from genrefit.judging import saved_robustness
    from genrefit.judging.robustness import robustness

    tested = robustness(home, str(arguments["model"]), on_progress=report, cancelled=stop_requested)
    saved_robustness.save(home, tested)
    return tested.sentences()[0], None


WORK: dict[str, Work] = {
    "collect": _collect,
    "train": _train,
    "map": _map,
    "demo": _demo,
    "ear": _ear,
    "robust": _robust,
}
"""What each kind of job does."""


def run(home: Home, job_id: int, *, work: Mapping[str, Work] = WORK) -> None:
    """Do a job and store how it ended: done, failed or cancelled."""
    job = manager.get(home, job_id)
    status = StatusThread(home, job_id, job.kind)
    status.start()
    result: JobResult | None = None
    try:
        message, result = work[job.kind](home, job.arguments, status.report, status.stop_requested)
        state = "done"
    except Cancelled as error:
        state, message = "cancelled", str(error)
    except GenrefitError as error:
        state, message = "failed", str(error)
    except Exception as error:  # noqa: BLE001 - the process's last handler: one line is shown, the log has it in full
        traceback.print_exc()
        state, message = "failed", damage.explain(error, home) or _describe_bug(home, job_id)
    progress = status.end()
    with open_library(home) as library:
        if progress is not None:
            store.set_progress(library, job_id, progress)
        store.finish(library, job_id, state, message, result=result)
    print(f"{state}: {message}", flush=True)


def _describe_bug(home: Home, job_id: int) -> str:
    where = manager.log(home, job_id)
    return f"something went wrong inside genrefit (error job-{job_id}); details are in {where}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Do the job that the arguments name, then end."""
    parser = argparse.ArgumentParser(prog="genrefit.jobs.worker")
    parser.add_argument("id", type=int)
    parser.add_argument("--home", required=True)
    parser.add_argument("--lock", type=int, required=True)
    options = parser.parse_args(arguments)
    # This process alone holds the lock: one that it starts must not keep it after this one's end.
    os.set_inheritable(options.lock, False)
    faulthandler.enable()
    lower_priority(NICENESS)
    home = config.home(Path(options.home))
    sweep_home(home)
    with open_library(home, create=False) as library:
        store.set_process(library, options.id, os.getpid())
    run(home, options.id)
    erase(manager.lock_file(home, options.id), within=home.data)


if __name__ == "__main__":
    main()
