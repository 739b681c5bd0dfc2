"""Feature arrays of songs, and the table of segments that models learn from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from genrefit.features import FEATURE_SETS
from genrefit.library.database import Database
from genrefit.metadata import artists_of_songs
from genrefit.records import Features, Table


class FeatureTables(Database):
    """The part of a Library that holds feature sets."""

    def genres_of_songs(self) -> dict[str, tuple[str, ...]]:
        """Return each song's genres by song_id; songs in no genre are left out."""
        genres: dict[str, list[str]] = {}
        for song_id, genre in self.rows(
            "SELECT song_id, genre FROM song_genres ORDER BY song_id, genre"
        ):
            genres.setdefault(song_id, []).append(genre)
        return {song_id: tuple(names) for song_id, names in genres.items()}

    def feature_versions(self) -> dict[str, dict[str, int]]:
        """Return the version of every stored feature set by song_id."""
        versions: dict[str, dict[str, int]] = {}
        for song_id, name, version in self.rows("SELECT song_id, name, version FROM features"):
            versions.setdefault(song_id, {})[name] = version
        return versions

    def add_features(self, song_id: str, features: Mapping[str, Features]) -> None:
        """Store more feature sets of a song that is there, replacing those of the same name."""
        with self.transaction() as db:
            insert_features(db, song_id, features)

    def table(self, features: str, *, genres: Iterable[str] | None = None) -> Table:
        """Return the segments of every song that has this feature set in its current version.

        `genres` limits it to songs in at least one of these, and names no others.
        """
        chosen = FEATURE_SETS[features]
        columns, version = chosen.columns, chosen.version
        limit = None if genres is None else set(genres)
        by_song = self.genres_of_songs()
        rows = self.rows(
            "SELECT s.song_id, title, artist, address, seconds, starts, vals FROM songs s "
            "JOIN features f ON f.song_id = s.song_id "
            "WHERE f.name = ? AND f.version = ? AND f.width = ? ORDER BY s.song_id",
            (features, version, len(columns)),
        )
        song_rows, starts, values = [], [], []
        for song_id, title, artist, address, seconds, start_blob, value_blob in rows:
            names = tuple(g for g in by_song.get(song_id, ()) if limit is None or g in limit)
            if limit is not None and not names:
                continue
            song_rows.append((song_id, title, artist, address, seconds, names))
            starts.append(np.frombuffer(start_blob, dtype="<f4"))
            values.append(np.frombuffer(value_blob, dtype="<f4").reshape(-1, len(columns)))
        songs = pd.DataFrame(
            song_rows, columns=["song_id", "title", "artist", "address", "seconds", "genres"]
        ).astype({"title": object, "artist": object})
        songs["artists"] = pd.Series(
            artists_of_songs([(row[2], row[1]) for row in song_rows]), dtype=object
        )
        counts = [len(s) for s in starts]
        return Table(
            X=np.concatenate(values) if values else np.zeros((0, len(columns)), np.float32),
            song=np.repeat(np.arange(len(song_rows)), counts),
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


def insert_features(db: sqlite3.Connection, song_id: str, features: Mapping[str, Features]) -> None:
    """Store feature sets of a song inside the caller's transaction."""
    db.executemany(
        "INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                song_id,
                name,
                FEATURE_SETS[name].version,
                arrays.values.shape[1],
                np.ascontiguousarray(arrays.starts, dtype="<f4").tobytes(),
                np.ascontiguousarray(arrays.values, dtype="<f4").tobytes(),
            )
            for name, arrays in features.items()
        ],
    )
