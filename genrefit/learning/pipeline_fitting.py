"""Fitting a pipeline, applying it, and choosing the rows it is fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from genrefit.learning import split
from genrefit.learning.pipelines import CALIBRATION_FOLDS, PIPELINES, Parameters

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def fit(
    name: str,
    X: np.ndarray,
    y: np.ndarray,
    *,
    weight: np.ndarray,
    member: np.ndarray,
    group: np.ndarray,
    columns: Sequence[str],
    drop: Sequence[str] = (),
    parameters: Parameters | None = None,
    seed: int = 0,
) -> Pipeline:
    """Build and fit a pipeline on rows X [shape=(n, d)], y [shape=(n,), class numbers].

    `weight` [shape=(n,)] is each row's; where the pipeline calibrates itself, rows of one `group`
    stay together in its folds, dealt by `member` [shape=(n, G)]. One thread: fits run beside each
    other instead, since OpenMP threads of several fits slow each other down on a busy machine.
    """
    from threadpoolctl import threadpool_limits

    pipeline = PIPELINES[name](columns, drop=drop, seed=seed, **(parameters or {}))
    model = pipeline.named_steps["model"]
    calibrates = hasattr(model, "cv")
    if calibrates:
        model.cv = _calibration_folds(y, member, group, seed)
    with threadpool_limits(limits=1):
        pipeline.fit(X.astype(np.float64), y, model__sample_weight=weight)
    if calibrates:  # the folds are no part of the model: they would be saved with it
        model.cv = CALIBRATION_FOLDS
    return pipeline


def likelihoods(pipeline: Pipeline, X: np.ndarray, *, count: int) -> np.ndarray:
    """Return likelihoods [shape=(n, count)]; a class that is not in its training rows gets 0."""
    from threadpoolctl import threadpool_limits

    P = np.zeros((len(X), count))
    if len(X):
        with threadpool_limits(limits=1):
            P[:, pipeline.classes_] = pipeline.predict_proba(X.astype(np.float64))
    return P


def spread(song: np.ndarray, most: int, *, seed: int = 0) -> np.ndarray:
    """Choose at most `most` rows, the same number from each song, spread over its length.

    `song` [shape=(n,)] numbers the song of each row; returns row numbers in ascending order.
    Segments of one song are much alike, so fewer of each lose less than fewer songs would.
    """
    if len(song) <= most:
        return np.arange(len(song))
    names, number, counts = np.unique(song, return_inverse=True, return_counts=True)
    if len(names) > most:
        chosen = np.random.default_rng(seed).choice(len(names), most, replace=False)
        limit, eligible = 1, np.isin(np.arange(len(names)), chosen)
    else:
        eligible = np.ones(len(names), dtype=bool)
        limit = max(k for k in range(1, counts.max() + 1) if np.minimum(counts, k).sum() <= most)
    order = np.argsort(number, kind="stable")
    place = np.empty(len(song), dtype=np.int64)
    place[order] = np.arange(len(song)) - np.repeat(np.cumsum(counts) - counts, counts)
    quota = np.minimum(counts, limit)[number]
    # Row i of n is chosen where floor(i * k / n) steps: k rows, evenly spaced, whatever n and k.
    step = (place + 1) * quota // counts[number] > place * quota // counts[number]
    return np.flatnonzero(step & eligible[number])


def _calibration_folds(
    y: np.ndarray, member: np.ndarray, group: np.ndarray, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (train, test) rows, every class in every training side, groups whole if possible."""
    classes = len(np.unique(y))
    whole = split.folds(member, group, n=CALIBRATION_FOLDS, seed=seed)
    # One artist may be all of a genre here: calibrate on parted groups rather than not at all.
    parted = split.row_folds(y[:, None] == np.unique(y), n=CALIBRATION_FOLDS, seed=seed)
    for fold in (whole, parted):
        pairs = [(np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in np.unique(fold)]
        if all(len(np.unique(y[train])) == classes for train, _ in pairs):
            return pairs
    # A genre of one row: calibrate on the training rows; the out-of-fold temperatures correct it.
    return [(np.arange(len(y)), np.arange(len(y)))]
