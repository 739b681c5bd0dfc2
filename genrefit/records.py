"""Frozen records that modules hand to each other; they hold no work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from genrefit.errors import GenrefitError

if TYPE_CHECKING:  # every worker imports this module, and pandas would cost each half a second
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Genre:
    """A genre by its name as its user spells it, and where its songs come from.

    `like` are the ear's tags that the user says it is like, None where the user says nothing.
    """

    name: str
    sources: tuple[str, ...] = ()
    like: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Song:
    """A collected song. `content` is a digest of its file, so that copies are known as one song."""

    song_id: str
    key: str
    address: str
    title: str
    artist: str | None
    seconds: float | None
    content: str
    genres: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The song as "Artist - Title", or as its title where the artist is unknown."""
        return f"{self.artist} - {self.title}" if self.artist else self.title


@dataclass(frozen=True, slots=True)
class Features:
    """One feature set of one song: `starts` [shape=(n,), seconds], `values` [shape=(n, d)]."""

    starts: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells whether a song's file is still what was collected.

    `size` in bytes and `mtime_ns`, its time of change, cost nothing to look at. `content` is the
    SHA-256 of the whole file; `audio` that of its packets of sound, which stays when its tags
    change, "" where it is not known.
    """

    size: int
    mtime_ns: int
    content: str
    audio: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result for one item: a song, a source, or a file.

    `about` names the item as its user knows it (an address, a file name); `reason` is one
    sentence. `kind` groups reasons for display, and `retry` tells whether another try may succeed.
    """

    about: str
    reason: str
    kind: str = ""
    retry: bool = False

    @classmethod
    def from_error(cls, error: GenrefitError, *, about: str) -> Failure:
        """Return the failure that an exception describes."""
        return cls(about, str(error), error.kind, error.retry)


@dataclass(frozen=True, slots=True)
class FailedSong:
    """A song or source that could not be collected, as the library remembers it.

    `reason`, `kind` and `retry` are those of its last Failure, `attempts` how often it was tried.
    """

    key: str
    address: str
    title: str
    artist: str | None
    genres: tuple[str, ...]
    reason: str
    kind: str
    retry: bool
    attempts: int = 1

    @property
    def name(self) -> str:
        """The song as "Artist - Title", or as its title where the artist is unknown."""
        return f"{self.artist} - {self.title}" if self.artist else self.title


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long action is. `left_seconds` is an estimate, None while there is none."""

    stage: str
    done: int
    total: int
    failed: int = 0
    per_minute: float | None = None
    left_seconds: float | None = None
    note: str = ""
    genres: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """For collection: genre -> (done, total)."""


@dataclass(frozen=True, slots=True)
class Table:
    """Every segment of one feature set, ready to learn from.

    `X` [shape=(segments, d), float32]; `song` [shape=(segments,)] is each segment's row number
    in `songs`; `start` its seconds from the song's beginning; `columns` the names of X's columns.
    `songs` has the columns song_id, title, artist (None where unknown), address, seconds, genres
    (a tuple of genre names as the user spells them; a song may have several), artists (a tuple
    of keys by `metadata.artists_of_songs`: songs that share any have an artist in common) and
    recording (the same for all copies of one recording).
    """

    X: np.ndarray
    song: np.ndarray
    start: np.ndarray
    songs: pd.DataFrame
    columns: tuple[str, ...]
    features: str
    version: int


@dataclass(frozen=True, slots=True)
class SongTable:
    """Every song of one feature set by its segments' `means` and `deviations`.

    Both [shape=(songs, d), float32]; `songs` and `columns` are as in a Table.
    """

    means: np.ndarray
    deviations: np.ndarray
    songs: pd.DataFrame
    columns: tuple[str, ...]
    features: str
    version: int
