"""Who is fetched next: genres alternate, each site gets its pause, a failing site is let be."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from genrefit import sources
from genrefit.records import Song
from genrefit.sources import Limits

STRIKES = 5
"""So many failures of a site in a row, and its other songs are left for another day."""
SITE_TROUBLE = frozenset(("pause", "offline", "network", "timeout", "server"))
"""Kinds of failure that are the site's rather than the song's."""


@dataclass(slots=True)
class Todo:
    """A song to fetch, and what for."""

    listed: sources.ListedSong
    genres: set[str] = field(default_factory=set)
    sets: tuple[str, ...] = ()
    song: Song | None = None  # the stored one, when it is refreshed


class Queue:
    """Songs that wait for their turn: genres alternate, and each site gets its pause."""

    def __init__(self, todo: Mapping[str, Todo], limits: Limits) -> None:
        self._limits = limits
        self._by_site: dict[str, deque[Todo]] = {}
        self._next: dict[str, float] = {}
        self._strikes: dict[str, int] = {}
        for item in alternating(todo.values()):
            self._by_site.setdefault(site_of(item), deque()).append(item)

    def __len__(self) -> int:
        return sum(map(len, self._by_site.values()))

    def ready(self) -> Todo | None:
        """Return the next song whose site may be called now, if there is one."""
        now = time.monotonic()
        for site in sorted(self._by_site, key=lambda site: self._next.get(site, 0.0)):
            if self._by_site[site] and self._next.get(site, 0.0) <= now:
                self._next[site] = now + self._limits.pause(site)
                return self._by_site[site].popleft()
        return None

    def note(self, item: Todo, kind: str | None) -> int:
        """Note how a site's song went; return how many of its songs are given up for now."""
        site = site_of(item)
        self._strikes[site] = self._strikes.get(site, 0) + 1 if kind in SITE_TROUBLE else 0
        if not site or self._strikes[site] < STRIKES:
            return 0
        return len(self._by_site.pop(site, ()))


def site_of(item: Todo) -> str:
    """Return the site that serves a song, "" for a local file."""
    return item.listed.address.host


def alternating(items: Iterable[Todo]) -> Iterator[Todo]:
    """Take songs from one genre after the other, so that a stopped run has some of each."""
    lines: dict[str, deque[Todo]] = {}
    for item in items:
        lines.setdefault(min(item.genres, default=""), deque()).append(item)
    while lines:
        for name in list(lines):
            yield lines[name].popleft()
            if not lines[name]:
                del lines[name]
