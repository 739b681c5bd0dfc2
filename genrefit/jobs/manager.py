"""Background jobs: detached processes that outlive the page, the tab and the server.

A job is a row in the library and a process (genrefit/jobs/worker.py) that holds a file lock for as
long as it lives. The row says how far it is; the lock says whether that is still true, since a
process id may have been given to another process. The starter takes the lock and hands it down, so
that a living job never looks dead.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from genrefit.config import DASHBOARD, Home, is_hosted
from genrefit.errors import JobError
from genrefit.jobs import store
from genrefit.jobs.store import Job
from genrefit.library import Library, open_library
from genrefit.processes import ONE_THREAD
from genrefit.storage import erase

KINDS = ("collect", "train", "map", "demo", "ear", "robust")
"""What can run in the background; genrefit/jobs/worker.py does it."""
WORKER = (sys.executable, "-m", "genrefit.jobs.worker")
HOSTED_JOBS, HOSTED_SONGS = 20, 2_000
"""Where strangers are served: the most jobs of a home an hour, and songs of its library."""
GRACE_SECONDS = 10.0
"""A job that was asked to stop and has not done so after this is ended by force."""
ALL_OR_NOTHING = ("train", "map", "robust")
"""Kinds of jobs that keep nothing before their end, and lose nothing where they are ended at once:
a fit in hand, which takes ten seconds on a busy machine, is not waited for."""
AT_ONCE_SECONDS = 1.0
CANCELLED = "it was stopped; nothing of it was kept"
KEPT = 100
"""How many ended jobs are kept, with their logs."""
VANISHED = (
    "its process ended without a word (it was killed or crashed, or the machine was switched "
    "off); resume it to go on"
)
FORCED = "it was stopped by force; resume it to go on"


def start(
    home: Home,
    kind: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    command: Sequence[str] = WORKER,
) -> int:
    """Start a job and return its id. `arguments` must be fit for JSON.

    JobError where one of its kind is running: there is never more than one of a kind.
    """
    if kind not in KINDS:
        raise JobError(f"no kind of job is called {kind!r}; there are {', '.join(KINDS)}")
    with open_library(home) as library:
        _end_dead_jobs(library, home)
        if is_hosted():
            _refuse_too_much(library, kind)
        try:
            with library.transaction() as db:
                number = store.insert(db, kind, arguments or {})
                # Locked before the row is visible, and until the process ends.
                lock = _create_locked(home, number)
        except sqlite3.IntegrityError:
            raise JobError(_already_running(library, kind)) from None
        except OSError as error:
            raise JobError(f"the job could not be started: {error}") from error
        try:
            _spawn(home, number, lock, command)
        except OSError as error:
            store.finish(library, number, "failed", f"its process could not be started: {error}")
            raise JobError(f"the job could not be started: {error}") from error
        finally:
            os.close(lock)
        _prune(library, home)
    return number


def _refuse_too_much(library: Library, kind: str) -> None:
    """JobError where strangers are served and the home has had its share of jobs or songs."""
    since = time.time() - 3600
    started = library.rows("SELECT COUNT(*) FROM jobs WHERE started > ?", (since,))[0][0]
    if started >= HOSTED_JOBS:
        raise JobError(f"{HOSTED_JOBS} jobs were started within an hour, the most here: wait")
    songs = library.rows("SELECT COUNT(*) FROM songs")[0][0]
    if kind == "collect" and songs >= HOSTED_SONGS:
        raise JobError(f"the library has {songs:,} songs, the most here: remove some first")


def get(home: Home, job_id: int) -> Job:
    """Return a job as it is now; JobError where there is none of that id."""
    for job in _jobs(home, "WHERE id = ?", (job_id,)):
        return job
    raise JobError(f"there is no job {job_id}")


def running(home: Home, *, library: Library | None = None) -> list[Job]:
    """Return every running job, the latest last; `library` where it is open already."""
    return _jobs(home, "WHERE state = 'running' ORDER BY id", library=library)


def active(home: Home, kind: str | None = None, *, library: Library | None = None) -> Job | None:
    """Return the running job of a kind, or the latest of any kind; None where nothing runs."""
    jobs = [job for job in running(home, library=library) if kind in (None, job.kind)]
    return jobs[-1] if jobs else None


def latest(home: Home, kind: str, *, library: Library | None = None) -> Job | None:
    """Return the last job of a kind, running or not; None where there never was one."""
    jobs = _jobs(home, "WHERE kind = ? ORDER BY id DESC LIMIT 1", (kind,), library=library)
    return jobs[0] if jobs else None


def cancel(home: Home, job_id: int) -> None:
    """Ask a job to stop; it has `grace_seconds` before it is ended. Nothing where it has ended."""
    get(home, job_id)
    with open_library(home) as library:
        store.request_stop(library, job_id)


def grace_seconds(kind: str) -> float:
    """Return how long a job that was asked to stop is waited for."""
    return min(AT_ONCE_SECONDS, GRACE_SECONDS) if kind in ALL_OR_NOTHING else GRACE_SECONDS


def forced_message(kind: str) -> str:
    """Return what is said of a job that was ended by force."""
    return CANCELLED if kind in ALL_OR_NOTHING else FORCED


def resume(home: Home, job_id: int) -> int:
    """Start an ended job again with the same arguments and return the new job's id.

    Work that keeps what it has finished, such as collecting, goes on where it stopped.
    """
    job = get(home, job_id)
    return start(home, job.kind, job.arguments)


def log(home: Home, job_id: int) -> Path:
    """Return the file where a job writes what does not belong on a page."""
    return home.logs / f"job-{job_id}.log"


def lock_file(home: Home, job_id: int) -> Path:
    """Return the file whose lock tells that a job lives."""
    return home.data / "locks" / f"job-{job_id}.lock"


# Inside


def _jobs(
    home: Home, where: str, parameters: Sequence[Any] = (), *, library: Library | None = None
) -> list[Job]:
    if not home.library.exists():
        return []
    with nullcontext(library) if library else open_library(home) as library:
        _end_dead_jobs(library, home)
        return store.select(library, where, parameters)


def _end_dead_jobs(library: Library, home: Home) -> None:
    """Mark running jobs whose process is gone as ended; kill those that did not stop in time."""
    for number, pid, cancelled in library.rows(
        "SELECT id, pid, cancel FROM jobs WHERE state = 'running'"
    ):
        overdue = cancelled and time.time() - cancelled > GRACE_SECONDS + 2
        if _is_alive(home, number):
            # The worker ends itself when overdue. One that cannot even do that (it was
            # suspended, say) is ended from here; holding the lock, its pid is still its own.
            if overdue and pid:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                store.finish(library, number, "cancelled", FORCED)
        elif cancelled:
            store.finish(library, number, "cancelled", FORCED)
        else:
            store.finish(library, number, "interrupted", VANISHED)


def _create_locked(home: Home, job_id: int) -> int:
    """Create and lock a job's lock file; return the descriptor that holds the lock."""
    path = lock_file(home, job_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _is_alive(home: Home, job_id: int) -> bool:
    try:
        descriptor = os.open(lock_file(home, job_id), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who look at the same moment do not take each other for the job.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _spawn(home: Home, job_id: int, lock: int, command: Sequence[str]) -> None:
    home.logs.mkdir(parents=True, exist_ok=True)
    with log(home, job_id).open("ab") as output:
        process = subprocess.Popen(
            [*command, str(job_id), "--home", str(home.path), "--lock", str(lock)],
            cwd=DASHBOARD,
            env=os.environ | ONE_THREAD,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(lock,),
            start_new_session=True,
        )
    # Its exit status must be read, or it stays a zombie for as long as this process lives.
    threading.Thread(target=process.wait, daemon=True, name=f"reap-job-{job_id}").start()


def _already_running(library: Library, kind: str) -> str:
    rows = library.rows("SELECT id FROM jobs WHERE kind = ? AND state = 'running'", (kind,))
    number = f" (job {rows[0][0]})" if rows else ""
    return f"there is a {kind} job running already{number}: wait for it, or cancel it first"


def _prune(library: Library, home: Home) -> None:
    """Delete all but the latest jobs, with their logs and locks."""
    for number in store.delete_ended(library, keep=KEPT):
        erase(log(home, number), within=home.logs)
        erase(lock_file(home, number), within=home.data)
