"""One run of a page or of a fragment: the library is opened once and its stamp computed once.

    with page_run(home):                    # by the page's frame, or by a fragment
        with open_once(home) as library:    # opens at first use; closed when the run ends
            ...

Outside of a run `open_once` opens the library for its own block.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from genrefit.config import Home

if TYPE_CHECKING:
    from genrefit.library import Library

Stamp = tuple[Any, ...]
"""What tells one state of a file or of the library from the next; empty where there is none."""


class PageRun:
    """What one run has read so far: the open library and its stamp."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.began = time.time()
        self._library: Library | None = None
        self._stamp: Stamp | None = None

    def library(self, *, create: bool) -> Library:
        """Return the library, opened at first use; made where there is none and `create` is set."""
        if self._library is None:
            from genrefit.library import open_library

            self._library = open_library(self.home, create=create)
        return self._library

    @property
    def stamp(self) -> Stamp:
        """The library's stamp as it was at first use."""
        if self._stamp is None:
            self._stamp = _stamp(self.library(create=False)) if self.home.library.exists() else ()
        return self._stamp

    def close(self) -> None:
        """Close the library if it was opened."""
        if self._library is not None:
            self._library.close()
            self._library = None


_current: ContextVar[PageRun | None] = ContextVar("page_run", default=None)


@contextmanager
def page_run(home: Home) -> Iterator[None]:
    """Share one open library among all that the block calls; a run inside a run is the same."""
    outer = _current.get()
    if outer is not None and outer.home == home:
        yield
        return
    from genrefit.library import opened

    run = PageRun(home)
    _current.set(run)
    before = opened.set(lambda of: run.library(create=False) if of == home else None)
    try:
        yield
    finally:
        opened.reset(before)
        _current.set(outer)
        run.close()


@contextmanager
def open_once(home: Home, *, create: bool = True) -> Iterator[Library]:
    """Yield the library that this run has open, made where there is none and `create` is set.

    LibraryError as open_library.
    """
    with page_run(home):
        run = _current.get()
        assert run is not None
        yield run.library(create=create)


def began(home: Home) -> float:
    """Return when this run began, in seconds as time.time() gives them."""
    with page_run(home):
        run = _current.get()
        assert run is not None
        return run.began


def library_stamp(home: Home) -> Stamp:
    """Return what tells one state of the library's songs, genres and features from the next.

    The file's own time will not do: a running job writes its progress into it every second.
    """
    with page_run(home):
        run = _current.get()
        assert run is not None
        return run.stamp


def _stamp(library: Library) -> Stamp:
    counts = library.rows(
        "SELECT (SELECT COUNT(*) FROM songs), (SELECT MAX(added) FROM songs), "
        "(SELECT COUNT(*) FROM features), (SELECT MAX(rowid) FROM features), "
        "(SELECT SUM(version) FROM features)"
    )[0]
    genres = library.rows("SELECT song_id, genre FROM song_genres ORDER BY song_id, genre")
    digest = hashlib.blake2b(repr(genres).encode(), digest_size=8).hexdigest()
    return (*counts, digest)
