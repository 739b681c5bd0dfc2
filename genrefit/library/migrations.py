"""The tables of the library, and numbered steps that bring a file of an earlier version up to date.

A library's version is SQLite's `user_version`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

from genrefit.metadata import artist_and_title

APPLICATION_ID = 0x67656E72
"""SQLite's `application_id` of a library ("genr"), which tells it from other programs' files."""
SCHEMA_VERSION = 8
"""Goes up by one with each change of SCHEMA, which needs an entry in MIGRATIONS."""

_GENRES = """
CREATE TABLE genres (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL, sources TEXT NOT NULL,
    like_tags TEXT) WITHOUT ROWID;
CREATE TABLE written_files (file TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
"""
"""Since version 3: sources and tags are JSON lists; of genres.json, what it held when it was last
written or read in."""

_JOURNAL = """
CREATE TABLE journal (
    entry INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, what TEXT NOT NULL,
    undoes INTEGER, undone_by INTEGER, size INTEGER NOT NULL DEFAULT 0);
CREATE TABLE journal_rows (
    entry INTEGER NOT NULL REFERENCES journal ON DELETE CASCADE, number INTEGER NOT NULL,
    place TEXT NOT NULL, row_key TEXT NOT NULL, kind TEXT NOT NULL, thing TEXT NOT NULL,
    before BLOB, PRIMARY KEY (entry, number)) WITHOUT ROWID;
CREATE TABLE journal_files (
    entry INTEGER NOT NULL REFERENCES journal ON DELETE CASCADE, number INTEGER NOT NULL,
    source TEXT NOT NULL, target TEXT NOT NULL, pending INTEGER NOT NULL,
    PRIMARY KEY (entry, number)) WITHOUT ROWID;
CREATE INDEX journal_things ON journal_rows (thing);
CREATE INDEX journal_pending ON journal_files (pending) WHERE pending;
CREATE TABLE confirmed (
    song_id TEXT NOT NULL, genre TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (song_id, genre),
    FOREIGN KEY (song_id, genre) REFERENCES song_genres (song_id, genre)
    ON DELETE CASCADE ON UPDATE CASCADE) WITHOUT ROWID;
"""
"""Since version 4: a row of journal_rows is a row of the table `place` as it was before; paths in
journal_files are relative to the home. `confirmed` are labels that a person said are right."""

_KINDS = "ALTER TABLE journal_files ADD COLUMN kind TEXT NOT NULL DEFAULT 'file'"
"""Since version 5: `source` became `target`, both paths of files, or both names of a genre."""

_EXCLUSIONS = "ALTER TABLE kept_out ADD COLUMN state TEXT NOT NULL DEFAULT 'out'"
"""Since version 6: `out` of a genre, `removed` with its song, or let back `in` with this label."""
_COPIES = """
CREATE TABLE song_means (
    name TEXT NOT NULL, song_id TEXT NOT NULL, means BLOB NOT NULL, deviations BLOB NOT NULL,
    PRIMARY KEY (name, song_id),
    FOREIGN KEY (song_id, name) REFERENCES features (song_id, name) ON DELETE CASCADE);
CREATE INDEX features_of_set ON features (name, version, width, song_id);
CREATE TABLE recordings (
    song_id TEXT PRIMARY KEY REFERENCES songs ON DELETE CASCADE, recording TEXT NOT NULL,
    compared TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE kept_copies (
    song_id TEXT PRIMARY KEY REFERENCES songs ON DELETE CASCADE, at REAL NOT NULL) WITHOUT ROWID;
"""
"""Since version 7. `song_means` and `recordings` follow from the features: where rows are missing
they are computed. Songs of one `recording` sound like copies of one; `compared` says by which
feature sets. `kept_copies` are songs that a person wants to keep beside their copies."""

_FILES = """
CREATE TABLE song_files (
    key TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, content TEXT NOT NULL,
    audio TEXT NOT NULL) WITHOUT ROWID
"""
"""Since version 8: how each file of the user's own was when it was last looked at. An older
library has no row of a file until the next collection."""

_FIRST_TABLES = """
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
SCHEMA = ";".join((_FIRST_TABLES, _GENRES, _JOURNAL, _KINDS, _EXCLUSIONS, _COPIES, _FILES))


def _add_artist_of_failures(db: sqlite3.Connection) -> None:
    """Split "Artist - Title", as version 1 stored failed songs, into two columns."""
    db.execute("ALTER TABLE failures ADD COLUMN artist TEXT")
    for key, name in db.execute("SELECT key, title FROM failures").fetchall():
        if not key.startswith("source:"):
            artist, title = artist_and_title(name)
            db.execute(
                "UPDATE failures SET artist = ?, title = ? WHERE key = ?", (artist, title, key)
            )


def _tables(statements: str) -> Callable[[sqlite3.Connection], None]:
    """Return a migration that adds tables."""

    def add(db: sqlite3.Connection) -> None:
        for statement in statements.split(";"):
            db.execute(statement)

    return add


MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {
    2: _add_artist_of_failures,
    3: _tables(_GENRES),
    4: _tables(_JOURNAL),
    5: _tables(_KINDS),
    6: _tables(_EXCLUSIONS),
    7: _tables(_COPIES),
    8: _tables(_FILES),
}
"""By version: what brings a library of the version before to it, inside a transaction."""


def migrate(db: sqlite3.Connection, *, before: Callable[[int], object] = lambda _: None) -> None:
    """Lay out an empty file, or run the migrations that an older library lacks, all or none.

    `before` is called with an older library's version before anything is changed, while no other
    process can change it.

    The version is read inside the transaction, because another process may have been quicker.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        if not db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
            for statement in SCHEMA.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        else:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version < SCHEMA_VERSION:
                before(version)
            for number in range(version + 1, SCHEMA_VERSION + 1):
                MIGRATIONS[number](db)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
