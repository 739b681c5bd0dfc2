"""Files that a journaled change moves: put aside instead of erased, brought back by undo.

The moves are written down with the change and carried out after its commit; a process that was
killed in between leaves them to the next that opens the library.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from genrefit.config import Home
from genrefit.errors import LibraryError
from genrefit.library.database import Database
from genrefit.storage import erase

TRASH = ".trash"
"""The folder for what was deleted, in the home's folders of models and of data, a folder an
entry of the journal. What is there is erased when the journal forgets the entry."""

ORPHANS = "orphans"
"""The folder in TRASH for dropped songs that no genre has: see `genrefit.sweeper`."""


class JournalFiles(Database):
    """The part of a Library that moves files with a change."""

    _entry: int | None = None

    @property
    def home(self) -> Home:
        """The home that this library is of."""
        return Home(self.path.parent.parent)

    def reserve_entry(self, what: str) -> int:
        """Return the number of the entry of the change at hand."""
        raise NotImplementedError

    def move_file(self, source: Path, target: Path) -> None:
        """Within a change: have a file or folder of the home moved once the change is committed."""
        paths = [path.relative_to(self.home.path) for path in (source, target)]
        if not all(_is_inside(path) for path in paths):
            raise LibraryError(f"{source} may not be moved: its path leads out of its folder")
        self._note("file", *map(str, paths))
        self.after_commit("moves", self.finish_moves)

    def discard_file(self, path: Path, *, trash: Path) -> None:
        """Within a change: put a file or folder aside in `trash`/TRASH, to be erased later on."""
        self.move_file(path, trash / TRASH / str(self.reserve_entry("")) / path.name)

    def note_renamed_genre(self, old: str, new: str) -> None:
        """Within a change: note that models have to follow the new name of a genre."""
        self._note("genre", old, new)

    def _note(self, kind: str, source: str, target: str) -> None:
        number = self.reserve_entry("")
        with self.transaction() as db:
            db.execute(
                "INSERT INTO journal_files (entry, number, source, target, pending, kind) VALUES "
                "(?1, (SELECT COUNT(*) FROM journal_files WHERE entry = ?1), ?2, ?3, 1, ?4)",
                (number, source, target, kind),
            )

    def move_back(self, entry: int) -> None:
        """Within a change: move back what an earlier entry moved, and rename what it renamed."""
        moves = self.rows(
            "SELECT kind, source, target FROM journal_files WHERE entry = ? ORDER BY number DESC",
            (entry,),
        )
        for kind, source, target in moves:
            if kind == "genre":
                self.note_renamed_genre(target, source)
                continue
            here, there = self.home.path / target, self.home.path / source
            if not here.exists():
                raise LibraryError(f"{here} is not there any more: this cannot be undone")
            if there.exists():
                raise LibraryError(
                    f"there is another {there.name!r} now, at {there}: rename or remove that first"
                )
            self.move_file(here, there)

    def moves(self, entry: int) -> list[tuple[str, str]]:
        """Return the files that an entry moved, each as its path before and after."""
        return self.rows(
            "SELECT source, target FROM journal_files WHERE entry = ? AND kind = 'file'", (entry,)
        )

    def renamed_genres(self, since: int) -> list[tuple[str, str]]:
        """Return how changes after an entry renamed genres, in order: old and new name."""
        return self.rows(
            "SELECT source, target FROM journal_files WHERE entry > ? AND kind = 'genre' "
            "ORDER BY entry, number",
            (since,),
        )

    def pending(self, kind: str) -> list[tuple[int, int, str, str]]:
        """Return (entry, number, source, target) of what committed changes left to be done."""
        return self.rows(
            "SELECT entry, number, source, target FROM journal_files WHERE pending AND kind = ? "
            "ORDER BY entry, number",
            (kind,),
        )

    def mark_done(self, entry: int, number: int) -> None:
        """Note that a pending move or renaming is done."""
        with self.transaction() as db:
            db.execute(
                "UPDATE journal_files SET pending = 0 WHERE entry = ? AND number = ?",
                (entry, number),
            )

    def finish_moves(self) -> None:
        """Carry out the moves of committed changes."""
        for entry, number, source, target in self.pending("file"):
            here, there = self.home.path / source, self.home.path / target
            inside = _is_inside(source) and _is_inside(target)
            if inside and here.exists() and not there.exists():
                there.parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):  # another process was quicker
                    shutil.move(here, there)
            self.mark_done(entry, number)

    def empty_trash(self) -> None:
        """Erase what no entry of the journal keeps any more."""
        kept = {str(entry) for (entry,) in self.rows("SELECT entry FROM journal")}
        for folder in (self.home.models / TRASH, self.home.data / TRASH):
            for entry in folder.iterdir() if folder.is_dir() else ():
                if entry.name not in kept and entry.name != ORPHANS:
                    erase(entry, within=folder)


def _is_inside(path: Path | str) -> bool:
    """Tell whether a path that is relative to the home stays in it."""
    return not Path(path).is_absolute() and ".." not in Path(path).parts
