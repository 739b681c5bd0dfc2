"""What a collection's workers do: list a source, or fetch a song and hear it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from genrefit import features, sources
from genrefit.audio import decode
from genrefit.config import SONG_SECONDS
from genrefit.errors import AudioError, GenrefitError, SourceError
from genrefit.records import Failure, Features, Song
from genrefit.sources import Limits
from genrefit.sources.failures import PASSING

DECODE_SECONDS = 60.0
"""A song that takes longer to decode is refused."""


@dataclass(frozen=True, slots=True)
class ToList:
    """A source to list."""

    source: str
    limits: Limits

    @property
    def about(self) -> str:
        """The source, which a failure is about."""
        return self.source


@dataclass(frozen=True, slots=True)
class ToFetch:
    """A song to fetch into `folder` and to hear by these feature sets.

    Of a song that is fetched anew, `content` is the stored file's digest; where the file is
    another by now, `every_set` is computed, so that all sets of a song are of the same file.
    """

    song: sources.ListedSong
    sets: tuple[str, ...]
    folder: Path
    limits: Limits
    content: str | None = None
    every_set: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The song's address, which a failure is about."""
        return self.song.address.text


@dataclass(frozen=True, slots=True)
class Heard:
    """A song as the library wants it, its genres apart."""

    song: Song
    features: dict[str, Features]


def work(task: ToList | ToFetch) -> sources.Listing | Heard | Failure:
    """List a source, or fetch and hear a song; what is wrong with it comes back as a Failure."""
    try:
        return _list(task) if isinstance(task, ToList) else _hear(task)
    except (SourceError, AudioError) as error:
        return Failure.from_error(error, about=task.about)
    except GenrefitError as error:
        return Failure(task.about, str(error), "source", retry=True)


def _list(task: ToList) -> sources.Listing:
    """List a source; one that could not be reached is asked again, for yt-dlp never does."""
    began = time.monotonic()
    wait = task.limits.backoff_seconds
    for _ in range(task.limits.retries):
        try:
            return sources.list_songs(task.source, limits=task.limits)
        except SourceError as error:
            if error.kind not in PASSING:
                raise
            if time.monotonic() - began + wait > task.limits.listing_seconds:
                raise
        time.sleep(wait)
        wait *= 2
    return sources.list_songs(task.source, limits=task.limits)


def _hear(task: ToFetch) -> Heard:
    listed = task.song
    with sources.fetch_song(listed, folder=task.folder, limits=task.limits) as got:
        sound = decode.decode(got.path, timeout=DECODE_SECONDS)
    # The download is erased by now: features are computed from memory.
    same = task.content in (None, got.content)
    heard = len(sound.y) / sound.sr
    whole = max(got.seconds or 0.0, heard) if heard > SONG_SECONDS - 1 else heard
    song = Song(
        listed.song_id, listed.key, listed.address.text, got.title, got.artist, whole, got.content
    )
    return Heard(song, features.extract(sound, task.sets if same else task.every_set))
