"""Lays the segments of two songs on each other, at every offset, and finds where they agree best.

Offsets go in quarters of a segment. Where one is no whole number of segments, a segment is
compared with what lies between the two that it overlaps, as features do that are means over time.
The correlation is of how each song departs from its own mean over the overlap, so that what an
encoder does to all of a song does not count.

Many pairs are computed at once: one at a time took 4 ms a pair, together they take 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from genrefit.config import SEGMENT_SECONDS

SHIFTS = (0.0, 0.5)
FINER = (0.25, 0.75)
PROMISING = 0.3
"""Only pairs whose score is above this are laid on each other by the finer shifts too."""
LEAST_OVERLAP = 3
"""So many segments are needed to compare: fewer have no order of events."""
DISTANCE_WEIGHT = 0.2
CELLS = 2_000_000
"""Numbers in one array of a block of pairs: more would not stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Alignments:
    """Where pairs of songs agree best, an entry each [shape=(pairs,)].

    `correlation` (-1 to 1) over `overlap` segments, `offset` in seconds (where in the first song
    the second begins); `distance` is their mean squared distance a column, in its unit.
    """

    correlation: np.ndarray
    distance: np.ndarray
    offset: np.ndarray
    overlap: np.ndarray

    @property
    def columns(self) -> tuple[np.ndarray, ...]:
        """The four arrays."""
        return self.correlation, self.distance, self.offset, self.overlap

    @property
    def score(self) -> np.ndarray:
        """What tells copies: the correlation, and more the nearer they are."""
        return np.asarray(
            self.correlation - DISTANCE_WEIGHT * np.log(np.maximum(self.distance, 0.01))
        )


def align(rows: np.ndarray, lengths: np.ndarray, pairs: np.ndarray) -> Alignments:
    """Lay each of the `pairs` [shape=(p, 2)] of songs on each other, where they agree best.

    `rows` [shape=(songs, longest, d)] are the songs' rows in time, of which the first `lengths`
    [shape=(songs,)] count; the rest is 0. At least half of the shorter song overlaps. With less
    than `LEAST_OVERLAP` rows the correlation is -1 and the distance infinite.
    """
    whole = _align(rows, lengths, pairs, SHIFTS)
    promising = np.flatnonzero(whole.score > PROMISING)
    finer = _align(rows, lengths, pairs[promising], FINER)
    better = finer.correlation > whole.correlation[promising]
    for old, new in zip(whole.columns, finer.columns, strict=True):
        old[promising[better]] = new[better]
    return whole


def _align(
    rows: np.ndarray, lengths: np.ndarray, pairs: np.ndarray, shifts: tuple[float, ...]
) -> Alignments:
    size = max(1, CELLS // (rows.shape[1] * max(rows.shape[1], rows.shape[2])))
    parts = []
    for a, b in blocks(pairs, size):
        one, other = rows[a].astype(np.float32), rows[b].astype(np.float32)
        parts.append(_best(one, other, lengths[a], lengths[b], shifts))
    if not parts:
        return Alignments(*(np.zeros(0) for _ in range(4)))
    return Alignments(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def blocks(pairs: np.ndarray, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the two songs of each pair, `size` pairs at a time."""
    for at in range(0, len(pairs), size):
        yield pairs[at : at + size, 0], pairs[at : at + size, 1]


def _best(
    a: np.ndarray, b: np.ndarray, n: np.ndarray, m: np.ndarray, shifts: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return correlation, distance, offset and overlap of each pair [shape=(pairs,)]."""
    tried = []
    for shift in shifts:
        if shift:
            between = (1 - shift) * a[:, :-1] + shift * a[:, 1:]
            # Beyond a song's last row there is nothing: half of it is no row.
            between[np.arange(a.shape[1] - 1) >= (n - 1)[:, None]] = 0
            tried.append((shift, *_at_lags(between, b, n - 1, m, np.minimum(n, m))))
        else:
            tried.append((shift, *_at_lags(a, b, n, m, np.minimum(n, m))))
    r = np.concatenate([each[1] for each in tried], axis=1)
    distance = np.concatenate([each[2] for each in tried], axis=1)
    count = np.concatenate([each[3] for each in tried], axis=1)
    lag = np.concatenate([each[4] + each[0] for each in tried])
    best = r.argmax(axis=1)
    pair = np.arange(len(a))
    return r[pair, best], distance[pair, best], lag[best] * SEGMENT_SECONDS, count[pair, best]


def _at_lags(
    a: np.ndarray, b: np.ndarray, n: np.ndarray, m: np.ndarray, shorter: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return correlation, distance and overlap at every lag [shape=(pairs, lags)], and the lags.

    At lag k row j of `b` lies on row j + k of `a`.
    """
    L, M, width = a.shape[1], b.shape[1], a.shape[2]
    lags = np.arange(1 - M, L)
    low = np.maximum(0, -lags)
    count = np.minimum(m[:, None], n[:, None] - lags) - low
    enough = count >= np.maximum(LEAST_OVERLAP, (shorter[:, None] + 1) // 2)
    k = np.where(enough, count, 1)
    pair, b0, a0 = np.arange(len(a))[:, None], low, low + lags
    b1, a1 = np.minimum(b0 + k, M), np.minimum(a0 + k, L)
    products = a @ b.transpose(0, 2, 1)
    along = np.zeros((len(a), L + 1, M + 1))  # sums along each diagonal
    for row in range(L):
        along[:, row + 1, 1:] = along[:, row, :-1] + products[:, row]
    xy = along[pair, a1, b1] - along[pair, a0, b0]
    xx, yy = (np.pad((rows * rows).sum(axis=2), ((0, 0), (1, 0))) for rows in (a, b))
    xx, yy = (np.cumsum(sums, axis=1, dtype=np.float64) for sums in (xx, yy))
    xx, yy = xx[pair, a1] - xx[pair, a0], yy[pair, b1] - yy[pair, b0]
    # The products of means are sums over whole blocks of products.
    covariance = xy - _block_sums(products, pair, a0, a1, b0, b1) / k
    x_spread = xx - _block_sums(a @ a.transpose(0, 2, 1), pair, a0, a1, a0, a1) / k
    y_spread = yy - _block_sums(b @ b.transpose(0, 2, 1), pair, b0, b1, b0, b1) / k
    r = covariance / np.sqrt(np.maximum(x_spread * y_spread, 1e-12))
    distance = np.maximum(xx + yy - 2 * xy, 0) / (k * width)
    return np.where(enough, r, -1.0), np.where(enough, distance, np.inf), count, lags


def _block_sums(
    products: np.ndarray,
    pair: np.ndarray,
    top: np.ndarray,
    bottom: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
) -> np.ndarray:
    """Return the sums of `products` [shape=(pairs, n, m)] over a block for each pair and lag."""
    sums = np.zeros((len(products), products.shape[1] + 1, products.shape[2] + 1))
    np.cumsum(products, axis=1, dtype=np.float64, out=sums[:, 1:, 1:])
    np.cumsum(sums, axis=2, out=sums)
    return np.asarray(
        sums[pair, bottom, right]
        - sums[pair, top, right]
        - sums[pair, bottom, left]
        + sums[pair, top, left]
    )
