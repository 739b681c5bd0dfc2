"""How good a model is: pure metrics on labelled likelihoods, with intervals over artists.

Throughout, P [shape=(n, G)] are likelihoods and `member` [shape=(n, G), bool] the true genres of
the same n songs or segments. Where there are several true genres, a guess is right if it is one of
them; the true genre that a wrong guess is held against is the likeliest of them; and the log loss
is the cross entropy with 1/k for each. With one genre each, all numbers are scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

BINS = 10
"""Bins of equal width for reliability and calibration error."""
RESAMPLES = 1_000
METRICS = ("accuracy", "balanced_accuracy", "log_loss", "jaccard_macro", "ece")
_LEAST_LIKELIHOOD = 1e-15


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """A bin of confidence: its edges, mean confidence and accuracy (0 to 1), and rows in it."""

    low: float
    high: float
    confidence: float
    accuracy: float
    n: int


def labels(P: np.ndarray, member: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (truth, guess) [shape=(n,)], genre numbers; a right guess is its own truth."""
    guess = P.argmax(1)
    truth = np.where(member, P, -1.0).argmax(1)
    right = member[np.arange(len(P)), guess]
    return np.where(right, guess, truth), guess


def confusion(truth: np.ndarray, guess: np.ndarray, *, genres: Sequence[str]) -> pd.DataFrame:
    """Count guesses; a row is the true genre, a column the guess."""
    counts = np.zeros((len(genres), len(genres)), dtype=np.int64)
    np.add.at(counts, (truth, guess), 1)
    return pd.DataFrame(
        counts, index=pd.Index(genres, name="true"), columns=pd.Index(genres, name="guess")
    )


def losses(P: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Return the cross entropy in nats of each row [shape=(n,)]."""
    target = member / member.sum(1, keepdims=True)
    values: np.ndarray = -(target * np.log(np.clip(P, _LEAST_LIKELIHOOD, 1.0))).sum(1)
    return values


def log_loss(P: np.ndarray, member: np.ndarray) -> float:
    """Return the mean cross entropy in nats; guessing evenly gives log(G)."""
    return float(losses(P, member).mean())


def per_genre(counts: np.ndarray) -> dict[str, np.ndarray]:
    """Return precision, recall, f1, jaccard and support from confusion counts [..., G, G].

    Each is [..., G]. Jaccard is hits / (true + guessed - hits). A genre neither true nor guessed
    gets 0, as scikit-learn's zero_division=0.
    """
    hits = np.diagonal(counts, axis1=-2, axis2=-1).astype(float)
    true, guessed = counts.sum(-1), counts.sum(-2)
    return {
        "precision": _ratio(hits, guessed),
        "recall": _ratio(hits, true),
        "f1": _ratio(2 * hits, true + guessed),
        "jaccard": _ratio(hits, true + guessed - hits),
        "support": true,
    }


def summary(counts: np.ndarray) -> dict[str, np.ndarray]:
    """Return accuracy, balanced_accuracy and jaccard_macro from confusion counts [..., G, G].

    Means are over genres that are true at least once (for Jaccard: or guessed), as scikit-learn's.
    """
    each = per_genre(counts)
    true, guessed = counts.sum(-1), counts.sum(-2)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    return {
        "accuracy": _ratio(hits.sum(-1), true.sum(-1)),
        "balanced_accuracy": _ratio(each["recall"].sum(-1), (true > 0).sum(-1)),
        "jaccard_macro": _ratio(each["jaccard"].sum(-1), (true + guessed > 0).sum(-1)),
    }


def majority(member: np.ndarray) -> float:
    """Return the accuracy of always guessing the commonest genre."""
    return float(member.mean(0).max())


def reliability(P: np.ndarray, member: np.ndarray) -> tuple[ReliabilityBin, ...]:
    """Return the bins of confidence that hold any row, ascending.

    Confidence is the likelihood of the likeliest genre.
    """
    bins = _bins(P, member).sum(0)
    return tuple(
        ReliabilityBin(b / BINS, (b + 1) / BINS, float(confidence / n), float(right / n), int(n))
        for b, (n, confidence, right) in enumerate(bins)
        if n
    )


def calibration_error(P: np.ndarray, member: np.ndarray) -> float:
    """Return the expected calibration error (Naeini, Cooper, Hauskrecht 2015): the mean distance
    of accuracy and confidence over bins of confidence, weighted by their size."""
    return float(_ece(_bins(P, member).sum(0)))


@dataclass(frozen=True, slots=True)
class _Sums:
    """What all metrics are made of, summed within each artist."""

    counts: np.ndarray
    losses: np.ndarray
    bins: np.ndarray
    sizes: np.ndarray


def intervals(
    P: np.ndarray,
    member: np.ndarray,
    *,
    group: np.ndarray,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> dict[str, tuple[float, float]]:
    """Return (low, high) of the 95 % percentile bootstrap of each metric.

    Whole artists are drawn with replacement, since their songs are no independent evidence; every
    metric is made of sums over artists, so all resamples are one matrix product.
    """
    sums = _by_group(P, member, np.unique(group, return_inverse=True)[1].reshape(-1))
    artists = len(sums.sizes)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(artists, np.full(artists, 1 / artists), size=resamples).astype(float)
    G = P.shape[1]
    drawn: dict[str, np.ndarray] = summary((times @ sums.counts).reshape(-1, G, G))
    drawn["log_loss"] = (times @ sums.losses) / (times @ sums.sizes)
    drawn["ece"] = _ece((times @ sums.bins).reshape(-1, BINS, 3))
    edges = {name: np.quantile(drawn[name], [0.025, 0.975]) for name in METRICS}
    return {name: (float(low), float(high)) for name, (low, high) in edges.items()}


def _by_group(P: np.ndarray, member: np.ndarray, number: np.ndarray) -> _Sums:
    G, artists = P.shape[1], int(number.max()) + 1
    truth, guess = labels(P, member)
    counts = np.zeros((artists, G * G))
    np.add.at(counts, (number, truth * G + guess), 1.0)
    bins = np.zeros((artists, BINS * 3))
    np.add.at(bins, number, _bins(P, member).reshape(len(P), -1))
    return _Sums(
        counts, np.bincount(number, losses(P, member)), bins, np.bincount(number).astype(float)
    )


def _bins(P: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Return each row's (1, confidence, right) in its bin [shape=(n, BINS, 3)]."""
    rows, guess = np.arange(len(P)), P.argmax(1)
    confidence = P[rows, guess]
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    bins = np.zeros((len(P), BINS, 3))
    bins[rows, place] = np.stack([np.ones(len(P)), confidence, member[rows, guess]], axis=1)
    return bins


def _ece(bins: np.ndarray) -> np.ndarray:
    """Return the calibration error from sums [..., BINS, (n, confidence, right)]."""
    values: np.ndarray = np.abs(bins[..., 1] - bins[..., 2]).sum(-1) / bins[..., 0].sum(-1)
    return values


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Divide, 0 where there is nothing to divide by."""
    return np.where(below > 0, above / np.where(below > 0, below, 1), 0.0)
