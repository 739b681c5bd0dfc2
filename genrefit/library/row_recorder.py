"""Records what a transaction does to rows: the state before, from which it can be brought back.

Temporary triggers on the tables call a Python function for each row, whatever statement changed
it, cascades of foreign keys included. So nothing that a change does can be left out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genrefit.library.genre_names import fold

TABLES = (
    "songs",
    "keys",
    "song_genres",
    "features",
    "failures",
    "kept_out",
    "situations",
    "genres",
    "confirmed",
    "kept_copies",
)
"""What a person's change may touch, parents before their children. Jobs, the journal and the
digests of files are not of it."""

Row = dict[str, Any]
"""A row's values by column, or those of some columns."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """What happened to one row: `before` is None where it was inserted, all of it where it was
    deleted, and the columns that changed where it was updated."""

    table: str
    key: tuple[Any, ...]
    kind: str
    before: Row | None

    @property
    def thing(self) -> str:
        """What the row is about: changes of one thing are undone in order."""
        if self.table in ("songs", "song_genres", "features", "confirmed", "kept_copies"):
            return f"song {self.key[0]}"
        if self.table == "genres":
            return f"genre {fold(self.key[0])}"
        return f"{self.table} {json.dumps(self.key)}"


class RowRecorder:
    """Records changes of rows from `start` until `stop`, inside one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._columns = {table: columns(db, table) for table in TABLES}
        self._rows: dict[tuple[str, tuple[Any, ...]], list[Row | None]] = {}

    def start(self) -> None:
        """Set the triggers."""
        self._db.create_function("record_row", -1, self._record)
        for table, (names, _) in self._columns.items():
            old = ", ".join(f'OLD."{name}"' for name in names)
            new = ", ".join(f'NEW."{name}"' for name in names)
            for event, sides, values in (
                ("INSERT", "new", new),
                ("DELETE", "old", old),
                ("UPDATE", "both", f"{old}, {new}"),
            ):
                self._db.execute(
                    f"CREATE TEMP TRIGGER record_{table}_{event} AFTER {event} ON main.{table} "
                    f"BEGIN SELECT record_row('{table}', '{sides}', {values}); END"
                )

    def stop(self) -> None:
        """Remove the triggers."""
        for table in TABLES:
            for event in ("INSERT", "DELETE", "UPDATE"):
                self._db.execute(f"DROP TRIGGER temp.record_{table}_{event}")

    def changes(self) -> list[RowChange]:
        """Return what changed, each row once, in the order of its first change."""
        changes = []
        for (table, key), (before, after) in self._rows.items():
            if before == after:
                continue
            if before is None:
                changes.append(RowChange(table, key, "inserted", None))
            elif after is None:
                changes.append(RowChange(table, key, "deleted", before))
            else:
                differing = {name: v for name, v in before.items() if v != after[name]}
                changes.append(RowChange(table, key, "updated", differing))
        return changes

    def _record(self, table: str, sides: str, *values: Any) -> None:
        names, key_names = self._columns[table]
        old = dict(zip(names, values, strict=False)) if sides != "new" else None
        new = dict(zip(names, values[-len(names) :], strict=True)) if sides != "old" else None
        keys = [tuple(row[k] for k in key_names) if row is not None else None for row in (old, new)]
        if keys[0] == keys[1]:
            self._note(table, keys[0], old, new)
        else:  # inserted, deleted, or given another key, which is both
            self._note(table, keys[0], old, None)
            self._note(table, keys[1], None, new)

    def _note(
        self, table: str, key: tuple[Any, ...] | None, old: Row | None, new: Row | None
    ) -> None:
        if key is not None:
            self._rows.setdefault((table, key), [old, new])[1] = new


def columns(db: sqlite3.Connection, table: str) -> tuple[list[str], list[str]]:
    """Return the names of a table's columns, and of those that are its primary key."""
    info = db.execute(f"PRAGMA main.table_info({table})").fetchall()
    by_place = sorted((place, name) for _, name, *_, place in info if place)
    return [name for _, name, *_ in info], [name for _, name in by_place]


def restore_rows(db: sqlite3.Connection, changes: Sequence[RowChange]) -> list[RowChange]:
    """Bring rows back to what they were; return those of which nothing is there to bring back."""
    db.execute("PRAGMA defer_foreign_keys = ON")  # until the transaction ends
    lost = []
    layouts = {table: columns(db, table) for table in TABLES}
    for change in sorted(changes, key=_order):
        names, key_names = layouts[change.table]
        where = " AND ".join(f'"{name}" = ?' for name in key_names)
        if change.before is None:
            db.execute(f"DELETE FROM {change.table} WHERE {where}", change.key)
        elif change.kind == "updated":
            set_to = ", ".join(f'"{name}" = ?' for name in change.before)
            values = (*change.before.values(), *change.key)
            if not db.execute(f"UPDATE {change.table} SET {set_to} WHERE {where}", values).rowcount:
                lost.append(change)
        else:
            # A column that came with a later version of the library has its default.
            known = {name: v for name, v in change.before.items() if name in names}
            listed = ", ".join(f'"{name}"' for name in known)
            marks = ", ".join("?" * len(known))
            rest = [name for name in known if name not in key_names]
            update = ", ".join(f'"{name}" = excluded."{name}"' for name in rest)
            db.execute(
                f"INSERT INTO {change.table} ({listed}) VALUES ({marks}) "
                f"ON CONFLICT ({', '.join(key_names)}) DO "
                + (f"UPDATE SET {update}" if rest else "NOTHING"),
                list(known.values()),
            )
    return lost


def _order(change: RowChange) -> tuple[int, int]:
    """Rows go before others change, and come back after: children first, then parents first."""
    place = TABLES.index(change.table)
    kind = ("inserted", "updated", "deleted").index(change.kind)
    return kind, -place if change.kind == "inserted" else place


def packed(row: Mapping[str, Any]) -> bytes:
    """Return a row's values as bytes; every value comes back exactly as it was."""
    blobs = [value for value in row.values() if isinstance(value, bytes)]
    plain = {n: {"bytes": len(v)} if isinstance(v, bytes) else v for n, v in row.items()}
    head = json.dumps(plain).encode()
    return b"".join([len(head).to_bytes(4, "big"), head, *blobs])


def unpacked(data: bytes) -> Row:
    """Return the row that `packed` made bytes of."""
    end = 4 + int.from_bytes(data[:4], "big")
    row: Row = json.loads(data[4:end])
    for name, value in row.items():
        if isinstance(value, dict):
            row[name], end = data[end : end + value["bytes"]], end + value["bytes"]
    return row
