"""The library that a home has: one SQLite file, one object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from genrefit.config import Home
from genrefit.errors import LibraryError
from genrefit.library import database, restoring
from genrefit.library.artists import Artists
from genrefit.library.confirmed import ConfirmedLabels
from genrefit.library.copies import Copies
from genrefit.library.failures import Failures
from genrefit.library.genre_changes import GenresOfSongs
from genrefit.library.lost import refuse_lost
from genrefit.library.situations import Situations
from genrefit.library.song_files import SongFiles


class Library(Artists, Copies, SongFiles, GenresOfSongs, Failures, Situations, ConfirmedLabels):
    """Songs, genres, features, failures and situations; jobs are kept by `genrefit.jobs`.

    What a person changes is journaled (`genrefit.library.journal`) and can be undone.
    """

    def summary(self) -> dict[str, Any]:
        """Return counts and failures, with the keys of `genrefit library --json`."""
        segments = self.rows(
            "SELECT COALESCE(SUM(n), 0) FROM (SELECT MAX(LENGTH(starts)) / 4 AS n "
            "FROM features GROUP BY song_id)"
        )
        return {
            "songs": self.rows("SELECT COUNT(*) FROM songs")[0][0],
            "segments": segments[0][0],
            "genres": dict(
                self.rows("SELECT genre, COUNT(*) FROM song_genres GROUP BY genre ORDER BY genre")
            ),
            "failed": [
                {"source": f.address, "reason": f.reason, "retry": f.retry, "kind": f.kind}
                for f in self.failures()
            ],
        }


opened: ContextVar[Callable[[Home], Library | None]] = ContextVar("opened", default=lambda _: None)
"""Gives the library of a home that the block at hand has open; whoever opens one may set it."""


@contextmanager
def use_library(home: Home) -> Iterator[Library]:
    """Yield the library of a home: the one that the block at hand has open, else one for now.

    LibraryError as `open_library`.
    """
    if (library := opened.get()(home)) is not None:
        yield library
        return
    with open_library(home) as library:
        yield library


def open_library(home: Home, *, create: bool = True) -> Library:
    """Open the library of a home, made anew where there is none and `create` is set.

    LibraryError where the file is damaged, locked, not ours, or newer than this program; the
    file is then left as it was.
    """
    restoring.finish(home)
    refuse_lost(home.library)
    if not home.library.exists():
        if not create:
            raise LibraryError(
                f"there is no library at {home.library} yet: collect songs first, "
                "or import a file of segments"
            )
        home.data.mkdir(parents=True, exist_ok=True)
        database.create(home.library)
    library = Library(home.library)
    library.finish_moves()
    return library
