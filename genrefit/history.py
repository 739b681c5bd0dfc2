"""What was changed, and undoing it: songs, genres, models and files together."""

from __future__ import annotations

from pathlib import PurePath

from genrefit.config import Home
from genrefit.learning import model_store, registry
from genrefit.library import genres, open_library
from genrefit.library.journal_entry import JournalEntry

__all__ = ["JournalEntry", "entries", "rename_genre", "undo"]


def entries(home: Home, most: int | None = None) -> list[JournalEntry]:
    """Return the changes that can be undone or were, the newest first."""
    if not home.library.exists():
        return []
    with open_library(home) as library:
        return library.history(most)


def undo(home: Home, number: int | None = None) -> JournalEntry:
    """Undo a change by its number, by default the last one, and return it.

    An undo is a change too: undoing that does it again. LibraryError where it cannot be undone,
    or later changes of the same things must be undone first.
    """
    with open_library(home, create=False) as library, model_store.models_lock(home):
        entry = library.undo(number)
        for before, now in library.moves(entry.number):
            if PurePath(before).parent == PurePath(now).parent == PurePath(home.models.name):
                model_store.follow_rename(home, PurePath(now).name, PurePath(before).name)
    finish(home)
    _follow_renames(home, since=entry.number)
    return entry


def _follow_renames(home: Home, *, since: int) -> None:
    """Rename genres in models that came back, which missed what was renamed in between."""
    with open_library(home) as library:
        for old, new in library.renamed_genres(since):
            registry.rename_genre(home, old, new)


def rename_genre(home: Home, old: str, new: str) -> tuple[str, str]:
    """Rename a genre everywhere: definition, songs, models; return both names as they are spelt."""
    names = genres.rename(home, old, new)
    finish(home)
    return names


def finish(home: Home) -> None:
    """Rename genres in models as committed changes did in the library."""
    with open_library(home) as library:
        for entry, number, old, new in library.pending("genre"):
            registry.rename_genre(home, old, new)
            library.mark_done(entry, number)
