"""Processes that score songs for HTTP requests, so that pages stay quick meanwhile."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from genrefit import config
from genrefit.errors import Cancelled, GenrefitError, JobError, SourceError
from genrefit.isolated import MEMORY_BYTES
from genrefit.processes import CRASHED, KILLED, OVERRUN, Workers, cores
from genrefit.worker_process import lower_priority

if TYPE_CHECKING:
    from genrefit.query import Query
    from genrefit.records import Failure
    from genrefit.scoring import ScoredSong, Scorer

UPLOAD_SECONDS = 120.0
"""The most that an uploaded song may take, decoding included; then its process is killed."""
FETCHERS = 4
"""So many addresses are fetched and scored at once, beside the files."""
URL_SECONDS = 300.0
"""The most that an address may take, downloads included."""
MOST_SONGS = 10
"""The most songs that an address may name."""
NICENESS = 10

Results = list[dict[str, Any]]
"""Scored songs and failures in the form of the command line's JSON."""


class ScoringTimeoutError(GenrefitError):
    """A song took longer to score than it may."""


@dataclass(frozen=True, slots=True)
class ScoreTask:
    """One request to score: a `url`, or the file `path` that its sender calls `name`.

    With `why` it is told what spoke for the result.
    """

    home: str
    model: str | None
    query: str | None
    url: str | None = None
    path: Path | None = None
    name: str = ""
    why: bool = False


class ScoringPool:
    """A few processes that score; a context manager that ends them. Threads may share it.

    One core is left to the pages where there are two or more.
    """

    def __init__(self, *, processes: int | None = None, log: Path | None = None) -> None:
        self.processes = processes or max(1, cores() - 1)
        self._closing = threading.Event()
        self._free: queue.SimpleQueue[Workers] = queue.SimpleQueue()
        # Downloading mostly waits for a site: files never wait behind it.
        self._fetchers: queue.SimpleQueue[Workers] = queue.SimpleQueue()
        for free, number in ((self._free, self.processes), (self._fetchers, FETCHERS)):
            for _ in range(number):
                free.put(Workers(score_task, n_jobs=1, log=log, memory=MEMORY_BYTES))

    def __enter__(self) -> ScoringPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        for free, number in ((self._free, self.processes), (self._fetchers, FETCHERS)):
            for _ in range(number):
                free.get().close()  # each is given back within a moment

    def score(self, task: ScoreTask) -> Results:
        """Wait for a free process, let it score, and return its results.

        Raises
        ------
        GenrefitError
            what is wrong with the task, as `score_task` found it; ScoringTimeoutError if it took
            too long; JobError if the process crashed; Cancelled if the pool was closed meanwhile.
        RuntimeError
            a bug, with the process's traceback.
        """
        free = self._fetchers if task.url else self._free
        workers = free.get()
        try:
            workers.submit(task, seconds=URL_SECONDS if task.url else UPLOAD_SECONDS)
            while not (outcomes := workers.wait(0.25)):
                if self._closing.is_set():
                    workers.close()
                    raise Cancelled("the server was stopped")
        finally:
            free.put(workers)
        (outcome,) = outcomes
        failure = outcome.failure
        if failure and failure.kind == OVERRUN:
            raise ScoringTimeoutError("it took too long to listen to, and was stopped")
        if failure and failure.kind == KILLED:
            raise JobError("its worker was killed, maybe for lack of memory: try again later")
        if failure and failure.kind == CRASHED:
            raise JobError(
                "the process that read it died: the file is damaged, or memory ran out; try again"
            )
        if failure:
            raise RuntimeError(outcome.traceback)
        result: Results | GenrefitError = outcome.result
        if isinstance(result, GenrefitError):
            raise result
        return result


def score_task(task: ScoreTask) -> Results | GenrefitError:
    """Score one task in a process of the pool; a user error is returned, to be raised there."""
    _lower_priority()
    try:
        scorer = _scorer(task)
        query = scorer.parse(task.query)
        return _score_url(scorer, query, task) if task.url else _score_upload(scorer, query, task)
    except GenrefitError as error:
        return error


@lru_cache(maxsize=1)
def _lower_priority() -> None:
    lower_priority(NICENESS)


def _scorer(task: ScoreTask) -> Scorer:
    """Return a scorer; its model is loaded once, until it changes."""
    from genrefit.learning import registry
    from genrefit.scoring.files import loaded_scorer

    home = config.home(task.home)
    return loaded_scorer(home, registry.name_or_in_use(home, task.model))


def _score_upload(scorer: Scorer, query: Query | None, task: ScoreTask) -> Results:
    from genrefit.scoring import score_file

    assert task.path is not None
    return [_told(score_file(task.path, name=task.name, model=scorer, query=query), scorer, query,
                  why=task.why)]  # fmt: skip


def _score_url(scorer: Scorer, query: Query | None, task: ScoreTask) -> Results:
    from genrefit import sources
    from genrefit.scoring import score_listed

    assert task.url is not None
    limits = replace(sources.Limits(), most_songs=MOST_SONGS + 1)
    songs = sources.list_songs(task.url, limits=limits).songs
    if len(songs) > MOST_SONGS:
        raise SourceError(
            f"this address names more than {MOST_SONGS} songs: collect it as a genre's source, "
            "or send its songs one by one"
        )
    home = config.home(task.home)
    return [
        _told(score_listed(scorer, song, home=home, query=query, limits=limits), scorer, query,
              why=task.why)
        for song in songs
    ]  # fmt: skip


def _told(
    result: ScoredSong | Failure, scorer: Scorer, query: Query | None, *, why: bool
) -> dict[str, Any]:
    """Return a result as JSON, with what spoke for it where that was asked."""
    from genrefit.scoring import ScoredSong, to_json
    from genrefit.scoring.why import Explained

    if why and isinstance(result, ScoredSong):
        return Explained(scorer, query)(result).to_json()
    return to_json(result)
