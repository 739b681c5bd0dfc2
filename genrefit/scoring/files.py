"""From files, folders, playlists and URLs to scored songs.

`score_file` is the one way from a file to a scored song; `score` lists and fetches what its inputs
name, and calls it for each song.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath

from genrefit import isolated, sources
from genrefit.audio import decode
from genrefit.config import Home
from genrefit.errors import Cancelled, GenrefitError
from genrefit.faults import failure_of
from genrefit.learning import registry
from genrefit.library import genres
from genrefit.metadata import settle
from genrefit.query import Query
from genrefit.records import Failure, Progress
from genrefit.scoring.scorer import ScoredSong, Scorer
from genrefit.scoring.why import Explained
from genrefit.sources import Limits, ListedSong
from genrefit.sources.folders import shown
from genrefit.sources.local import file_digest
from genrefit.sources.urls import is_url
from genrefit.storage import work_folder

LOG = "score.log"
"""In home.logs: tracebacks of what is unforeseen."""
LISTEN_SECONDS = 2 * decode.DECODE_SECONDS
"""A song that takes longer to decode and score is given up: its process is killed."""


@dataclass(frozen=True, slots=True)
class _FileTask:
    """A file to score in a process of its own, by a model that is loaded there."""

    path: Path
    name: str
    home: Home
    model: str
    query: Query | None
    title: str | None
    artist: str | None
    decode_seconds: float


def score_file(
    path: str | os.PathLike[str],
    *,
    name: str,
    model: Scorer,
    query: Query | None = None,
    title: str | None = None,
    artist: str | None = None,
) -> ScoredSong:
    """Decode and score one audio file, in a process that is limited in time and memory.

    A song of the library that the model was trained on is held out (see `OwnSongs`).
    `name` is what its user calls it, in the result and in errors: a file name or an address, never
    that of a temporary file. Without a `title`, title and artist are the file's tags', or what
    `name` says. AudioError where it cannot be decoded, is too short or silent.
    """
    task = _FileTask(
        Path(path).absolute(), name, model.home, model.name, query, title, artist,
        decode.DECODE_SECONDS,
    )  # fmt: skip
    return isolated.call(_score_file, task, seconds=LISTEN_SECONDS)


def _score_file(task: _FileTask) -> ScoredSong:
    last_step = PurePosixPath(task.name.replace("\\", "/"))
    short_name = task.name if is_url(task.name) else last_step.name
    audio = decode.decode(task.path, name=short_name, timeout=task.decode_seconds)
    artist, title = task.artist, task.title
    if title is None:
        artist, title = settle(audio.tags, name=last_step.stem)
    return loaded_scorer(task.home, task.model).score(
        audio,
        source=task.name,
        title=title,
        artist=artist,
        query=task.query,
        content=file_digest(task.path),
    )


def loaded_scorer(home: Home, name: str) -> Scorer:
    """Return a scorer for a process that only scores: its model is loaded until it changes."""
    return _loaded_scorer(home, name, registry.stamp(home, name))


@lru_cache(maxsize=3)
def _loaded_scorer(home: Home, name: str, stamp: tuple[object, ...]) -> Scorer:
    return Scorer(home, model=name)


def warm_up(home: Home, name: str) -> None:
    """Let a process load a model while this one does something else."""
    task = partial(isolated.call, _warm_up, (home, name), seconds=LISTEN_SECONDS)
    threading.Thread(target=_quietly, args=(task,), daemon=True).start()


def _warm_up(task: tuple[Home, str]) -> None:
    loaded_scorer(*task)


def _quietly(task: Callable[[], None]) -> None:
    with suppress(GenrefitError, RuntimeError):  # whoever scores next is told the same
        task()


def score(
    inputs: Sequence[str],
    *,
    home: Home,
    model: str | None = None,
    query: str | None = None,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    on_note: Callable[[str], None] | None = None,
    why: bool = False,
) -> Iterator[ScoredSong | Failure]:
    """Yield a result for every song that the inputs (files, folders, playlists, URLs) name.

    What cannot be scored is yielded as a Failure and the others go on. `on_note` gets sentences on
    what the inputs hold that is no song. ModelError and QueryError are raised before anything is
    decoded; Cancelled when `cancelled()` says so. With `why` each says what spoke for it, which
    reads the songs of the library once.
    """
    warm_up(home, registry.name_or_in_use(home, model))
    scorer = Scorer(home, model=model)
    wanted = scorer.parse(query)
    limits = replace(limits or Limits(), music_folders=genres.music_folders(home))
    songs, failures = _listed_songs(inputs, limits, on_note, home.logs / LOG)
    yield from failures
    explained = Explained(scorer, wanted) if why else None
    started = time.monotonic()
    for done, song in enumerate(songs):
        if cancelled and cancelled():
            raise Cancelled(f"stopped after {done} of {len(songs)} songs")
        if on_progress:
            on_progress(_progress(done, len(songs), started, song.title))
        result = score_listed(
            scorer, song, home=home, query=wanted, limits=limits, cancelled=cancelled
        )
        yield explained(result) if explained and isinstance(result, ScoredSong) else result
    if on_progress:
        on_progress(_progress(len(songs), len(songs), started, ""))


def _progress(done: int, total: int, started: float, note: str) -> Progress:
    spent = time.monotonic() - started
    rate = done / spent if done and spent else None
    return Progress(
        "scoring",
        done,
        total,
        per_minute=rate * 60 if rate else None,
        left_seconds=(total - done) / rate if rate else None,
        note=note,
    )


def _listed_songs(
    inputs: Sequence[str], limits: Limits, on_note: Callable[[str], None] | None, log: Path
) -> tuple[list[ListedSong], list[Failure]]:
    tell = on_note or (lambda _: None)
    songs: dict[str, ListedSong] = {}
    failures = []
    for given in inputs:
        name = shown(str(given))
        try:
            listing = sources.list_songs(str(given), limits=limits)
        except Exception as error:  # noqa: BLE001 - one input never takes the others down
            failures.append(failure_of(error, about=name, log=log))
            continue
        for song in listing.songs:
            songs.setdefault(song.key, song)
        for note in listing.notes:
            tell(f"{name}: {note}")
    return list(songs.values()), failures


def score_listed(
    scorer: Scorer,
    song: ListedSong,
    *,
    home: Home,
    query: Query | None = None,
    limits: Limits,
    cancelled: Callable[[], bool] | None = None,
) -> ScoredSong | Failure:
    """Fetch and score one listed song; its audio is erased unless it is a file of the user's."""
    name = song.address.text
    try:
        with (
            work_folder(home.work) as folder,
            sources.fetch_song(song, folder=folder, limits=limits, cancelled=cancelled) as fetched,
        ):
            return score_file(
                fetched.path,
                name=name,
                model=scorer,
                query=query,
                title=fetched.title,
                artist=fetched.artist,
            )
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - one song never takes the others down
        return failure_of(error, about=name, log=home.logs / LOG)
