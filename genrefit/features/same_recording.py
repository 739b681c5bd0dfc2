"""Tells by their segments' features whether two songs are copies of one recording.

A copy may be encoded otherwise, louder, cut at its beginning, or tagged by another name. What
stays is the order of events. So the songs whose means are nearest are laid on each other
(`genrefit.features.alignment`); correlation and distance at the best offset decide.

Measured by benchmarks/same_recording.py on 64 one-minute clips, their copies and all other pairs;
thresholds stand in `COMPARED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from genrefit.features.alignment import LEAST_OVERLAP, align, blocks
from genrefit.features.sets import CLASSIC, FEATURE_SETS, PITCHES, TIMBRE

NEAREST, DIRECTIONS = 6, 12
"""Only a song's nearest others are compared, by means, in as many principal directions."""
FARTHEST = 1.3
"""Songs whose means lie farther apart, in mean squared units a column, are not compared: the
means of copies of 60 s that lacked 20 s lay up to 1.25 apart."""
ALL_BUT_EQUAL = 0.05
FEW = 10_000_000
"""So many distances are computed one and all: to import a tree takes a second."""

_UNITS = {
    **{"chroma_stft": 0.045, "spec_cent": 310, "spec_bw": 300, "rolloff": 740, "zcr": 0.017},
    **{"mfcc2": 18, "mfcc3": 14, "mfcc4": 10, "mfcc5": 6.9, "mfcc6": 7.3, "mfcc7": 6.2},
    **{"mfcc8": 6, "mfcc9": 5.7, "mfcc10": 4.7, "mfcc11": 4.4, "mfcc12": 4.8, "mfcc13": 4.6},
    **{f"mfcc{k}": 3.2 for k in range(14, 21)},
    **{f"contrast{k}": 1.6 for k in range(1, 6)},
    **{f"chroma_{pitch}": 0.092 for pitch in PITCHES},
    "flatness": 0.0062,
}
"""Columns that are means over time and do not tell how loud it is, each with its deviation between
segments of one song (the median of 64 clips)."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How songs are compared by one feature set: columns, the unit of each, and the least score
    that makes two songs copies of one recording."""

    columns: tuple[int, ...]
    units: np.ndarray
    least: float

    def rows(self, values: np.ndarray) -> np.ndarray:
        """Return the columns that count, in their units [shape=(n, len(columns)), float32]."""
        return np.asarray(values[:, list(self.columns)] / self.units, dtype=np.float32)


def _by_name(names: tuple[str, ...], least: float) -> Compared:
    kept = [name for name in names if name in _UNITS]
    return Compared(
        tuple(names.index(name) for name in kept), np.array([_UNITS[n] for n in kept]), least
    )


COMPARED: Mapping[str, Compared] = {
    "timbre": _by_name(TIMBRE, 0.65),
    "classic": _by_name(CLASSIC, 0.93),
    "ear": Compared(tuple(range(200)), np.full(200, 0.26), 0.7),
    "seed": _by_name(CLASSIC, 0.93),
}
"""By feature set, the one that tells best first."""


def versions(sets: Mapping[str, int]) -> str:
    """Return by what a song with these feature sets (name to version) is compared: "timbre 1"."""
    return ", ".join(
        f"{name} {sets[name]}" for name in COMPARED if sets.get(name) == FEATURE_SETS[name].version
    )


def in_time(starts: np.ndarray, rows: np.ndarray, step: float) -> np.ndarray:
    """Return rows as one each `step` seconds from the first on [shape=(n, d)].

    Where a silent segment was left out, its place is filled from its neighbours.
    """
    place = np.round((starts - starts[0]) / step).astype(int)
    if len(rows) < 2 or (np.diff(place) == 1).all() or (np.diff(place) < 1).any():
        return rows
    every = np.arange(place[-1] + 1)
    later = np.searchsorted(place, every).clip(1, len(place) - 1)
    part = ((every - place[later - 1]) / (place[later] - place[later - 1]))[:, None]
    return np.asarray((1 - part) * rows[later - 1] + part * rows[later], dtype=rows.dtype)


def candidates(means: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return pairs of songs that may be copies, by their means [shape=(pairs, 2), int].

    Each of the `new` songs (numbers of rows of `means` [shape=(n, d)]) with its nearest.
    """
    if len(means) < 2 or not len(new):
        return np.zeros((0, 2), np.int64)
    values = means - means.mean(axis=0, dtype=np.float64)
    directions = np.linalg.eigh(values.T @ values)[1][:, ::-1][:, :DIRECTIONS]
    Z = values @ directions
    k = min(NEAREST + 1, len(Z))
    near = _nearest(Z, new, k)
    pairs = np.stack([np.repeat(new, k), near.reshape(-1)], axis=1)
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    apart = np.concatenate(
        [((values[a] - values[b]) ** 2).mean(axis=1) for a, b in blocks(pairs, 20_000)]
        or [np.zeros(0)]
    )
    return np.asarray(pairs[apart <= FARTHEST])


def _nearest(Z: np.ndarray, new: np.ndarray, k: int) -> np.ndarray:
    """Return the numbers of the `k` rows nearest to each new one, itself among them."""
    if len(Z) * len(new) > FEW:
        from scipy.spatial import cKDTree

        return np.asarray(cKDTree(Z).query(Z[new], k=k, workers=-1)[1]).reshape(len(new), k)
    squares = (Z**2).sum(axis=1)
    near = np.empty((len(new), k), np.int64)
    for at in range(0, len(new), 500):
        rows = new[at : at + 500]
        apart = squares - 2 * Z[rows] @ Z.T
        apart[np.arange(len(rows)), rows] = -np.inf
        near[at : at + 500] = np.argpartition(apart, k - 1, axis=1)[:, :k]
    return near


def are_copies(
    rows: np.ndarray, lengths: np.ndarray, pairs: np.ndarray, *, least: float
) -> np.ndarray:
    """Return which of the `pairs` are copies [shape=(pairs,), bool]; arguments as `align`.

    Songs of too few segments to have an order of events are copies where they are all but equal.
    """
    same = align(rows, lengths, pairs).score >= least
    short = np.flatnonzero(lengths[pairs].min(axis=1) < LEAST_OVERLAP)
    for pair in short[lengths[pairs[short, 0]] == lengths[pairs[short, 1]]]:
        a, b = (rows[song, : lengths[song]].astype(float) for song in pairs[pair])
        same[pair] = bool(len(a)) and ((a - b) ** 2).mean() < ALL_BUT_EQUAL
    return np.asarray(same)
