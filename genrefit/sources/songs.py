"""What sources hand on: songs as they are listed, and songs as they are fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from genrefit.records import FileState
from genrefit.sources.urls import Address


@dataclass(frozen=True, slots=True)
class ListedSong:
    """A song as a source lists it, before anything is fetched.

    `seconds` is None where the source does not say. Of a file of this computer, `stamp` is its
    size in bytes and its time of change in nanoseconds.
    """

    address: Address
    title: str
    artist: str | None = None
    seconds: float | None = None
    live: bool = False
    stamp: tuple[int, int] | None = None

    @property
    def key(self) -> str:
        """The canonical address: the same song reached twice has the same key."""
        return self.address.key

    @property
    def song_id(self) -> str:
        """A short digest of the key."""
        return self.address.song_id


@dataclass(frozen=True, slots=True)
class Listing:
    """The songs of a source, each once, and notes on what was left out and why."""

    songs: tuple[ListedSong, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchedSong:
    """A song's file, there until the context that gave it ends.

    `content` is its SHA-256; `state` more of it where it is a file of the user's own.
    """

    path: Path
    title: str
    artist: str | None
    seconds: float | None
    content: str
    state: FileState | None = None
