"""The library: one SQLite file of songs, their genres, feature arrays, failures and jobs."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd

from genrefit.config import Home
from genrefit.errors import LibraryError
from genrefit.features import FEATURE_SETS
from genrefit.library import database
from genrefit.records import FailedSong, Features, Song, Table


class Library:
    """An open library; use it as a context manager. Not shared between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = database.connect(path)

    def __enter__(self) -> Library:
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
        """All statements inside take effect together or not at all."""
        with database.told(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple]:
        """Return all rows of a reading statement."""
        with database.told(self.path):
            return self._db.execute(sql, parameters).fetchall()

    # Songs

    def songs(self) -> list[Song]:
        """Return all songs, in the order in which they came in."""
        genres = self._genres()
        rows = self.rows(
            "SELECT song_id, key, address, title, artist, seconds, content FROM songs "
            "ORDER BY added, song_id"
        )
        return [
            Song(song_id, key, address, title, artist, seconds, content, genres.get(song_id, ()))
            for song_id, key, address, title, artist, seconds, content in rows
        ]

    def song(self, song_id: str) -> Song:
        """Return one song; LibraryError where there is none of that id."""
        for song in self.songs():
            if song.song_id == song_id:
                return song
        raise LibraryError(f"there is no song with the id {song_id!r} in the library")

    def _genres(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for song_id, genre in self.rows(
            "SELECT song_id, genre FROM song_genres ORDER BY song_id, genre"
        ):
            found.setdefault(song_id, []).append(genre)
        return {song_id: tuple(names) for song_id, names in found.items()}

    def keys(self) -> dict[str, str]:
        """Return song_id by key, for every address under which a song was reached."""
        return dict(self.rows("SELECT key, song_id FROM keys"))

    def sets(self) -> dict[str, dict[str, int]]:
        """Return the version of every stored feature set by song_id."""
        found: dict[str, dict[str, int]] = {}
        for song_id, name, version in self.rows("SELECT song_id, name, version FROM features"):
            found.setdefault(song_id, {})[name] = version
        return found

    def add(self, song: Song, features: Mapping[str, Features]) -> str:
        """Store a song, its genres and its features at once and return its song_id.

        A song whose content or key is known already is the same song: its genres are merged, the
        new key is remembered, and the stored features stay.
        """
        with self.transaction() as db:
            known = db.execute(
                "SELECT song_id FROM songs WHERE content = ? UNION "
                "SELECT song_id FROM keys WHERE key = ?",
                (song.content, song.key),
            ).fetchone()
            song_id = known[0] if known else song.song_id
            if not known:
                db.execute(
                    "INSERT INTO songs VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        song_id,
                        song.key,
                        song.address,
                        song.title,
                        song.artist,
                        song.seconds,
                        song.content,
                        time.time(),
                    ),
                )
                _put_features(db, song_id, features)
            db.execute("INSERT OR REPLACE INTO keys VALUES (?, ?)", (song.key, song_id))
            db.executemany(
                "INSERT OR IGNORE INTO song_genres VALUES (?, ?)",
                [(song_id, genre) for genre in song.genres],
            )
            db.execute("DELETE FROM failures WHERE key = ?", (song.key,))
        return song_id

    def add_features(self, song_id: str, features: Mapping[str, Features]) -> None:
        """Store more feature sets of a song that is there, replacing those of the same name."""
        with self.transaction() as db:
            _put_features(db, song_id, features)

    def put_in(self, song_id: str, genre: str) -> None:
        """Say that a song belongs to a genre (also)."""
        with self.transaction() as db:
            db.execute(
                "DELETE FROM kept_out WHERE genre = ? AND key IN "
                "(SELECT key FROM keys WHERE song_id = ?)",
                (genre, song_id),
            )
            db.execute("INSERT OR IGNORE INTO song_genres VALUES (?, ?)", (song_id, genre))

    def take_out(self, song_id: str, genre: str) -> None:
        """Say that a song does not belong to a genre, whatever a source says; the song stays."""
        with self.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO kept_out SELECT key, ? FROM keys WHERE song_id = ?",
                (genre, song_id),
            )
            db.execute("DELETE FROM song_genres WHERE song_id = ? AND genre = ?", (song_id, genre))

    def remove(self, song_id: str) -> None:
        """Forget a song with all that is known of it, and keep it out of the genres it was in."""
        with self.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO kept_out SELECT key, genre FROM keys "
                "JOIN song_genres USING (song_id) WHERE song_id = ?",
                (song_id,),
            )
            db.execute("DELETE FROM songs WHERE song_id = ?", (song_id,))

    def kept_out(self) -> set[tuple[str, str]]:
        """Return (key, genre) of what the user took out of a genre or removed."""
        return set(self.rows("SELECT key, genre FROM kept_out"))

    def let_back_in(self) -> int:
        """Let the next collection bring back what was taken out; return how many entries went."""
        with self.transaction() as db:
            return db.execute("DELETE FROM kept_out").rowcount

    def rename_genre(self, old: str, new: str) -> None:
        """Give a genre another name for all of its songs and failures."""
        with self.transaction() as db:
            db.execute("UPDATE OR IGNORE song_genres SET genre = ? WHERE genre = ?", (new, old))
            db.execute("DELETE FROM song_genres WHERE genre = ?", (old,))
            db.execute("UPDATE OR IGNORE kept_out SET genre = ? WHERE genre = ?", (new, old))
            for key, names in db.execute("SELECT key, genres FROM failures").fetchall():
                renamed = [new if name == old else name for name in json.loads(names)]
                db.execute(
                    "UPDATE failures SET genres = ? WHERE key = ?", (json.dumps(renamed), key)
                )

    def drop_genre(self, name: str) -> int:
        """Forget a genre and the songs that are in no other; return how many songs went."""
        with self.transaction() as db:
            db.execute("DELETE FROM song_genres WHERE genre = ?", (name,))
            db.execute("DELETE FROM kept_out WHERE genre = ?", (name,))
            gone = db.execute(
                "DELETE FROM songs WHERE song_id NOT IN (SELECT song_id FROM song_genres)"
            ).rowcount
            for key, names in db.execute("SELECT key, genres FROM failures").fetchall():
                left = [genre for genre in json.loads(names) if genre != name]
                if left:
                    db.execute(
                        "UPDATE failures SET genres = ? WHERE key = ?", (json.dumps(left), key)
                    )
                else:
                    db.execute("DELETE FROM failures WHERE key = ?", (key,))
        return gone

    # Failures

    def fail(self, failure: FailedSong) -> None:
        """Remember that a song or source could not be collected; counts its attempts."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO failures (key, address, title, artist, genres, reason, kind, retry, "
                "attempts, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO "
                "UPDATE SET address = excluded.address, title = excluded.title, "
                "artist = excluded.artist, genres = excluded.genres, "
                "reason = excluded.reason, kind = excluded.kind, "
                "retry = excluded.retry, attempts = attempts + 1, at = excluded.at",
                (
                    failure.key,
                    failure.address,
                    failure.title,
                    failure.artist,
                    json.dumps(list(failure.genres)),
                    failure.reason,
                    failure.kind,
                    int(failure.retry),
                    failure.attempts,
                    time.time(),
                ),
            )

    def failures(self) -> list[FailedSong]:
        """Return what could not be collected, the latest last."""
        rows = self.rows(
            "SELECT key, address, title, artist, genres, reason, kind, retry, attempts "
            "FROM failures "
            "ORDER BY at, key"
        )
        return [
            FailedSong(
                key, address, title, artist, tuple(json.loads(genres)), reason, kind, bool(retry), n
            )
            for key, address, title, artist, genres, reason, kind, retry, n in rows
        ]

    def forgive(self, key: str) -> None:
        """Forget a failure."""
        with self.transaction() as db:
            db.execute("DELETE FROM failures WHERE key = ?", (key,))

    # What models learn from

    def table(self, features: str, *, genres: Iterable[str] | None = None) -> Table:
        """Return the segments of every song that has this feature set in its current version.

        `genres` limits it to songs in at least one of these, and names no others.
        """
        chosen = FEATURE_SETS[features]
        columns, version = chosen.columns, chosen.version
        wanted = None if genres is None else set(genres)
        by_song = self._genres()
        rows = self.rows(
            "SELECT s.song_id, title, artist, address, seconds, starts, vals FROM songs s "
            "JOIN features f ON f.song_id = s.song_id "
            "WHERE f.name = ? AND f.version = ? AND f.width = ? ORDER BY s.song_id",
            (features, version, len(columns)),
        )
        kept, starts, values = [], [], []
        for song_id, title, artist, address, seconds, start_blob, value_blob in rows:
            names = tuple(g for g in by_song.get(song_id, ()) if wanted is None or g in wanted)
            if wanted is not None and not names:
                continue
            kept.append((song_id, title, artist, address, seconds, names))
            starts.append(np.frombuffer(start_blob, dtype="<f4"))
            values.append(np.frombuffer(value_blob, dtype="<f4").reshape(-1, len(columns)))
        songs = pd.DataFrame(
            kept, columns=["song_id", "title", "artist", "address", "seconds", "genres"]
        ).astype({"title": object, "artist": object})
        counts = [len(s) for s in starts]
        return Table(
            X=np.concatenate(values) if values else np.zeros((0, len(columns)), np.float32),
            song=np.repeat(np.arange(len(kept)), counts),
            start=np.concatenate(starts) if starts else np.zeros(0, np.float32),
            songs=songs,
            columns=tuple(columns),
            features=features,
            version=version,
        )

    def features(self, song_id: str, name: str) -> Features | None:
        """Return one stored feature set of one song, None where it lacks it."""
        rows = self.rows(
            "SELECT width, starts, vals FROM features WHERE song_id = ? AND name = ?",
            (song_id, name),
        )
        if not rows:
            return None
        width, starts, values = rows[0]
        return Features(
            np.frombuffer(starts, dtype="<f4"),
            np.frombuffer(values, dtype="<f4").reshape(-1, width),
        )

    def summary(self) -> dict[str, Any]:
        """Return counts and failures, with the keys of `genrefit library --json`."""
        segments = self.rows(
            "SELECT COALESCE(SUM(n), 0) FROM (SELECT MAX(LENGTH(starts)) / 4 AS n "
            "FROM features GROUP BY song_id)"
        )
        return {
            "songs": self.rows("SELECT COUNT(*) FROM songs")[0][0],
            "segments": segments[0][0],
            "genres": dict(
                self.rows("SELECT genre, COUNT(*) FROM song_genres GROUP BY genre ORDER BY genre")
            ),
            "failed": [
                {"source": f.address, "reason": f.reason, "retry": f.retry, "kind": f.kind}
                for f in self.failures()
            ],
        }

    # Situations: saved queries

    def situations(self) -> dict[str, str]:
        """Return saved queries by the name of their situation."""
        return dict(self.rows("SELECT name, query FROM situations ORDER BY name"))

    def save_situation(self, name: str, query: str) -> None:
        """Save a query under the name of a situation, replacing one of that name."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO situations VALUES (?, ?)", (name, query))

    def delete_situation(self, name: str) -> None:
        """Forget a situation."""
        with self.transaction() as db:
            db.execute("DELETE FROM situations WHERE name = ?", (name,))


def open_library(home: Home, *, create: bool = True) -> Library:
    """Open the library of a home, made anew where there is none and `create` is set.

    LibraryError where the file is damaged, locked, not ours, or newer than this program; the
    file is then left as it was.
    """
    if not home.library.exists():
        if not create:
            raise LibraryError(
                f"there is no library at {home.library} yet: collect songs first, "
                "or import a file of segments"
            )
        home.data.mkdir(parents=True, exist_ok=True)
        database.create(home.library)
    return Library(home.library)


def _put_features(db: sqlite3.Connection, song_id: str, features: Mapping[str, Features]) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                song_id,
                name,
                FEATURE_SETS[name].version,
                found.values.shape[1],
                np.ascontiguousarray(found.starts, dtype="<f4").tobytes(),
                np.ascontiguousarray(found.values, dtype="<f4").tobytes(),
            )
            for name, found in features.items()
        ],
    )
