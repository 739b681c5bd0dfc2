"""Real background jobs in tests: start, wait for and look at them."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from genrefit.jobs import manager as jobs
from genrefit.library import open_library

LONG = {"songs": 200, "styles": ["waltz"], "seconds": 30.0}
"""A demo of so many songs that it is still composing whenever a test looks."""


def until(condition, *, seconds: float = 240.0):
    """Return the condition's first true value; fail where it has none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"still not so after {seconds} s")


def composing(home, number, *, songs: int = 0):
    """Wait until a demo job has made so many songs; return the job."""

    def at_work():
        job = jobs.get(home, number)
        assert job.state == "running", job
        return job if job.progress and job.progress.done >= songs else None

    return until(at_work)


def ended(home, number, *, seconds: float = 240.0):
    return until(
        lambda: job if (job := jobs.get(home, number)).state != "running" else None,
        seconds=seconds,
    )


def pid_of(home, number) -> int:
    def known():
        with open_library(home) as library:
            return library.rows("SELECT pid FROM jobs WHERE id = ?", (number,))[0][0]

    return until(known)


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def script(tmp_path, body: str) -> list[str]:
    """A worker's command whose job of the kind "map" is `body`."""
    path = tmp_path / "worker.py"
    path.write_text(
        "import os, sys, time\nfrom genrefit.jobs import manager as jobs, worker\n"
        "from genrefit.records import Progress\n"
        f"def work(home, arguments, report, stop_requested):\n{body}\n"
        "worker.WORK['map'] = work\nworker.main()\n"
    )
    return [sys.executable, str(path)]
