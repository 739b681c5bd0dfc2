"""Whether a library was lost: cut to nothing, or missing beside what only it can have written."""

from __future__ import annotations

from pathlib import Path

from genrefit.config import Home
from genrefit.errors import LibraryError

BACKUPS = "backups"
"""The folder beside the library with copies of it."""


def refuse_lost(path: Path) -> None:
    """LibraryError where a library was here and is missing or empty now: none is made instead."""
    is_there = path.exists()
    if is_there and (path.stat().st_size or not path.is_file()):
        return
    wal = path.with_name(path.name + "-wal")
    trace = next((t for t in (wal, *(_traces(path) if is_there else ())) if _is_filled(t)), None)
    if trace is not None:
        what = "is empty (0 bytes)" if is_there else "is missing"
        raise LibraryError(
            f"{path} {what}, though {trace} shows that there was one: put a copy in its place, or "
            "a backup (genrefit restore FILE); to begin anew, move "
            f"{path if is_there else trace} away"
        )


def _traces(path: Path) -> list[Path]:
    """Return what is in a home only where a library has been."""
    home = Home(path.parent.parent)
    saved = home.models.glob("*/card.json") if home.models.is_dir() else ()
    return [home.genres, home.dropped, path.parent / BACKUPS, *saved]


def _is_filled(entry: Path) -> bool:
    if entry.is_dir():
        return any(entry.iterdir())
    return entry.exists() and entry.stat().st_size > 0
