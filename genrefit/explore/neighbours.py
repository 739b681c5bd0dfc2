"""Each song's nearest others, by standardized song means."""

from __future__ import annotations

import numpy as np

BLOCK = 500
MANY, SAMPLE = 12_000, 5_000
"""Of more songs than `MANY`, only so many are looked among, drawn at random: 100,000 songs take
seconds then, and ten of 5,000 tell as much of where a song lies."""


def nearest(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return distances and row numbers [shape=(n, k)] of each row's k nearest others.

    By brute force in blocks: importing scikit-learn for it would hold up a page for a second.
    """
    n = len(scores)
    among = np.arange(n)
    if n > MANY:
        among = np.sort(np.random.default_rng(0).choice(n, SAMPLE, replace=False))
    place = np.full(n, -1)
    place[among] = np.arange(len(among))
    others = scores[among]
    squares = (others**2).sum(axis=1)
    near = np.empty((n, k), dtype=np.int64)
    for start in range(0, n, BLOCK):
        rows = np.arange(start, min(start + BLOCK, n))
        apart = squares - 2 * scores[rows] @ others.T
        own = np.flatnonzero(place[rows] >= 0)
        apart[own, place[rows[own]]] = np.inf
        near[rows] = among[np.argpartition(apart, k - 1, axis=1)[:, :k]]
    distance = np.empty((n, k))
    for start in range(0, n, BLOCK):
        block = slice(start, start + BLOCK)
        gap = scores[near[block]] - scores[block, None]
        distance[block] = np.sqrt((gap.astype(np.float64) ** 2).sum(axis=2))
    order = np.argsort(distance, axis=1, kind="stable")
    return np.take_along_axis(distance, order, axis=1), np.take_along_axis(near, order, axis=1)
