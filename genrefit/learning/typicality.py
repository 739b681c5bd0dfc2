"""How typical a song is of each genre: conformal p-values of a distance to it.

What follows is for models that do not use the first ear; those that do measure songs by their tags,
see `tag_typicality`.

Likelihoods sum to one, so they cannot say that a song is unlike everything. This can: a song's
nonconformity to a genre is its segments' mean squared Mahalanobis distance from the genre's mean
(covariance within genres, shrunk after Ledoit and Wolf 2004), and its typicality the share of the
genre's own songs, each measured out of fold, that lie as far or farther: a class-conditional
conformal p-value (Vovk, Gammerman, Shafer 2005). Of a genre's own songs about 5 % get below 0.05.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from genrefit.learning.pipeline_fitting import spread
from genrefit.learning.pooling import song_means

UNLIKE = 0.05
"""A song whose typicality is below this for every genre is unlike everything."""
BORROW = 100
"""A genre of fewer songs than this borrows from the others' distances, each in units of its own
genre's median: with its own alone, a p-value could not fall below 1 in (songs + 1)."""
ROWS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Typicality:
    """Where genres lie and how far their own songs lie from them.

    `centre`, `scale` [shape=(d,)] standardise; `means` [shape=(G, d)] and `precision`
    [shape=(d, d)] are in those units; `distances`, `weights` [shape=(G, songs)] are the sorted
    out-of-fold distances, in units of each genre's median `unit` [shape=(G,)], and what each
    counts. Where `columns` [shape=(d,)] are there, distances are of songs' means of these columns.
    """

    centre: np.ndarray
    scale: np.ndarray
    means: np.ndarray
    precision: np.ndarray
    unit: np.ndarray
    distances: np.ndarray
    weights: np.ndarray
    columns: np.ndarray | None = None

    def __call__(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return p-values [shape=(count, G)] of songs from segments X, `song` numbering them."""
        scaled = self.distance(X, song, count) / self.unit
        # The weight of songs as far or farther: all beyond the first that is not nearer.
        p_values: np.ndarray = np.empty_like(scaled)
        for g, (distances, weights) in enumerate(zip(self.distances, self.weights, strict=True)):
            tail = np.append(np.cumsum(weights[::-1])[::-1], 0.0)
            as_far = tail[np.searchsorted(distances, scaled[:, g], side="left")]
            p_values[:, g] = (1.0 + as_far) / (1.0 + weights.sum())
        return p_values

    def distance(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return squared distances [shape=(count, G)] of songs from genres, means over segments."""
        if self.columns is not None:
            X, song = song_means(X[:, self.columns], song, count), np.arange(count)
        Z = (X.astype(np.float64) - self.centre) / self.scale
        apart = np.empty((len(X), len(self.means)))
        for g, mean in enumerate(self.means):
            difference = Z - mean
            apart[:, g] = np.einsum("ij,ij->i", difference @ self.precision, difference)
        return song_means(apart, song, count)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what there is to save."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Typicality:
        """Make one of what was saved."""
        return cls(**{n: np.asarray(arrays[n]) for n in cls.__slots__ if n in arrays})


def unlike_all(typicality: np.ndarray) -> np.ndarray:
    """Tell which songs [shape=(n,), bool] are unlike every genre, from p-values [shape=(n, G)]."""
    values: np.ndarray = np.all(np.asarray(typicality) < UNLIKE, axis=-1)
    return values


def learn(
    X: np.ndarray, song: np.ndarray, member: np.ndarray, fold: np.ndarray
) -> tuple[Typicality, np.ndarray]:
    """Learn typicality from all songs, and return it with their own p-values [shape=(songs, G)].

    `member` [shape=(songs, G), bool]; `fold` [shape=(songs,)] deals the songs: each is measured
    by what was learned from other folds, and its own p-values leave it out.
    """
    apart = np.empty(member.shape)
    for f in np.unique(fold):
        inside = fold[song] == f
        songs = np.flatnonzero(fold == f)
        number = np.searchsorted(songs, song[inside])
        apart[songs] = placed(X[~inside], song[~inside], member).distance(
            X[inside], number, len(songs)
        )
    learned = _calibrated(placed(X, song, member), apart, member)
    return learned, _left_out(learned, apart, member)


def placed(X: np.ndarray, song: np.ndarray, member: np.ndarray) -> Typicality:
    """Place the genres, no distances known yet."""
    from sklearn.covariance import ledoit_wolf

    rows = spread(song, ROWS)
    Z = X[rows].astype(np.float64)
    centre, scale = Z.mean(0), Z.std(0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    Z = (Z - centre) / scale
    belongs = member[song[rows]] / member[song[rows]].sum(1, keepdims=True)
    means = (belongs.T @ Z) / np.maximum(belongs.sum(0), 1e-9)[:, None]
    within = Z - belongs @ means
    covariance, _ = ledoit_wolf(within, assume_centered=True)
    # Columns that never vary have no variance to invert: a small ridge keeps them silent.
    precision = np.linalg.pinv(covariance + 1e-6 * np.eye(len(centre)), hermitian=True)
    none = np.zeros((len(means), 0))
    return Typicality(centre, scale, means, precision, np.ones(len(means)), none, none)


def _calibrated(there: Typicality, apart: np.ndarray, member: np.ndarray) -> Typicality:
    G = member.shape[1]
    unit = np.array([max(np.median(apart[member[:, g], g]), 1e-12) for g in range(G)])
    own = [apart[member[:, g], g] / unit[g] for g in range(G)]
    width = sum(map(len, own))
    distances, weights = np.zeros((G, width)), np.zeros((G, width))
    for g in range(G):
        counts = [1.0 if h == g else _borrowed(len(own[g]), width) for h in range(G)]
        values = np.concatenate(own)
        counted = np.repeat(counts, [len(distance) for distance in own])
        order = np.argsort(values, kind="stable")
        distances[g], weights[g] = values[order], counted[order]
    fields = there.arrays() | {"unit": unit, "distances": distances, "weights": weights}
    return Typicality(**fields)


def _borrowed(own: int, all_songs: int) -> float:
    """Return what another genre's song counts for a genre of `own` songs, at most 1."""
    others = all_songs - own
    return min(1.0, max(0, BORROW - own) / others) if others else 0.0


def _left_out(learned: Typicality, apart: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Return p-values of the songs that were measured, each without its own distance."""
    scaled = apart / learned.unit
    p_values: np.ndarray = np.empty_like(scaled)
    own = [scaled[member[:, g], g] for g in range(member.shape[1])]
    width = sum(map(len, own))
    for g in range(member.shape[1]):
        as_far, total = np.zeros(len(scaled)), np.ones(len(scaled))
        for h, distances in enumerate(own):
            counts = 1.0 if h == g else _borrowed(len(own[g]), width)
            nearer = np.searchsorted(np.sort(distances), scaled[:, g], side="left")
            as_far += counts * (len(distances) - nearer)
            total += counts * len(distances)
            mine = member[:, h]
            as_far[mine] -= counts * (scaled[mine, h] >= scaled[mine, g])
            total[mine] -= counts
        p_values[:, g] = (1.0 + as_far) / total
    return p_values
