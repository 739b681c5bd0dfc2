"""From segments to songs: the mean over each song's segments."""

from __future__ import annotations

import numpy as np

from genrefit.errors import ModelError


def song_means(values: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
    """Average rows over songs [shape=(count, columns), float64].

    `song` [shape=(n,), 0..count-1] numbers the song of each row of `values` [shape=(n, columns)].
    ModelError where a song has no row.
    """
    sizes = np.bincount(song, minlength=count)
    if len(sizes) > count or (sizes == 0).any():
        raise ModelError("a song has no segments: give at least one segment for each song")
    if not count:
        return np.zeros((0, values.shape[1]))
    rows = np.asarray(values, dtype=np.float64)
    if (song[1:] < song[:-1]).any():
        rows = rows[np.argsort(song, kind="stable")]
    # Over 2.4 million segments this takes a fraction of the 25 s of np.add.at.
    means: np.ndarray = np.add.reduceat(rows, np.cumsum(sizes) - sizes, axis=0) / sizes[:, None]
    return means
