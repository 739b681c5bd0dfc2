"""Libraries of earlier versions are brought up to date when they are opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import MappingProxyType

import pytest

from genrefit.config import Home
from genrefit.errors import LibraryError
from genrefit.library import migrations, open_library
from genrefit.records import FailedSong

VERSION_1 = """
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
    at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE kept_out (
    key TEXT NOT NULL, genre TEXT NOT NULL, PRIMARY KEY (key, genre)) WITHOUT ROWID;
CREATE TABLE situations (name TEXT PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, arguments TEXT NOT NULL,
    state TEXT NOT NULL, cancel INTEGER NOT NULL DEFAULT 0, progress TEXT, message TEXT,
    result TEXT, pid INTEGER, started REAL NOT NULL, updated REAL NOT NULL, ended REAL);
CREATE UNIQUE INDEX one_active_job_a_kind ON jobs (kind) WHERE state = 'running';
CREATE INDEX songs_of_genre ON song_genres (genre);
INSERT INTO songs VALUES ('id1', 'k1', '/1.mp3', 'One', 'Ann', 61.5, 'c1', 1.0);
INSERT INTO keys VALUES ('k1', 'id1');
INSERT INTO song_genres VALUES ('id1', 'jazz');
INSERT INTO features VALUES ('id1', 'one', 3, 2, x'00000000', x'0000803f00000040');
INSERT INTO kept_out VALUES ('k9', 'jazz');
INSERT INTO jobs (kind, arguments, state, result, started, updated, ended)
    VALUES ('collect', '{"genres": ["jazz"]}', 'done', '{"added": 1}', 1.0, 2.0, 3.0);
INSERT INTO situations VALUES ('work', 'jazz > 50 %');
INSERT INTO failures VALUES
    ('k2', '/2.mp3', 'Eve - Five', '["jazz"]', 'gone', 'gone', 0, 2, 1.0),
    ('k3', '/3.mp3', 'Six', '["jazz"]', 'no answer', 'network', 1, 1, 2.0),
    ('source:/my - songs', '/my - songs', '/my - songs', '["jazz"]', 'no', 'missing', 1, 1, 3.0);
PRAGMA application_id = 1734700658;
PRAGMA user_version = 1;
"""
"""What genrefit 0.1 laid out, with a little in it."""


@pytest.fixture
def old_home(home) -> Home:
    home.data.mkdir(parents=True)
    db = sqlite3.connect(home.library)
    db.executescript(VERSION_1)
    db.close()
    return home


def layout(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """The columns of each table: name, type, not null, default, primary key."""
    db = sqlite3.connect(path)
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = {
        name: {row[1:] for row in db.execute(f"PRAGMA table_info({name})")} for name in tables
    }
    db.close()
    return columns


def version(path: Path) -> int:
    db = sqlite3.connect(path)
    number = db.execute("PRAGMA user_version").fetchone()[0]
    db.close()
    return number


def test_a_library_of_version_1_opens_with_all_it_has(old_home):
    for _ in range(2):
        with open_library(old_home) as library:
            (song,) = library.songs()
            assert (song.title, song.artist, song.genres) == ("One", "Ann", ("jazz",))
            assert library.situations() == {"work": "jazz > 50 %"}
            assert library.exclusions() == {("k9", "jazz")}
            features = library.features("id1", "one")
            assert features is not None
            assert (features.starts.tolist(), features.values.tolist()) == ([0.0], [[1.0, 2.0]])
            assert library.rows("SELECT kind, arguments, state, result FROM jobs") == [
                ("collect", '{"genres": ["jazz"]}', "done", '{"added": 1}')
            ]
            assert library.failures() == [
                FailedSong("k2", "/2.mp3", "Five", "Eve", ("jazz",), "gone", "gone", False, 2),
                FailedSong("k3", "/3.mp3", "Six", None, ("jazz",), "no answer", "network", True),
                FailedSong(
                    "source:/my - songs",
                    "/my - songs",
                    "/my - songs",
                    None,
                    ("jazz",),
                    "no",
                    "missing",
                    True,
                ),
            ]
    assert version(old_home.library) == migrations.SCHEMA_VERSION


def test_a_migrated_library_is_laid_out_like_a_new_one(old_home, tmp_path):
    new_home = Home(tmp_path / "new")
    for home in (old_home, new_home):
        open_library(home).close()
    assert layout(old_home.library) == layout(new_home.library)


def test_there_is_a_migration_to_every_version():
    assert set(migrations.MIGRATIONS) == set(range(2, migrations.SCHEMA_VERSION + 1))


def test_a_migration_that_fails_leaves_the_library_as_it_was(old_home, monkeypatch):
    def fail(db: sqlite3.Connection) -> None:
        db.execute("ALTER TABLE failures ADD COLUMN artist TEXT")
        db.execute("DELETE FROM songs")
        raise sqlite3.OperationalError("database or disk is full")

    before = layout(old_home.library)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", MappingProxyType({2: fail}))
        with pytest.raises(LibraryError, match="disk is full"):
            open_library(old_home)
    assert (layout(old_home.library), version(old_home.library)) == (before, 1)
    with open_library(old_home) as library:
        assert len(library.songs()) == 1


def test_an_old_library_that_can_only_be_read_says_what_to_do(old_home, monkeypatch):
    connect = sqlite3.connect

    def connect_to_read(path, **options):
        return connect(f"file:{path}?mode=ro", uri=True, **options)

    monkeypatch.setattr("genrefit.library.database.sqlite3.connect", connect_to_read)
    before = old_home.library.read_bytes()
    with pytest.raises(LibraryError, match="make it writable once"):
        open_library(old_home)
    assert old_home.library.read_bytes() == before
