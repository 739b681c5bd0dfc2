"""Many fits on one table: what to fit on, what to judge on, all of them in parallel."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from genrefit.errors import Cancelled
from genrefit.learning import pipeline_fitting, pipelines
from genrefit.learning.pipelines import Parameters
from genrefit.parallel import each
from genrefit.records import Progress

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

NO_ROWS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """What all fits of a training share.

    X [shape=(n, d)]; `song` [shape=(n,)] numbers each row's song; `group` [shape=(n,)] what must
    stay together when a pipeline calibrates itself; `member` [shape=(songs, genres), bool].
    """

    X: np.ndarray
    song: np.ndarray
    group: np.ndarray
    member: np.ndarray
    columns: tuple[str, ...]
    drop: tuple[str, ...] = ()
    seed: int = 0
    quick: bool = False
    """Whether many fits are compared, so that each is fitted on fewer rows."""

    def most(self, name: str) -> int:
        """Return how many rows a pipeline may be fitted on."""
        return pipelines.KINDS[name].rows(len(self.columns), self.quick)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """One pipeline to fit on the rows `train` and to apply to the rows `judge`."""

    key: Hashable
    name: str
    parameters: Parameters
    train: np.ndarray
    judge: np.ndarray = field(default_factory=lambda: NO_ROWS)
    keep: bool = False
    """Whether the fitted pipeline is wanted, not only what it says of `judge`."""
    leaky: bool = False
    """Whether the pipeline may part a group when it calibrates itself, as leaky reports do."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The result of a fit: likelihoods [shape=(len(judge), G)] and, where kept, the pipeline."""

    key: Hashable
    judge: np.ndarray
    likelihoods: np.ndarray
    pipeline: Pipeline | None
    songs: int
    rows: int
    seconds: float


def samples(data: Data, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (rows, y, weight) to fit on: a song in k genres counts 1/k in each.

    Weights are balanced, so that every genre weighs the same whatever its size.
    """
    member = data.member[data.song[rows]]
    place, y = np.nonzero(member)
    weight = 1.0 / member.sum(1)[place]
    return rows[place], y, weight * class_weights(member)[y]


def class_weights(member: np.ndarray) -> np.ndarray:
    """Return each genre's weight [shape=(G,)], by which all sum to the same; absent ones 0.

    `member` [shape=(n, G)] has at least one genre a row. As scikit-learn's "balanced".
    """
    sizes = (member / member.sum(1, keepdims=True)).sum(0)
    present = sizes > 0
    safe = np.where(present, sizes, 1.0)
    return np.where(present, len(member) / (present.sum() * safe), 0.0)


def fit_one(data: Data, fit: Fit) -> Fitted:
    """Fit one pipeline and let it judge."""
    began = time.perf_counter()
    chosen = pipeline_fitting.spread(data.song[fit.train], data.most(fit.name), seed=data.seed)
    rows, y, weight = samples(data, fit.train[chosen])
    if len(np.unique(y)) < 2:  # of so few songs none may be left to learn a difference from
        even = np.full((len(fit.judge), data.member.shape[1]), 1 / data.member.shape[1])
        return Fitted(fit.key, fit.judge, even, None, 0, 0, time.perf_counter() - began)
    pipeline = pipeline_fitting.fit(
        fit.name,
        data.X[rows],
        y,
        weight=weight,
        member=data.member[data.song[rows]],
        group=rows if fit.leaky else data.group[rows],
        columns=data.columns,
        drop=data.drop,
        parameters=fit.parameters,
        seed=data.seed,
    )
    return Fitted(
        key=fit.key,
        judge=fit.judge,
        likelihoods=pipeline_fitting.likelihoods(
            pipeline, data.X[fit.judge], count=data.member.shape[1]
        ),
        pipeline=pipeline if fit.keep else None,
        songs=len(np.unique(data.song[fit.train])),
        rows=len(rows),
        seconds=time.perf_counter() - began,
    )


def run(
    data: Data,
    fits: Sequence[Fit],
    *,
    n_jobs: int | None = None,
    on_done: Callable[[Fit, Fitted], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> dict[Hashable, Fitted]:
    """Do all fits, in parallel, and return them by key. Cancelled where `cancelled()` says so."""
    by_key = {fit.key: fit for fit in fits}
    done: dict[Hashable, Fitted] = {}
    results = each(partial(fit_one, data), fits, n_jobs=n_jobs)
    try:
        _stop_if(cancelled)
        for fitted in results:
            done[fitted.key] = fitted
            if on_done:
                on_done(by_key[fitted.key], fitted)
            _stop_if(cancelled)
    finally:
        with warnings.catch_warnings():  # joblib warns of the fits that a cancel was meant to end
            warnings.filterwarnings("ignore", "[0-9]+ tasks which were still", UserWarning)
            results.close()  # type: ignore[attr-defined]
    return done


def in_folds(key: Hashable, name: str, parameters: Parameters, fold: np.ndarray) -> list[Fit]:
    """Return a fit for each fold: trained on the other folds, judging this one.

    `fold` [shape=(n,)] is each row's fold, negative for rows that take no part.
    """
    return [
        Fit(
            (key, int(f)),
            name,
            parameters,
            np.flatnonzero((fold >= 0) & (fold != f)),
            np.flatnonzero(fold == f),
        )
        for f in np.unique(fold[fold >= 0])
    ]


def out_of_fold(data: Data, done: dict[Hashable, Fitted], key: Hashable) -> np.ndarray:
    """Return the likelihoods by the fits of `in_folds` [shape=(n, G)], NaN where none judged."""
    P = np.full((len(data.X), data.member.shape[1]), np.nan)
    for name, fitted in done.items():
        if isinstance(name, tuple) and name[0] == key:
            P[fitted.judge] = fitted.likelihoods
    return P


class FitProgress:
    """How far a training's fits are, given to `on_progress`.

    Costs are estimates in seconds; only their proportions matter.
    """

    def __init__(self, on_progress: Callable[[Progress], None] | None) -> None:
        self.on_progress = on_progress
        self.done = self.total = 0
        self.stage, self.left, self.spent, self.since = "", 0.0, 0.0, 0.0

    def begin(self, stage: str, fits: int, cost: float, *, later: int) -> None:
        """Begin a stage of `fits` fits that cost `cost`; `later` fits follow in later stages."""
        self.total = self.done + fits + later
        self.stage, self.left, self.spent = stage, cost, 0.0
        self.since = time.perf_counter()
        self._report(None)

    def step(self, cost: float) -> None:
        """Count one fit of this stage as done."""
        self.done += 1
        self.left, self.spent = self.left - cost, self.spent + cost
        self._report((time.perf_counter() - self.since) * self.left / self.spent)

    def _report(self, left_seconds: float | None) -> None:
        if self.on_progress:
            self.on_progress(Progress(self.stage, self.done, self.total, left_seconds=left_seconds))


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled("training was cancelled: no model was saved")
