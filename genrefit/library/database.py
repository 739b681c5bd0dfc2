"""The file under the library: its tables, how it is made and opened, what can be wrong with it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from genrefit.errors import LibraryError
from genrefit.metadata import artist_and_title

APPLICATION_ID = 0x67656E72  # "genr": tells our file from any other SQLite file
SCHEMA_VERSION = 2
"""Goes up by one with each change of SCHEMA, which needs an entry in MIGRATIONS."""
BUSY_SECONDS = 15.0

SCHEMA = """
CREATE TABLE songs (
    song_id TEXT PRIMARY KEY, key TEXT NOT NULL, address TEXT NOT NULL, title TEXT NOT NULL,
    artist TEXT, seconds REAL, content TEXT NOT NULL UNIQUE, added REAL NOT NULL);
CREATE TABLE keys (
    key TEXT PRIMARY KEY,
    song_id TEXT NOT NULL REFERENCES songs ON DELETE CASCADE) WITHOUT ROWID;
CREATE TABLE song_genres (
    song_id TEXT NOT NULL REFERENCES songs ON DELETE CASCADE, genre TEXT NOT NULL,
    PRIMARY KEY (song_id, genre)) WITHOUT ROWID;
CREATE TABLE features (
    song_id TEXT NOT NULL REFERENCES songs ON DELETE CASCADE, name TEXT NOT NULL,
    version INTEGER NOT NULL, width INTEGER NOT NULL, starts BLOB NOT NULL, vals BLOB NOT NULL,
    PRIMARY KEY (song_id, name));
CREATE TABLE failures (
    key TEXT PRIMARY KEY, address TEXT NOT NULL, title TEXT NOT NULL, genres TEXT NOT NULL,
    reason TEXT NOT NULL, kind TEXT NOT NULL, retry INTEGER NOT NULL, attempts INTEGER NOT NULL,
    at REAL NOT NULL, artist TEXT) WITHOUT ROWID;
CREATE TABLE kept_out (
    key TEXT NOT NULL, genre TEXT NOT NULL, PRIMARY KEY (key, genre)) WITHOUT ROWID;
CREATE TABLE situations (name TEXT PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, arguments TEXT NOT NULL,
    state TEXT NOT NULL, cancel INTEGER NOT NULL DEFAULT 0, progress TEXT, message TEXT,
    result TEXT, pid INTEGER, started REAL NOT NULL, updated REAL NOT NULL, ended REAL);
CREATE UNIQUE INDEX one_active_job_a_kind ON jobs (kind) WHERE state = 'running';
CREATE INDEX songs_of_genre ON song_genres (genre);
"""


def _add_artist_of_failures(db: sqlite3.Connection) -> None:
    """Split "Artist - Title", as version 1 stored failed songs, into two columns."""
    db.execute("ALTER TABLE failures ADD COLUMN artist TEXT")
    for key, name in db.execute("SELECT key, title FROM failures").fetchall():
        if not key.startswith("source:"):
            artist, title = artist_and_title(name)
            db.execute(
                "UPDATE failures SET artist = ?, title = ? WHERE key = ?", (artist, title, key)
            )


MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {2: _add_artist_of_failures}
"""By version: what brings a library of the version before to it, inside a transaction."""


def create(path: Path) -> None:
    """Make a new library aside and put it in place whole, unless another was quicker.

    Laying it out where it stands would show it half-made, or locked, to others that open it.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="library-") as folder:
        part = Path(folder) / path.name
        connect(part).close()
        with suppress(FileExistsError):
            os.link(part, path)


def connect(path: Path) -> sqlite3.Connection:
    """Open a library's file, or lay out a new one; LibraryError says why it cannot be used."""
    with told(path):
        db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            _check(db, path)
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            db.close()
            raise
    return db


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Refuse files that are not ours or newer; lay out a new one, and migrate an older one."""
    # Read as of one moment: another process may just be laying it out.
    db.execute("BEGIN")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    ours = db.execute("PRAGMA application_id").fetchone()[0]
    tables = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
    db.execute("COMMIT")
    if version > SCHEMA_VERSION and ours == APPLICATION_ID:
        raise LibraryError(
            f"{path} was written by a newer genrefit (library version {version}, this program "
            f"knows {SCHEMA_VERSION}): update genrefit, or use another home"
        )
    if tables and ours != APPLICATION_ID:
        raise LibraryError(f"{path} is an SQLite file, but not a genrefit library: move it away")
    if version == SCHEMA_VERSION:
        return
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("BEGIN IMMEDIATE")
    try:
        _bring_up_to_date(db)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    """Lay out an empty file, or run the migrations that an older library lacks."""
    if not db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
        for statement in SCHEMA.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    else:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        for number in range(version + 1, SCHEMA_VERSION + 1):
            MIGRATIONS[number](db)
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextmanager
def told(path: Path) -> Iterator[None]:
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
            "move it away or put a copy in its place"
        ) from error
