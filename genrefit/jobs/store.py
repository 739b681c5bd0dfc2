"""The table of jobs in the library: arguments, progress, stop requests and results."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from genrefit.jobs.results import JobResult, result_from_json
from genrefit.library import Library
from genrefit.records import Progress

COLUMNS = "id, kind, arguments, state, progress, message, result, started, ended"


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a job. `started` and `ended` are seconds since 1970.

    `state` is "running", "done", "failed", "cancelled" or "interrupted"; `message` is the sentence
    to show where it is not running; `result` is the record of a done job (see jobs.results).
    """

    id: int
    kind: str
    arguments: dict[str, Any]
    state: str
    progress: Progress | None
    message: str
    result: JobResult | None
    started: float
    ended: float | None


def insert(db: sqlite3.Connection, kind: str, arguments: Mapping[str, Any]) -> int:
    """Add a running job inside a transaction and return its id.

    sqlite3.IntegrityError where one of its kind is running.
    """
    row = db.execute(
        "INSERT INTO jobs (kind, arguments, state, started, updated) "
        "VALUES (?, ?, 'running', ?, ?)",
        (kind, json.dumps(dict(arguments)), time.time(), time.time()),
    ).lastrowid
    assert row is not None
    return row


def select(library: Library, where: str, parameters: Sequence[Any] = ()) -> list[Job]:
    """Return the jobs of an SQL condition."""
    return [_job(row) for row in library.rows(f"SELECT {COLUMNS} FROM jobs {where}", parameters)]


def set_process(library: Library, job_id: int, pid: int) -> None:
    """Store the id of the process that does a job."""
    with library.transaction() as db:
        db.execute("UPDATE jobs SET pid = ? WHERE id = ?", (pid, job_id))


def request_stop(library: Library, job_id: int) -> None:
    """Store that a running job should stop, and since when."""
    with library.transaction() as db:
        db.execute(
            "UPDATE jobs SET cancel = ? WHERE id = ? AND state = 'running' AND cancel = 0",
            (time.time(), job_id),
        )


def set_progress(library: Library, job_id: int, progress: Progress) -> None:
    """Store how far a job is."""
    with library.transaction() as db:
        db.execute(
            "UPDATE jobs SET progress = ?, updated = ? WHERE id = ?",
            (json.dumps(asdict(progress)), time.time(), job_id),
        )


def finish(
    library: Library,
    job_id: int,
    state: str,
    message: str,
    *,
    result: JobResult | None = None,
) -> bool:
    """Store how a running job ended; False where it had ended before."""
    with library.transaction() as db:
        changed = db.execute(
            "UPDATE jobs SET state = ?, message = ?, result = ?, updated = ?, ended = ? "
            "WHERE id = ? AND state = 'running'",
            (
                state,
                message,
                None if result is None else json.dumps(result.to_json()),
                time.time(),
                time.time(),
                job_id,
            ),
        ).rowcount
    return bool(changed)


def stop_requested_at(library: Library, job_id: int) -> float:
    """Return when (in s since 1970) a job was asked to stop, 0 where it was not."""
    rows = library.rows("SELECT cancel FROM jobs WHERE id = ?", (job_id,))
    return float(rows[0][0]) if rows else 0.0


def delete_ended(library: Library, *, keep: int) -> list[int]:
    """Delete all ended jobs but the latest `keep`; return the ids of the deleted."""
    with library.transaction() as db:
        rows = db.execute(
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state != 'running' "
            "ORDER BY id DESC LIMIT -1 OFFSET ?) RETURNING id",
            (keep,),
        ).fetchall()
    return [number for (number,) in rows]


def _job(row: Sequence[Any]) -> Job:
    number, kind, arguments, state, progress, message, result, started, ended = row
    return Job(
        number,
        kind,
        json.loads(arguments),
        state,
        _progress(progress) if progress else None,
        message or "",
        result_from_json(kind, json.loads(result)) if result else None,
        started,
        ended,
    )


def _progress(text: str) -> Progress:
    fields = json.loads(text)
    genres = {name: (int(done), int(total)) for name, (done, total) in fields["genres"].items()}
    return Progress(**(fields | {"genres": genres}))
