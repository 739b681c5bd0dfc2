"""Each song's means and deviations of its features, kept beside the segments.

Rankings, maps, label checks, outliers and the search for copies work on these: of 100,000 songs
they are 100 MB a feature set, where the segments are 2.4 GB.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from genrefit.features import FEATURE_SETS
from genrefit.library.database import Database
from genrefit.metadata import artists_of_songs
from genrefit.records import SongTable

_AT_ONCE = 500
"""Songs whose segments are in memory at once."""


class SongMeans(Database):
    """The part of a Library that holds songs' means; they come and go with the features."""

    def genres_of_songs(self) -> dict[str, tuple[str, ...]]:
        """Return each song's genres by song_id; songs in no genre are left out."""
        genres: dict[str, list[str]] = {}
        for song_id, genre in self.rows(
            "SELECT song_id, genre FROM song_genres ORDER BY song_id, genre"
        ):
            genres.setdefault(song_id, []).append(genre)
        return {song_id: tuple(names) for song_id, names in genres.items()}

    def song_table(self, features: str, *, genres: Iterable[str] | None = None) -> SongTable:
        """Return the means of every song that has this feature set in its current version.

        `genres` limits it to songs in at least one of these, and names no others.
        """
        chosen = FEATURE_SETS[features]
        ids, means = self.stored_means(features)
        _, deviations = self.stored_means(features, "deviations")
        place = {song_id: i for i, song_id in enumerate(ids)}
        songs = self._frame(features, genres)
        there = np.array([song_id in place for song_id in songs["song_id"]], dtype=bool)
        songs = songs[there].reset_index(drop=True)
        rows = np.array([place[song_id] for song_id in songs["song_id"]], dtype=np.int64)
        return SongTable(
            means[rows],
            deviations[rows],
            songs=songs,
            columns=tuple(chosen.columns),
            features=features,
            version=chosen.version,
        )

    def stored_means(self, features: str, what: str = "means") -> tuple[list[str], np.ndarray]:
        """Return the ids of the songs with a feature set, ascending, and their means.

        `what` may be "deviations". The array is [shape=(songs, d), float32].
        """
        self.fill_song_means(features)
        chosen = FEATURE_SETS[features]
        rows = self.rows(
            f"SELECT m.song_id, {'means' if what == 'means' else 'deviations'} FROM song_means m "
            "JOIN features f ON f.name = ?1 AND f.version = ?2 AND f.width = ?3 "
            "AND f.song_id = m.song_id WHERE m.name = ?1 ORDER BY m.song_id",
            (features, chosen.version, len(chosen.columns)),
        )
        values = np.frombuffer(b"".join(blob for _, blob in rows), dtype="<f4")
        return [song_id for song_id, _ in rows], values.reshape(len(rows), len(chosen.columns))

    def segment_counts(self, features: str) -> dict[str, int]:
        """Return how many segments each song has of a feature set, by song_id."""
        return dict(
            self.rows(
                "SELECT song_id, LENGTH(starts) / 4 FROM features WHERE name = ?", (features,)
            )
        )

    def fill_song_means(self, features: str) -> None:
        """Compute the means that are not there yet, of songs that an earlier version stored."""
        chosen = FEATURE_SETS[features]
        missing = self.rows(
            "SELECT song_id FROM features f WHERE name = ?1 AND version = ?2 AND width = ?3 AND "
            "NOT EXISTS (SELECT 1 FROM song_means m WHERE m.name = ?1 AND m.song_id = f.song_id)",
            (features, chosen.version, len(chosen.columns)),
        )
        for at in range(0, len(missing), _AT_ONCE):
            several = [song_id for (song_id,) in missing[at : at + _AT_ONCE]]
            marks = ", ".join("?" * len(several))
            rows = self.rows(
                "SELECT song_id, width, vals FROM features "
                f"WHERE name = ? AND song_id IN ({marks})",
                (features, *several),
            )
            with self.transaction() as db:
                for song_id, width, values in rows:
                    insert_means(db, song_id, features, np.frombuffer(values, "<f4"), width)

    def _frame(self, features: str, genres: Iterable[str] | None) -> pd.DataFrame:
        """Return who the songs with a feature set are: the columns of `Table.songs`."""
        chosen = FEATURE_SETS[features]
        limit = None if genres is None else set(genres)
        by_song = self.genres_of_songs()
        rows: list[tuple[Any, ...]] = []
        for row in self.rows(
            "SELECT s.song_id, title, artist, address, seconds FROM features f "
            "JOIN songs s ON s.song_id = f.song_id "
            "WHERE f.name = ? AND f.version = ? AND f.width = ? ORDER BY s.song_id",
            (features, chosen.version, len(chosen.columns)),
        ):
            names = tuple(g for g in by_song.get(row[0], ()) if limit is None or g in limit)
            if limit is None or names:
                rows.append((*row, names))
        songs = pd.DataFrame(
            rows, columns=["song_id", "title", "artist", "address", "seconds", "genres"]
        ).astype({"title": object, "artist": object})
        songs["artists"] = pd.Series(
            artists_of_songs([(row[2], row[1]) for row in rows]), dtype=object
        )
        return songs


def insert_means(
    db: sqlite3.Connection, song_id: str, features: str, values: np.ndarray, width: int
) -> None:
    """Store the means and deviations of a song's segments inside the caller's transaction.

    `values` [shape=(n * width,) or (n, width)]; of a song without segments nothing is stored.
    """
    rows = values.reshape(-1, width).astype(np.float64)
    if len(rows):
        db.execute(
            "INSERT OR REPLACE INTO song_means VALUES (?, ?, ?, ?)",
            (
                features,
                song_id,
                rows.mean(axis=0).astype("<f4").tobytes(),
                rows.std(axis=0).astype("<f4").tobytes(),
            ),
        )
