"""The journal: every change that a person makes, with what is needed to undo it exactly.

    with library.change("moved 3 songs to jazz"):
        ...                                  # any changes of the library, and moves of files
    library.undo()                           # the last one; undoing that again is a redo

An entry is written in the same transaction as the change. Changes that a collection or another job
makes are not of a person and are not journaled. The last MOST_ENTRIES entries of MOST_DAYS days
are kept, as long as they take less than MOST_BYTES.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from genrefit.errors import LibraryError
from genrefit.library.journal_entry import REDID, UNDID, JournalEntry
from genrefit.library.journal_files import JournalFiles
from genrefit.library.row_recorder import RowChange, RowRecorder, packed, restore_rows, unpacked

MOST_ENTRIES = 100
MOST_DAYS = 30
LONGEST = 300
"""Letters that an entry says at most."""
MOST_BYTES = 500_000_000
"""Of rows kept for undoing; the newest entry is kept whatever its size."""


class Journal(JournalFiles):
    """The part of a Library that remembers changes and undoes them."""

    _recorder: RowRecorder | None = None

    @contextmanager
    def change(self, what: str) -> Iterator[sqlite3.Connection]:
        """Make all changes inside one entry of the journal, in one transaction.

        `what` says in words what is done, in the past tense ("moved 3 songs to jazz"). A change
        within another is part of the outer one; one that changes nothing leaves no entry.
        """
        with self.transaction() as db:
            if self._recorder is not None:
                yield db
                return
            self._recorder = recorder = RowRecorder(db)
            try:
                recorder.start()
                yield db
                recorder.stop()
                self._write_entry(db, what, recorder.changes())
            except BaseException:
                with suppress(sqlite3.Error):  # the transaction may be rolled back already
                    recorder.stop()
                raise
            finally:
                self._recorder = self._entry = None

    def history(self, most: int | None = None) -> list[JournalEntry]:
        """Return the newest entries that can be undone or were, the newest first."""
        rows = self.rows(
            "SELECT entry, at, what, undone_by IS NOT NULL, undoes FROM journal "
            "ORDER BY entry DESC LIMIT ?",
            (-1 if most is None else most,),
        )
        return [JournalEntry(n, at, what, bool(un), of) for n, at, what, un, of in rows]

    def changes_since(self, moment: float) -> list[JournalEntry]:
        """Return the entries that are in effect and were made since a time, the newest first."""
        return [entry for entry in self.history() if entry.at >= moment and not entry.undone]

    def last_change(self) -> JournalEntry | None:
        """Return the last change that is not undone, None where there is none."""
        own = (e for e in self.history() if e.undoes is None and not e.undone)
        return next(own, None)

    def undo(self, number: int | None = None) -> JournalEntry:
        """Undo an entry, by default the last change, and return it; an undo can be undone too.

        LibraryError where there is no such entry, it is undone already, or later changes of the
        same things must be undone first.
        """
        with self.transaction() as db:
            entry = self._entry_to_undo(number)
            self._refuse_if_later(entry)
            rows = [
                RowChange(table, tuple(json.loads(key)), kind, before and unpacked(before))
                for table, key, kind, before in db.execute(
                    "SELECT place, row_key, kind, before FROM journal_rows WHERE entry = ? "
                    "ORDER BY number",
                    (entry.number,),
                )
            ]
            plain = entry.what.removeprefix(UNDID).removeprefix(REDID)
            what = (REDID if entry.is_undo else UNDID) + plain
            self._prepare_undo(rows)
            with self.change(what):
                lost = self._restored(db, entry, rows)
                self.move_back(entry.number)
                if any(row.table != "failures" for row in lost):  # those go by themselves
                    raise LibraryError(
                        f'"{entry.what}" cannot be undone: what it changed is not there any more'
                    )
                undoing = self.reserve_entry(what)
            db.execute("UPDATE journal SET undoes = ? WHERE entry = ?", (entry.number, undoing))
            db.execute("UPDATE journal SET undone_by = NULL WHERE undone_by = ?", (entry.number,))
            db.execute("UPDATE journal SET undone_by = ? WHERE entry = ?", (undoing, entry.number))
        return entry

    def _restored(
        self, db: sqlite3.Connection, entry: JournalEntry, rows: list[RowChange]
    ) -> list[RowChange]:
        try:
            return restore_rows(db, rows)
        except sqlite3.IntegrityError as error:
            raise LibraryError(
                f'"{entry.what}" cannot be undone: a song that it removed has been collected '
                "again since"
            ) from error

    def _prepare_undo(self, rows: list[RowChange]) -> None:
        """For parts of the library that must do something before rows are brought back."""

    def _entry_to_undo(self, number: int | None) -> JournalEntry:
        history = self.history()
        if number is None:
            entry = self.last_change()
            if entry is None:
                raise LibraryError("there is nothing to undo")
            return entry
        found = next((entry for entry in history if entry.number == number), None)
        if found is None:
            raise LibraryError(
                f"there is no change {number} in the history, which keeps the last "
                f"{MOST_ENTRIES} of {MOST_DAYS} days (genrefit history lists them)"
            )
        if found.undone:
            raise LibraryError(f'change {number} ("{found.what}") is undone already')
        return found

    def _refuse_if_later(self, entry: JournalEntry) -> None:
        """Refuse to undo what later changes build on.

        A change and its undo cancel each other where both are later; an undo of what is earlier
        than the entry does not.
        """
        number = entry.number
        # CROSS JOIN: SQLite would begin at the other end, and compare all rows with all.
        later = set(
            self.rows(
                "SELECT l.entry FROM journal_rows m CROSS JOIN journal_rows l "
                "ON l.thing = m.thing AND l.entry > m.entry WHERE m.entry = ?1 UNION "
                "SELECT l.entry FROM journal_files m CROSS JOIN journal_files l "
                "ON l.kind = m.kind AND l.source = m.target AND l.entry > m.entry "
                "WHERE m.entry = ?1",
                (number,),
            )
        )
        for (key,) in self.rows(
            "SELECT row_key FROM journal_rows WHERE entry = ? AND place = 'genres' "
            "AND kind = 'inserted'",
            (number,),
        ):
            later |= set(
                self.rows(
                    "SELECT DISTINCT entry FROM journal_rows WHERE entry > ? AND kind = 'inserted' "
                    "AND place IN ('song_genres', 'kept_out') "
                    "AND json_extract(row_key, '$[1]') = json_extract(?, '$[0]')",
                    (number, key),
                )
            )
        blocking = [
            (e.number, e.what)
            for e in self.history()
            if (e.number,) in later and not e.undone and (e.undoes is None or e.undoes < number)
        ]
        if blocking:
            first = ", ".join(f'{later_one} ("{what}")' for later_one, what in blocking[:3])
            more = f" and {len(blocking) - 3} more" if len(blocking) > 3 else ""
            raise LibraryError(
                f'change {number} ("{entry.what}") cannot be undone yet: later changes '
                f"touch the same things. Undo first: {first}{more}"
            )

    def reserve_entry(self, what: str) -> int:
        """Return the number of the entry of the change at hand, made now if it was not yet."""
        if self._entry is None:
            with self.transaction() as db:
                self._entry = db.execute(
                    "INSERT INTO journal (at, what) VALUES (?, ?)", (time.time(), what)
                ).lastrowid
        assert self._entry is not None
        return self._entry

    def _write_entry(self, db: sqlite3.Connection, what: str, rows: list[RowChange]) -> None:
        if not rows and self._entry is None:
            return
        number, what = self.reserve_entry(what), what[:LONGEST]
        befores = [None if row.before is None else packed(row.before) for row in rows]
        size = sum(len(before) for before in befores if before)
        db.execute("UPDATE journal SET what = ?, size = ? WHERE entry = ?", (what, size, number))
        db.executemany(
            "INSERT INTO journal_rows VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (number, place, row.table, json.dumps(row.key), row.kind, row.thing, before)
                for place, (row, before) in enumerate(zip(rows, befores, strict=True))
            ],
        )
        self._prune(db, number)

    def _prune(self, db: sqlite3.Connection, newest: int) -> None:
        """Forget entries beyond what is kept, with the files that they kept."""
        sizes = db.execute("SELECT entry, at, size FROM journal ORDER BY entry DESC").fetchall()
        total, oldest = 0, time.time() - MOST_DAYS * 86_400
        for place, (number, at, size) in enumerate(sizes):
            total += size
            if number != newest and (place >= MOST_ENTRIES or at < oldest or total > MOST_BYTES):
                db.execute("DELETE FROM journal WHERE entry <= ?", (number,))
                self.after_commit("trash", self.empty_trash)
                return
