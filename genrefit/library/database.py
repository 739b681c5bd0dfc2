"""The library's file: opened, checked, read and written in transactions."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from genrefit.errors import LibraryError
from genrefit.library.lost import BACKUPS, refuse_lost
from genrefit.library.migrations import APPLICATION_ID, SCHEMA_VERSION, migrate
from genrefit.storage import is_alive, sync_folder, whole_file

UNFINISHED = "library-"
"""What the name of a folder begins with in which a library is made: the maker's id follows."""
BUSY_SECONDS = 15.0
"""How long another program may lock the file before this one gives up."""


class Database:
    """An open library file; use it as a context manager. Not shared between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = connect(path)
        self._after_commit: dict[str, Callable[[], object]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All statements inside take effect together or not at all.

        A transaction within another is part of the outer one.
        """
        with errors_as_sentences(self.path):
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._after_commit.clear()
                # SQLite itself rolls back after some errors, such as a full disk.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        while self._after_commit:
            self._after_commit.popitem()[1]()

    def after_commit(self, name: str, act: Callable[[], object]) -> None:
        """Have `act` called once the transaction at hand is committed, once for each name.

        For what follows from the library outside of it: if this process dies before, the next
        one that opens the library must come to the same.
        """
        self._after_commit[name] = act

    def awaits_commit(self, name: str) -> bool:
        """Tell whether something of that name will be called after the transaction at hand."""
        return name in self._after_commit

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a reading statement."""
        with errors_as_sentences(self.path):
            return self._db.execute(sql, parameters).fetchall()


def create(path: Path) -> None:
    """Make a new library aside and put it in place whole, unless another was quicker.

    Laying it out where it stands would show it half-made, or locked, to others that open it. It is
    on the disk, without anything in its write-ahead log, before it has its name.
    """
    refuse_lost(path)
    prefix = f"{UNFINISHED}{os.getpid()}-"
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=prefix) as folder:
        part = Path(folder) / path.name
        db = connect(part)
        with errors_as_sentences(path):
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.close()
        put_in_place(part, path)


def unfinished(folder: Path) -> list[Path]:
    """Return the folders beside the library in which killed processes were making one."""
    found = []
    for entry in folder.glob(f"{UNFINISHED}*"):
        pid, _, random = entry.name[len(UNFINISHED) :].rpartition("-")
        # Earlier versions wrote no id; a folder of the user's has other content.
        dead = len(random) == 8 and (not pid or (pid.isdecimal() and not is_alive(int(pid))))
        if dead and entry.is_dir() and all(f.name.startswith("library") for f in entry.iterdir()):
            found.append(entry)
    return found


def put_in_place(part: Path, path: Path) -> None:
    """Give a finished library its name once it is on the disk, unless there is one already."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not path.exists():
            part.replace(path)
    sync_folder(path.parent)


def connect(path: Path) -> sqlite3.Connection:
    """Open a library's file, or lay out a new one; LibraryError says why it cannot be used."""
    refuse_lost(path)
    with errors_as_sentences(path):
        db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            _check(db, path)
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA recursive_triggers = ON")  # so that a REPLACE is journaled whole
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA cell_size_check = ON")  # damage is found on reading a page
        except BaseException:
            db.close()
            raise
    return db


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Refuse other programs' files and newer ones; lay out a new one, migrate an older one."""
    # Read in one transaction: another process may be laying the file out.
    db.execute("BEGIN")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    application = db.execute("PRAGMA application_id").fetchone()[0]
    tables = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
    db.execute("COMMIT")
    if version > SCHEMA_VERSION and application == APPLICATION_ID:
        raise LibraryError(
            f"{path} was written by a newer genrefit (library version {version}, this program "
            f"knows {SCHEMA_VERSION}): update genrefit, or use another home"
        )
    if tables and application != APPLICATION_ID:
        raise LibraryError(f"{path} is an SQLite file, but not a genrefit library: move it away")
    if version == SCHEMA_VERSION:
        return
    try:
        db.execute("PRAGMA journal_mode = WAL")
        migrate(db, before=lambda old: keep_copy(path, f"library.version-{old}.sqlite"))
    except sqlite3.OperationalError as error:
        if tables and "readonly" in str(error):
            raise LibraryError(
                f"{path} is of an older genrefit (library version {version}) and can only be "
                "read: make it writable once, so that it can be brought up to date"
            ) from error
        raise


def keep_copy(path: Path, name: str) -> Path:
    """Copy a library as it stands into the folder BACKUPS beside it; return the copy's path."""
    target = path.parent / BACKUPS / name
    try:
        with whole_file(target) as part:
            copy(path, part)
    except OSError as error:
        raise LibraryError(
            f"{path} is of an older genrefit, and no copy of it could be kept at {target} before "
            f"it is brought up to date ({error.strerror}): make room there"
        ) from error
    return target


def copy(path: Path, target: Path) -> None:
    """Copy a library that may be in use, as it is at one moment, into one file."""
    with (
        errors_as_sentences(path),
        closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as source,
        closing(sqlite3.connect(target)) as db,
    ):
        source.backup(db)
        db.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def errors_as_sentences(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into one sentence each."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise LibraryError(
                f"{path} has been locked by another program for {BUSY_SECONDS:.0f} s: "
                "close it there and try again"
            ) from error
        raise LibraryError(f"{path} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise LibraryError(
            f"{path} is damaged or not a genrefit library ({error}): it was left as it is; "
            "move it away, or put a copy in its place (genrefit restore FILE)"
        ) from error
