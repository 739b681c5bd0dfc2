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

TRASH = ".trash"
"""The folder for what was deleted, in the home's folders of models and of data, a folder an
entry of the journal. What is there is erased when the journal forgets the entry."""


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
        with self.transaction() as db:
            number = self.reserve_entry("")
            paths = [path.relative_to(self.home.path) for path in (source, target)]
            if any(".." in path.parts for path in paths):
                raise LibraryError(f"{source} may not be moved: its path leads out of {self.home}")
            db.execute(
                "INSERT INTO journal_files VALUES (?, (SELECT COUNT(*) FROM journal_files "
                "WHERE entry = ?), ?, ?, 1)",
                (number, number, *map(str, paths)),
            )
        self.after_commit("moves", self.finish_moves)

    def discard_file(self, path: Path, *, trash: Path) -> None:
        """Within a change: put a file or folder aside in `trash`/TRASH, to be erased later on."""
        self.move_file(path, trash / TRASH / str(self.reserve_entry("")) / path.name)

    def move_back(self, entry: int) -> None:
        """Within a change: move back what an earlier entry moved."""
        moves = self.rows(
            "SELECT source, target FROM journal_files WHERE entry = ? ORDER BY number DESC",
            (entry,),
        )
        for source, target in moves:
            here, there = self.home.path / target, self.home.path / source
            if not here.exists():
                raise LibraryError(f"{here} is not there any more: this cannot be undone")
            if there.exists():
                raise LibraryError(
                    f"there is another {there.name!r} now, at {there}: rename or remove that first"
                )
            self.move_file(here, there)

    def finish_moves(self) -> None:
        """Carry out the moves of committed changes."""
        pending = self.rows(
            "SELECT entry, number, source, target FROM journal_files WHERE pending "
            "ORDER BY entry, number"
        )
        for _, _, source, target in pending:
            here, there = self.home.path / source, self.home.path / target
            if here.exists() and not there.exists():
                there.parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):  # another process was quicker
                    shutil.move(here, there)
        if pending:
            with self.transaction() as db:
                db.executemany(
                    "UPDATE journal_files SET pending = 0 WHERE entry = ? AND number = ?",
                    [(entry, number) for entry, number, _, _ in pending],
                )

    def empty_trash(self) -> None:
        """Erase what no entry of the journal keeps any more."""
        kept = {str(entry) for (entry,) in self.rows("SELECT entry FROM journal")}
        for folder in (self.home.models / TRASH, self.home.data / TRASH):
            for entry in folder.iterdir() if folder.is_dir() else ():
                if entry.name not in kept:
                    shutil.rmtree(entry, ignore_errors=True)
