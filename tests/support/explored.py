"""Tables of made-up songs whose features part genres, or do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from genrefit.records import Table

COLUMNS = ("parts", "turns", "noise", "constant")


def table(
    per_genre=20,
    *,
    genres=("jazz", "folk", "metal"),
    segments=4,
    seed=0,
    swap=(),
    odd=(),
    turns=0.0,
):
    """Songs whose `parts` differs by genre, whose `turns` too, or it goes to both sides in jazz.

    Songs numbered in `swap` carry the next genre's label; those in `odd` are far from all.
    """
    rng = np.random.default_rng(seed)
    n = per_genre * len(genres)
    genre = np.repeat(np.arange(len(genres)), per_genre)
    both_sides = np.tile([-1, 1], n)[:n] * turns * (genre == 0)
    turned = both_sides if turns else -3.0 * genre
    center = np.stack([4.0 * genre, turned, np.zeros(n), np.full(n, 7.0)], axis=1)
    spread = rng.normal(0, 0.5, (n, 4)) * [1, 1, 1, 0]
    means = center + spread
    means[list(odd), :3] += 40
    song = np.repeat(np.arange(n), segments)
    X = means[song] + rng.normal(0, 0.1, (n * segments, 4)) * [1, 1, 1, 0]
    labels = [genres[(g + (i in swap)) % len(genres)] for i, g in enumerate(genre)]
    songs = pd.DataFrame(
        {
            "song_id": [f"s{i}" for i in range(n)],
            "title": [f"Title {i}" for i in range(n)],
            "artist": [None if i % 5 == 0 else f"Artist {i}" for i in range(n)],
            "address": [f"/music/{i}.mp3" for i in range(n)],
            "seconds": 40.0,
            "genres": [(label,) for label in labels],
        }
    )
    start = np.tile(np.arange(segments) * 10.0, n)
    return Table(X.astype(np.float32), song, start, songs, COLUMNS, "classic", 1)


def cut(whole, keep):
    rows = whole.song < keep
    return Table(whole.X[rows], whole.song[rows], whole.start[rows], whole.songs.iloc[:keep],
                 whole.columns, whole.features, whole.version)  # fmt: skip
