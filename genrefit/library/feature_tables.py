"""Feature arrays of songs, and the table of segments that models learn from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

import numpy as np

from genrefit.features import FEATURE_SETS
from genrefit.library.recordings import Recordings
from genrefit.library.song_means import insert_means
from genrefit.records import Features, Table


class FeatureTables(Recordings):
    """The part of a Library that holds feature sets."""

    def add_features(self, song_id: str, features: Mapping[str, Features]) -> None:
        """Store more feature sets of a song that is there, replacing those of the same name."""
        with self.transaction() as db:
            insert_features(db, song_id, features)

    def table(self, features: str, *, genres: Iterable[str] | None = None) -> Table:
        """Return the segments of every song that has this feature set in its current version.

        `genres` limits it to songs in at least one of these, and names no others.
        """
        columns, version = FEATURE_SETS[features].columns, FEATURE_SETS[features].version
        songs = self._frame(features, genres)
        wanted = set(songs["song_id"])
        starts, values = [], []
        for song_id, start_blob, value_blob in self.rows(
            "SELECT song_id, starts, vals FROM features "
            "WHERE name = ? AND version = ? AND width = ? ORDER BY song_id",
            (features, version, len(columns)),
        ):
            if song_id in wanted:
                starts.append(np.frombuffer(start_blob, dtype="<f4"))
                values.append(np.frombuffer(value_blob, dtype="<f4").reshape(-1, len(columns)))
        counts = [len(s) for s in starts]
        return Table(
            X=np.concatenate(values) if values else np.zeros((0, len(columns)), np.float32),
            song=np.repeat(np.arange(len(songs)), counts),
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
    """Store feature sets of a song, and their means, inside the caller's transaction."""
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
    db.execute("DELETE FROM recordings WHERE song_id = ?", (song_id,))  # compared anew
    for name, arrays in features.items():
        insert_means(db, song_id, name, arrays.values, arrays.values.shape[1])
