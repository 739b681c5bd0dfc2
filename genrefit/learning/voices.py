"""The voices that judge a song, and how they are pooled: a fit on songs, and the genres' names.

log p = t1 log(fit) + t2 log(names) + one bias a genre, for songs and likewise for segments. The
weights t and the biases follow from out-of-fold likelihoods under a penalty that leads to the names
where songs are few, and lets them fade where songs are many and know better. t1 is what is called
an inverse temperature (Guo et al. 2017), and sets of such weights a product of experts.

Measured on 336 songs of four genres, artists apart (accuracy / log loss): names alone .753 / .590;
2 songs a genre .675 / .86 alone and .728 / .625 pooled; 15 songs .750 / .65 and .804 / .516; all
songs .750 / .566 and .771 / .528.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genrefit.learning.pipeline_fitting import spread
from genrefit.learning.pooling import song_means

START_FIT, START_NAMES, START_ALONE = 0.7, 0.4, 1.0
"""Weights of the fit and of the names before any evidence, and of a fit that speaks alone."""
RIDGE_WEIGHTS, RIDGE_BIASES = 3.0, 1.0
ROWS = 8_000
"""The most segments to learn the pooling of segments from."""
FLOOR = 1e-5
"""A fit's likelihood counts as this much at least: one that had no song of a genre gives it 0."""
SETS = {"ear": ("ear", "yamnet"), "yamnet": ("yamnet", "ear")}
"""The sets that a model reads whose fit is on the first: names are heard by both ears."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The weights of the fit and of the names, and a bias for each genre [shape=(G,)]."""

    fit: float
    names: float
    bias: np.ndarray

    def __call__(self, fit: np.ndarray, names: np.ndarray | None) -> np.ndarray:
        """Return likelihoods from the log-likelihoods of the voices; all [shape=(n, G)]."""
        logs = self.fit * fit + self.bias
        return _softmax(logs if names is None else logs + self.names * names)

    @classmethod
    def mean(cls, pools: Sequence[Pool]) -> Pool:
        """Return the mean of pools."""
        weights = np.mean([(pool.fit, pool.names) for pool in pools], axis=0)
        return cls(float(weights[0]), float(weights[1]), np.mean([p.bias for p in pools], axis=0))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what there is to save."""
        return {"weights": np.array([self.fit, self.names]), "bias": self.bias}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Pool:
        """Make one of what was saved."""
        fit, names = (float(t) for t in arrays["weights"])
        return cls(fit, names, np.asarray(arrays["bias"]))


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """How the voices are pooled for segments and for songs.

    A song's fit is the mean over its segments of their likelihoods to the power `before_mean`,
    which is 1 but in models of old.
    """

    segment: Pool
    song: Pool
    before_mean: float = 1.0

    @classmethod
    def of_temperatures(cls, segment: float, song: float, genres: int) -> Pools:
        """Return what the temperatures of a model of old amount to: no names, no biases."""
        none = np.zeros(genres)
        return cls(Pool(1 / segment, 0.0, none), Pool(1 / song, 0.0, none), 1 / segment)

    @classmethod
    def from_state(cls, state: Mapping[str, Any], *, genres: int) -> Pools:
        """Make them of what a model's file holds, which may be a model of old."""
        if "pools" not in state:
            segment, song = (float(t) for t in state["temperatures"])
            return cls.of_temperatures(segment, song, genres)
        pools = state["pools"]
        return cls(Pool.from_arrays(pools["segment"]), Pool.from_arrays(pools["song"]))

    def segments(self, P: np.ndarray, names: np.ndarray | None) -> np.ndarray:
        """Return likelihoods of segments: a fit's likelihoods P, the names' log-likelihoods."""
        return self.segment(log(P), names)

    def songs(
        self, P: np.ndarray, song: np.ndarray, count: int, names: np.ndarray | None
    ) -> np.ndarray:
        """Return likelihoods of songs [shape=(count, G)] from a fit's likelihoods P of segments.

        `song` numbers each row's song, `names` [shape=(count, G)] are the names' log-likelihoods.
        """
        if self.before_mean != 1.0:
            P = _softmax(self.before_mean * log(P))
        return self.song(log(song_means(P, song, count)), names)

    @classmethod
    def mean(cls, pools: Sequence[Pools]) -> Pools:
        """Return the mean of what was learned from several times that songs were dealt."""
        return cls(Pool.mean([p.segment for p in pools]), Pool.mean([p.song for p in pools]))

    def arrays(self) -> dict[str, Any]:
        """Return what there is to save."""
        return {"segment": self.segment.arrays(), "song": self.song.arrays()}


@dataclass(frozen=True, slots=True, eq=False)
class NamesHeard:
    """What the names say of the songs and segments of a table, as log-likelihoods.

    `songs` [shape=(songs, G)], `segments` [shape=(n, G)].
    """

    songs: np.ndarray
    segments: np.ndarray


def songs_heard(names: NamesHeard | None, songs: np.ndarray) -> np.ndarray | None:
    """Return what the names say of the songs of these numbers, None without names."""
    return None if names is None else names.songs[songs]


def segments_heard(names: NamesHeard | None, rows: np.ndarray) -> np.ndarray | None:
    """Return what the names say of the segments in these rows, None without names."""
    return None if names is None else names.segments[rows]


def means_where_heard(X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
    """Return the means over each song's rows [shape=(count, d)], NaN aside; NaN where all are."""
    heard = ~np.isnan(X)
    sums = song_means(np.where(heard, X, 0.0), song, count)
    shares = song_means(heard, song, count)
    return np.where(shares > 0, sums / np.where(shares > 0, shares, 1.0), np.nan)


def learn_pools(
    P: np.ndarray,
    song: np.ndarray,
    member: np.ndarray,
    names: NamesHeard | None,
    *,
    rows: np.ndarray | None = None,
) -> Pools:
    """Learn from out-of-fold likelihoods P [shape=(n, G)] how the voices are pooled.

    `song` [shape=(n,)] numbers the rows' songs, `member` [shape=(songs, G), bool]. `rows` are
    those to learn from, by default all. Each song counts as one, however many segments it has.
    """
    rows = np.arange(len(P)) if rows is None else rows
    songs, number = np.unique(song[rows], return_inverse=True)
    of_songs = learn(
        log(song_means(P[rows], number, len(songs))),
        songs_heard(names, songs),
        member[songs],
    )
    chosen = rows[spread(song[rows], ROWS)]
    counts = np.bincount(song[chosen], minlength=len(member))[song[chosen]]
    of_segments = learn(
        log(P[chosen]),
        segments_heard(names, chosen),
        member[song[chosen]],
        weight=1.0 / counts,
    )
    return Pools(of_segments, of_songs)


def learn(
    fit: np.ndarray,
    names: np.ndarray | None,
    member: np.ndarray,
    *,
    weight: np.ndarray | None = None,
) -> Pool:
    """Return the pool of the least penalised log loss.

    `fit`, `names` [shape=(n, G)] are out-of-fold log-likelihoods, `member` [shape=(n, G), bool] the
    true genres, `weight` [shape=(n,)] what each row counts. The problem is convex.
    """
    from scipy.optimize import minimize

    voices = np.stack([fit] if names is None else [fit, names])
    start = np.array([START_ALONE] if names is None else [START_FIT, START_NAMES])
    target = member / member.sum(1, keepdims=True)
    weight = np.ones(len(fit)) if weight is None else weight
    number = len(start)

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        t, bias = values[:number], values[number:]
        logs = np.tensordot(t, voices, 1) + bias
        P = _softmax(logs)
        entropy = -(target * np.log(np.maximum(P, 1e-300))).sum(1)
        slope = weight[:, None] * (P - target)
        penalty = RIDGE_WEIGHTS * ((t - start) ** 2).sum() + RIDGE_BIASES * (bias**2).sum()
        slopes = np.concatenate(
            [(voices * slope).sum((1, 2)) + 2 * RIDGE_WEIGHTS * (t - start),
             slope.sum(0) + 2 * RIDGE_BIASES * bias]
        )  # fmt: skip
        return float(weight @ entropy + penalty), slopes

    genres = fit.shape[1]
    bounds = [(0.0, None)] * number + [(None, None)] * genres
    least = minimize(
        loss, np.append(start, np.zeros(genres)), jac=True, method="L-BFGS-B", bounds=bounds
    ).x
    return Pool(float(least[0]), float(least[1]) if number > 1 else 0.0, least[number:])


def log(P: np.ndarray) -> np.ndarray:
    """Return logarithms of likelihoods, of FLOOR at least."""
    values: np.ndarray = np.log(np.maximum(P, FLOOR))
    return values


def _softmax(logs: np.ndarray) -> np.ndarray:
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    values: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return values
