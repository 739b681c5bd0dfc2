"""Intervals over artists: whole artists are drawn with replacement, since their songs are alike."""

from __future__ import annotations

import numpy as np

RESAMPLES = 1_000


def mean_interval(
    values: np.ndarray, artist: np.ndarray, *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Return (low, high), the 95 % percentile bootstrap of the mean of `values` [shape=(n,)].

    `artist` [shape=(n,)] tells whose each value is.
    """
    number = np.unique(artist, return_inverse=True)[1].reshape(-1)
    sums, sizes = np.bincount(number, values), np.bincount(number).astype(float)
    times = drawn(len(sizes), seed=seed, resamples=resamples)
    low, high = np.quantile((times @ sums) / (times @ sizes), [0.025, 0.975])
    return float(low), float(high)


def drawn(artists: int, *, seed: int = 0, resamples: int = RESAMPLES) -> np.ndarray:
    """Return how often each artist is drawn in each resample [shape=(resamples, artists)]."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(artists, np.full(artists, 1 / artists), size=resamples).astype(float)
