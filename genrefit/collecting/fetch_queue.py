"""The order in which songs are fetched: genres alternate, each site gets its pause between songs,
and a site that fails again and again is left alone."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from genrefit.records import Song
from genrefit.sources import Limits, ListedSong

FAILURES_IN_A_ROW = 5
"""After so many failures of a site in a row, its other songs are left for the next run."""
SITE_TROUBLE = frozenset(("pause", "offline", "network", "timeout", "server"))
"""Kinds of failure that are the site's rather than the song's."""


@dataclass(slots=True)
class PlannedSong:
    """A song to fetch, for these genres and feature sets.

    Where a song of the library is fetched again, `stored` is that song and `every_set` the sets
    that it has or should have.
    """

    listed: ListedSong
    genres: set[str] = field(default_factory=set)
    sets: tuple[str, ...] = ()
    stored: Song | None = None
    every_set: tuple[str, ...] = ()

    @property
    def site(self) -> str:
        """The host that serves the song, "" for a local file."""
        return self.listed.address.host


class FetchQueue:
    """Songs that wait to be fetched: genres alternate, and each site gets its pause."""

    def __init__(self, songs: Iterable[PlannedSong], limits: Limits) -> None:
        self._limits = limits
        self._by_site: dict[str, deque[PlannedSong]] = {}
        self._next_call: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        for song in alternate_genres(songs):
            self._by_site.setdefault(song.site, deque()).append(song)

    def __len__(self) -> int:
        return sum(map(len, self._by_site.values()))

    def next_song(self) -> PlannedSong | None:
        """Take the next song whose site may be called now; None where there is none."""
        now = time.monotonic()
        for site in sorted(self._by_site, key=lambda site: self._next_call.get(site, 0.0)):
            if self._by_site[site] and self._next_call.get(site, 0.0) <= now:
                self._next_call[site] = now + self._limits.pause(site)
                return self._by_site[site].popleft()
        return None

    def record(self, song: PlannedSong, kind: str | None) -> int:
        """Record a song's kind of failure, or None; return how many songs of its site are dropped.

        None is dropped before FAILURES_IN_A_ROW failures of the site, then all that wait.
        """
        site = song.site
        self._failures[site] = self._failures.get(site, 0) + 1 if kind in SITE_TROUBLE else 0
        if not site or self._failures[site] < FAILURES_IN_A_ROW:
            return 0
        return len(self._by_site.pop(site, ()))


def alternate_genres(songs: Iterable[PlannedSong]) -> Iterator[PlannedSong]:
    """Yield songs of one genre after the other, so that a stopped run has some of each."""
    by_genre: dict[str, deque[PlannedSong]] = {}
    for song in songs:
        by_genre.setdefault(min(song.genres, default=""), deque()).append(song)
    while by_genre:
        for name in list(by_genre):
            yield by_genre[name].popleft()
            if not by_genre[name]:
                del by_genre[name]
