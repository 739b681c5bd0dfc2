"""Tables to learn from: drawn from a seed, or read from the seed's published features."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from genrefit.features import FEATURE_SETS
from genrefit.records import Table


def drawn(
    genres: Sequence[Sequence[str]],
    *,
    artists: Sequence[str | None] | None = None,
    segments: int = 4,
    apart: float = 2.0,
    features: str = "classic",
    seed: int = 0,
) -> Table:
    """Draw songs: `genres[i]` are song i's; genres lie `apart` standard deviations apart.

    Songs differ from their genre and segments from their song, each by a normal deviate a column.
    """
    rng = np.random.default_rng(seed)
    chosen = FEATURE_SETS[features]
    names = sorted({genre for song in genres for genre in song})
    centres = {name: rng.normal(size=len(chosen.columns)) * apart for name in names}
    count = len(genres)
    songs = [
        np.mean([centres[g] for g in song] or [np.zeros(len(chosen.columns))], axis=0)
        + rng.normal(size=len(chosen.columns))
        for song in genres
    ]
    X = np.repeat(songs, segments, axis=0)
    X = (X + rng.normal(size=X.shape)).astype(np.float32)
    return Table(
        X=X,
        song=np.repeat(np.arange(count), segments),
        start=np.tile(np.arange(segments) * 10.0, count).astype(np.float32),
        songs=frame(genres, artists or [f"artist {i}" for i in range(count)]),
        columns=chosen.columns,
        features=features,
        version=chosen.version,
    )


def frame(genres: Sequence[Sequence[str]], artists: Sequence[str | None]) -> pd.DataFrame:
    """Return songs as the library's table has them."""
    count = len(genres)
    return pd.DataFrame(
        {
            "song_id": [f"song{i:04d}" for i in range(count)],
            "title": [f"title {i}" for i in range(count)],
            "artist": pd.Series(list(artists), dtype=object),
            "address": [f"file:///{i}.mp3" for i in range(count)],
            "seconds": 60.0,
            "genres": [tuple(song) for song in genres],
        }
    )


def of_seed(path: Path) -> Table:
    """Read the seed's published features of four genres."""
    with gzip.open(path, "rt") as file:
        rows = pd.DataFrame([json.loads(line) for line in file])
    columns = tuple(c for c in rows.columns if c not in ("song", "genre"))
    names, number = np.unique(rows["song"], return_inverse=True)
    of_song = rows.groupby("song")["genre"].agg(lambda genres: tuple(sorted(set(genres))))
    songs = frame([of_song[name] for name in names], [None] * len(names))
    songs["title"] = [name.removesuffix(".m4a") for name in names]
    order = np.argsort(number, kind="stable")
    return Table(
        X=rows[list(columns)].to_numpy(np.float32)[order],
        song=number[order],
        start=np.zeros(len(rows), np.float32),
        songs=songs,
        columns=columns,
        features="seed",
        version=FEATURE_SETS["seed"].version,
    )
