"""What a collection's workers do: list a source, or fetch a song and compute its features."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from genrefit import config, features, sources
from genrefit.audio import decode
from genrefit.cluster_workers import NOT_HERE
from genrefit.config import SONG_SECONDS, Home
from genrefit.errors import AudioError, GenrefitError, SourceError
from genrefit.records import Failure, Features, FileState, Song
from genrefit.sources import Limits, ListedSong, Listing
from genrefit.sources.failures import PASSING
from genrefit.sources.file_state import read_state
from genrefit.sources.urls import parse_address
from genrefit.storage import work_folder


@dataclass(frozen=True, slots=True)
class ListTask:
    """A source to list."""

    source: str
    limits: Limits

    @property
    def about(self) -> str:
        """The source, which a failure is about."""
        return self.source


@dataclass(frozen=True, slots=True)
class LookTask:
    """A file of the user's own to read, so that it is known again."""

    song: ListedSong

    @property
    def about(self) -> str:
        """The file, which a failure is about."""
        return self.song.address.text


@dataclass(frozen=True, slots=True)
class FetchTask:
    """A song to fetch into `folder` and to compute these feature sets of, by the ear of `home`.

    Of a song that is fetched again, `content` is the stored file's digest; where the file is
    another by now, `every_set` is computed, so that all sets of a song are of the same file.
    """

    song: ListedSong
    sets: tuple[str, ...]
    home: Home
    folder: Path
    limits: Limits
    content: str | None = None
    every_set: tuple[str, ...] = ()
    any_sound: bool = False
    """Whether speech, silence and noise are collected too."""

    @property
    def about(self) -> str:
        """The song's address, which a failure is about."""
        return self.song.address.text


@dataclass(frozen=True, slots=True)
class CollectedSong:
    """A song as the library stores it, its genres apart; `state` is that of the user's own file."""

    song: Song
    features: dict[str, Features]
    state: FileState | None = None


Task = ListTask | LookTask | FetchTask
Answer = Listing | FileState | CollectedSong | Failure


def run_task(task: Task) -> Answer:
    """List a source, look at a file, or fetch a song and compute its features.

    A user error becomes a Failure.
    """
    try:
        if isinstance(task, LookTask):
            return read_state(task.song.address.path)
        return _list_source(task) if isinstance(task, ListTask) else _collect_song(task)
    except (SourceError, AudioError) as error:
        return Failure.from_error(error, about=task.about)
    except GenrefitError as error:
        return Failure(task.about, str(error), "source", retry=True)


def run_task_elsewhere(task: Task) -> Answer:
    """Do a task on another machine: with the ears of its own home, in a folder of its own.

    A Failure of the kind NOT_HERE where that machine lacks a file or an ear that it takes.
    """
    home = config.home()
    address = parse_address(task.source) if isinstance(task, ListTask) else task.song.address
    if not address.is_remote and not address.path.exists():
        return Failure(task.about, "that file is not on this machine", NOT_HERE)
    if isinstance(task, ListTask | LookTask):
        return run_task(task)
    if not all(features.available(home, name) for name in (*task.sets, *task.every_set)):
        return Failure(task.about, "this machine has not all ears", NOT_HERE)
    with work_folder(home.work) as folder:
        return run_task(replace(task, home=home, folder=folder))


def _list_source(task: ListTask) -> Listing:
    """List a source; where it cannot be reached, try again, which yt-dlp does not do."""
    started = time.monotonic()
    wait = task.limits.backoff_seconds
    for _ in range(task.limits.retries):
        try:
            return sources.list_songs(task.source, limits=task.limits)
        except SourceError as error:
            if error.kind not in PASSING:
                raise
            if time.monotonic() - started + wait > task.limits.listing_seconds:
                raise
        time.sleep(wait)
        wait *= 2
    return sources.list_songs(task.source, limits=task.limits)


def _collect_song(task: FetchTask) -> CollectedSong | Failure:
    listed = task.song
    with sources.fetch_song(listed, folder=task.folder, limits=task.limits) as fetched:
        sound = decode.decode(fetched.path, timeout=decode.DECODE_SECONDS)
    # The download is erased by now: features are computed from memory.
    same_file = task.content in (None, fetched.content)
    decoded = len(sound.y) / sound.sr
    # Only the first SONG_SECONDS are decoded: of a longer song, believe the claimed length.
    seconds = max(fetched.seconds or 0.0, decoded) if decoded > SONG_SECONDS - 1 else decoded
    song = Song(
        listed.song_id,
        listed.key,
        listed.address.text,
        fetched.title,
        fetched.artist,
        seconds,
        fetched.content,
    )
    sets = task.sets if same_file else task.every_set
    extracted = features.extract(sound, sets, home=task.home)
    heard = None if task.any_sound else extracted.get("yamnet")
    if heard is not None and (kind := features.not_music(heard.values)):
        reason = f"{kind.sentence}: `genrefit collect --any-sound` takes it all the same"
        return Failure(task.about, reason, kind.kind, retry=False)
    return CollectedSong(song, extracted, fetched.state)
