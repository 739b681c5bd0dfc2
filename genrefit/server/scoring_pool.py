"""Scores songs for requests in processes of their own, so that pages stay quick meanwhile."""

from __future__ import annotations

import io
import queue
import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any

from genrefit import config
from genrefit.config import Home
from genrefit.errors import Cancelled, GenrefitError, JobError
from genrefit.processes import Workers, cores, step_back

if TYPE_CHECKING:
    from genrefit.scoring import Scorer

SONG_SECONDS = 120.0
"""What an uploaded song may take, decoding included; its process is killed after that."""
URL_SECONDS = 300.0
"""What an address may take, downloads included."""
MOST_SONGS = 10
"""So many songs may an address name."""
NICENESS = 10


class Overrun(GenrefitError):
    """A song took longer than it may."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to score, for a process that knows nothing else."""

    home: str
    model: str | None
    query: str | None
    url: str | None = None
    path: Path | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sorry:
    """An error on its way back from a process: its class by name, and its sentence."""

    kind: str
    message: str


class Desk:
    """A few processes that score; as a context manager it ends them. Safe to share by threads.

    One core is left to the pages where there are two or more.
    """

    def __init__(self, *, processes: int | None = None, log: Path | None = None) -> None:
        self.processes = processes or max(1, cores() - 1)
        self._closing = threading.Event()
        self._free: queue.SimpleQueue[Workers] = queue.SimpleQueue()
        for _ in range(self.processes):
            self._free.put(Workers(work, n_jobs=1, log=log))

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        for _ in range(self.processes):
            self._free.get().close()  # each is given back within a moment

    def score(self, task: Task) -> list[dict[str, Any]] | Sorry:
        """Wait for a free process, let it score, and return its results as JSON holds them.

        Overrun where it took too long; JobError where it crashed; Cancelled where the desk was
        closed meanwhile; RuntimeError for a bug, with the process's traceback.
        """
        workers = self._free.get()
        try:
            workers.give(task, seconds=URL_SECONDS if task.url else SONG_SECONDS)
            while not (outcomes := workers.wait(0.25)):
                if self._closing.is_set():
                    workers.close()
                    raise Cancelled("the server was stopped")
        finally:
            self._free.put(workers)
        (outcome,) = outcomes
        if outcome.lost == "overrun":
            raise Overrun("it took too long to listen to, and was stopped")
        if outcome.lost == "crashed":
            raise JobError("reading it crashed the reader: the file is damaged")
        if outcome.lost:
            raise RuntimeError(outcome.trace)
        result: list[dict[str, Any]] | Sorry = outcome.result
        return result


def work(task: Task) -> list[dict[str, Any]] | Sorry:
    """Score one task; runs in a process of the desk."""
    _yield_to_pages()
    try:
        scorer = _scorer(task)
        if task.url:
            return _url(scorer, task)
        return [_upload(scorer, task)]
    except GenrefitError as error:
        return Sorry(type(error).__name__, str(error))


@lru_cache(maxsize=1)
def _yield_to_pages() -> None:
    step_back(NICENESS)


def _scorer(task: Task) -> Scorer:
    """Return a scorer; its model is loaded once, until it changes."""
    from genrefit import query, scoring
    from genrefit.learning import registry

    home = config.home(task.home)
    name = task.model or registry.in_use(home)
    if name is None:
        return scoring.Scorer(home)  # says what to do
    scorer = _loaded(task.home, name, _stamp(home, name))
    scorer.query = query.parse(task.query, scorer.model.genres) if task.query else None
    return scorer


@lru_cache(maxsize=3)
def _loaded(home: str, name: str, stamp: tuple[int, ...]) -> Scorer:
    from genrefit.scoring import Scorer

    return Scorer(config.home(home), model=name)


def _stamp(home: Home, name: str) -> tuple[int, ...]:
    card = home.models / name / "card.json"
    return (card.stat().st_mtime_ns, card.stat().st_size) if card.exists() else ()


def _upload(scorer: Scorer, task: Task) -> dict[str, Any]:
    from genrefit import scoring
    from genrefit.audio import decode
    from genrefit.sources import local

    assert task.path is not None
    content = io.BytesIO(task.path.read_bytes())  # nameless, so that no error tells our name for it
    sound = decode.decode(content, timeout=scoring.DECODE_SECONDS)
    artist, title = local.artist_and_title_from_tags(sound.tags, PurePath(task.name).stem)
    return scoring.as_json(scorer.hear(sound, source=task.name, title=title, artist=artist))


def _url(scorer: Scorer, task: Task) -> list[dict[str, Any]] | Sorry:
    from genrefit import scoring, sources

    assert task.url is not None
    limits = replace(sources.Limits(), most_songs=MOST_SONGS + 1)
    songs = sources.list_songs(task.url, limits=limits).songs
    if len(songs) > MOST_SONGS:
        return Sorry(
            "SourceError",
            f"this address names more than {MOST_SONGS} songs: collect it as a genre's source, "
            "or send its songs one by one",
        )
    home = config.home(task.home)
    return [
        scoring.as_json(scoring.score_listed(scorer, song, home=home, limits=limits))
        for song in songs
    ]
