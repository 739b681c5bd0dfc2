"""The course of a training: from a table of songs to a model and a report on how good it is.

1. Split 64/16/20 into train, test and validation (see split.py).
2. Compare the candidates (pipelines and parameters) by five folds over train and test, of which
   the test part is one: least log loss over songs wins. This fits the temperatures as well.
3. Refit the winner on train and test: its word on validation is the report.
4. Refit it on everything: that is the model for use. Five folds over all songs give each song's
   out-of-fold likelihoods, which set this model's temperatures and its typicality.
Alongside, for the report: the same pipeline under the leaky `row` protocol, and a learning curve.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from genrefit.errors import TrainError
from genrefit.learning import cross_validation, metrics, model, pipelines, report, split, typicality
from genrefit.learning.cross_validation import Data, Fit, Fitted
from genrefit.learning.model import GenreModel, Temperatures
from genrefit.learning.pipelines import Parameters
from genrefit.learning.split import Split
from genrefit.records import Progress, Table

FOLDS = 5
OVERHEAD_SECONDS = 4.0
CURVE = (0.25, 0.5, 0.75)
"""Shares of the train and test songs for the learning curve, whose last point is the report."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to train on and how; None stands for every genre and for the best features there."""

    genres: tuple[str, ...] | None = None
    features: str | None = None
    drop: tuple[str, ...] = ()
    pipeline: str = pipelines.AUTO
    protocol: str = "artist"
    grid: bool = False
    seed: int = 0
    name: str | None = None
    replace: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model, its report and its card, and its out-of-fold likelihoods of all songs."""

    model: GenreModel
    report: dict[str, Any]
    card: dict[str, Any]
    out_of_fold: pd.DataFrame


def learn(
    table: Table,
    recipe: Recipe,
    *,
    notes: Sequence[str] = (),
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    n_jobs: int | None = None,
) -> Trained:
    """Train on a table and judge; nothing is saved. See the module's text for the steps."""
    began = time.perf_counter()
    table, genres = trimmed(table, recipe)
    pipelines.check(recipe.pipeline, table.columns, recipe.drop)
    parts = split.split(table, genres=genres, protocol=recipe.protocol, seed=recipe.seed)
    course = _Course(table, genres, parts, recipe, on_progress, cancelled, n_jobs)
    chosen = course.compare()
    done = course.finish(chosen)
    fitted = done["final"].pipeline
    if fitted is None:
        raise AssertionError("the final fit is kept")
    temperatures, present, said = model.calibrate(
        cross_validation.out_of_fold(course.data, done, "all"), table.song, course.data.member
    )
    typical, own = typicality.learn(
        table.X, table.song, course.data.member, course.song_folds[_first_rows(table.song)]
    )
    trained = GenreModel(
        genres, table.features, table.version, table.columns, fitted, temperatures, typical
    )
    judgement = report.report(
        table,
        genres,
        parts,
        about={
            "features": table.features,
            "pipeline": chosen.name,
            "parameters": dict(chosen.parameters),
            "dropped": list(recipe.drop),
            "protocol": recipe.protocol,
            "protocol_means": split.PROTOCOLS[recipe.protocol],
            "seed": recipe.seed,
            "grid": recipe.grid,
            "asked": recipe.pipeline,
            "candidates": course.compared,
        },
        data=course.data,
        done=done,
        temperatures=chosen.temperatures,
        typical=own,
        warnings=[*notes, *parts.warnings],
    )
    # Validation is a fifth of the songs; here each song is judged once, by a fit that never heard
    # it, so that small libraries get a narrower interval.
    judgement["cross_validated"] = {
        "songs": metrics.judge(
            said,
            course.data.member[present],
            genres=genres,
            group=split.artists(table.songs)[present],
            seed=recipe.seed,
        )
    }
    judgement["seconds"] = round(time.perf_counter() - began, 2)
    about = report.card(table, genres, judgement)
    frame = pd.DataFrame(said, index=list(table.songs["song_id"]), columns=list(genres))
    return Trained(trained, judgement, about, frame)


@dataclass(frozen=True, slots=True)
class _Chosen:
    name: str
    parameters: Parameters
    temperatures: Temperatures


class _Course:
    """One training under way: its data, its folds, its progress."""

    def __init__(
        self,
        table: Table,
        genres: Sequence[str],
        parts: Split,
        recipe: Recipe,
        on_progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
        n_jobs: int | None,
    ) -> None:
        self.table, self.parts, self.recipe = table, parts, recipe
        self.cancelled, self.n_jobs = cancelled, n_jobs
        self.leaky = recipe.protocol == "row"
        member = split.members(table.songs, genres)
        group = split.groups(table.songs, recipe.protocol)
        rows = np.arange(len(table.X)) if self.leaky else group[table.song]
        self.data = Data(
            table.X,
            table.song,
            rows,
            member,
            table.columns,
            recipe.drop,
            recipe.seed,
            _many(recipe),
        )
        self.group = group
        self.development = self._development_folds()
        self.song_folds = self._song_folds()
        self.tried = pipelines.candidates(recipe.pipeline, table.columns, grid=recipe.grid)
        self.compared: list[dict[str, Any]] = []
        self.pace = _Pace(on_progress)

    def compare(self) -> _Chosen:
        """Fit every candidate in folds and return the one of least song log loss."""
        fits = [
            fit
            for number, (name, parameters) in enumerate(self.tried)
            for fit in cross_validation.in_folds(number, name, parameters, self.development)
        ]
        # The dearest first: a long fit begun last would leave the other cores idle.
        fits.sort(key=lambda fit: -self._cost(fit))
        stage = "comparing pipelines" if len(self.tried) > 1 else "calibrating"
        done = self._run(fits, stage, later=FOLDS + len(CURVE) + 2)
        best: tuple[float, _Chosen] | None = None
        for number, (name, parameters) in enumerate(self.tried):
            loss, about, temperatures = self._judged(number, name, parameters, done)
            self.compared.append(about)
            if best is None or loss < best[0]:
                best = loss, _Chosen(name, parameters, temperatures)
        if best is None:
            raise AssertionError("there is always a candidate")
        return best[1]

    def finish(self, chosen: _Chosen) -> dict[Any, Fitted]:
        """Fit what the report and the saved model need, by key."""
        parts, n = self.parts, np.arange(len(self.table.X))
        development = np.sort(np.concatenate([parts.train, parts.test]))

        def fit(key: Any, train: np.ndarray, judge: np.ndarray = cross_validation.NO_ROWS) -> Fit:
            keep = key == "final"
            return Fit(key, chosen.name, chosen.parameters, train, judge, keep)

        fits = [
            fit("final", n),
            *cross_validation.in_folds("all", chosen.name, chosen.parameters, self.song_folds),
        ]
        if self.leaky:
            fits.append(fit("report", development, parts.validation))
        else:
            rows = split.split(
                self.table, genres=self._names(), protocol="row", seed=self.recipe.seed
            )
            heard = np.sort(np.concatenate([rows.train, rows.test]))
            fits.append(fit("row", heard, rows.validation))
        for share in CURVE:
            heard = self._part_of(development, share)
            songs = np.unique(self.table.song[heard])
            member = self.data.member[songs]
            if member.any(0).all() and len(songs) >= member.shape[1]:  # too few tell nothing
                fits.append(fit(("curve", share), heard, parts.validation))
        fits.sort(key=lambda f: -self._cost(f))
        # Out-of-fold likelihoods are always of songs kept whole, and calibrate likewise.
        done = self._run(fits, "fitting")
        if not self.leaky:
            done["report"] = done[("all", 0)]
        return done

    def _names(self) -> list[str]:
        return sorted({g for names in self.table.songs["genres"] for g in names})

    def _development_folds(self) -> np.ndarray:
        """Return each row's fold: test is the first, train is dealt into the others, -1 is rest."""
        fold = np.full(len(self.table.X), -1)
        fold[self.parts.test] = 0
        fold[self.parts.train] = 1 + self._dealt(self.parts.train, FOLDS - 1)
        return fold

    def _song_folds(self) -> np.ndarray:
        """Return each row's fold over everything: validation and test are the first two."""
        fold = np.empty(len(self.table.X), dtype=np.int64)
        if self.leaky:
            whole = split.folds(self.data.member, self.group, n=FOLDS, seed=self.recipe.seed)
            return whole[self.table.song]
        fold[self.parts.validation], fold[self.parts.test] = 0, 1
        fold[self.parts.train] = 2 + self._dealt(self.parts.train, FOLDS - 2)
        return fold

    def _dealt(self, rows: np.ndarray, n: int) -> np.ndarray:
        member, seed = self.data.member, self.recipe.seed
        if self.leaky:
            return split.row_folds(member[self.table.song[rows]], n=n, seed=seed)
        songs, number = np.unique(self.table.song[rows], return_inverse=True)
        return split.folds(member[songs], self.group[songs], n=n, seed=seed)[number]

    def _part_of(self, rows: np.ndarray, share: float) -> np.ndarray:
        """Return the rows of a share of their songs, artists whole, stratified by genre."""
        songs, number = np.unique(self.table.song[rows], return_inverse=True)
        fold = split.folds(
            self.data.member[songs],
            self.group[songs],
            n=round(1 / min(CURVE)),
            seed=self.recipe.seed,
        )
        return rows[fold[number] < round(share / min(CURVE))]

    def _judged(
        self, number: int, name: str, parameters: Parameters, done: dict[Any, Fitted]
    ) -> tuple[float, dict[str, Any], Temperatures]:
        said = cross_validation.out_of_fold(self.data, done, number)
        rows = np.flatnonzero(self.development >= 0)
        member = self.data.member
        temperatures, songs, P = model.calibrate(said[rows], self.table.song[rows], member)
        loss = metrics.log_loss(P, member[songs])
        tested = np.isin(songs, self.table.song[self.parts.test])
        about = {
            "pipeline": name,
            "parameters": dict(parameters),
            "log_loss": loss,
            "test_log_loss": metrics.log_loss(P[tested], member[songs[tested]]),
            "accuracy": float(member[songs, P.argmax(1)].mean()),
            "rows": max(done[(number, f)].rows for f in range(FOLDS) if (number, f) in done),
        }
        return loss, about, temperatures

    def _run(self, fits: Sequence[Fit], stage: str, *, later: int = 0) -> dict[Any, Fitted]:
        self.pace.begin(stage, len(fits), sum(map(self._cost, fits)), later=later)
        return cross_validation.run(
            self.data,
            fits,
            n_jobs=self.n_jobs,
            on_done=lambda fit, _: self.pace.step(self._cost(fit)),
            cancelled=self.cancelled,
        )

    def _cost(self, fit: Fit) -> float:
        d, G = len(self.table.columns), self.data.member.shape[1]
        most = self.data.most(fit.name)
        return pipelines.seconds(fit.name, len(fit.train), d, G, most=most)


class _Pace:
    """Tells how far a training is; costs are estimates, only their proportions matter."""

    def __init__(self, tell: Callable[[Progress], None] | None) -> None:
        self.tell = tell
        self.done = self.total = 0
        self.stage, self.left, self.spent, self.since = "", 0.0, 0.0, 0.0

    def begin(self, stage: str, fits: int, cost: float, *, later: int) -> None:
        self.total = self.done + fits + later
        self.stage, self.left, self.spent = stage, cost, 0.0
        self.since = time.perf_counter()
        self._say(None)

    def step(self, cost: float) -> None:
        self.done += 1
        self.left, self.spent = self.left - cost, self.spent + cost
        self._say((time.perf_counter() - self.since) * self.left / self.spent)

    def _say(self, left_seconds: float | None) -> None:
        if self.tell:
            self.tell(Progress(self.stage, self.done, self.total, left_seconds=left_seconds))


def trimmed(table: Table, recipe: Recipe) -> tuple[Table, tuple[str, ...]]:
    """Return the table without songs of no genre, and its genres, ascending."""
    known = {genre for names in table.songs["genres"] for genre in names}
    genres = tuple(sorted(known if recipe.genres is None else set(recipe.genres)))
    if len(genres) < 2:
        raise TrainError(
            f"a model tells genres apart, so it needs at least two: there "
            f"{'is only ' + repr(genres[0]) if genres else 'is none'} with "
            f"{table.features!r} features; collect songs of another"
        )
    keep = split.members(table.songs, genres).any(1) & (
        np.bincount(table.song, minlength=len(table.songs)) > 0
    )
    if not keep.all():
        table = _songs(table, keep)
    if not np.isfinite(table.X).all():
        bad = int((~np.isfinite(table.X)).any(axis=1).sum())
        raise TrainError(
            f"{bad} of {len(table.X)} segments have features that are not numbers: remove their "
            "songs, or collect them again"
        )
    return table, genres


def _songs(table: Table, keep: np.ndarray) -> Table:
    """Return the table of the songs to keep [shape=(songs,), bool], numbered anew."""
    rows = keep[table.song]
    return Table(
        table.X[rows],
        (np.cumsum(keep) - 1)[table.song[rows]],
        table.start[rows],
        table.songs[keep].reset_index(drop=True),
        table.columns,
        table.features,
        table.version,
    )


def seconds(n: int, G: int, columns: Sequence[str], recipe: Recipe) -> float:
    """Return about how many seconds of one core a training on n segments of G genres takes."""
    d, development = len(columns), 0.8 * n
    tried = pipelines.candidates(recipe.pipeline, columns, grid=recipe.grid)

    def cost(name: str, rows: float) -> float:
        most = pipelines.KINDS[name].rows(d, _many(recipe))
        return pipelines.seconds(name, rows, d, G, most=most)

    comparing = FOLDS * sum(cost(name, development * 0.8) for name, _ in tried)
    dearest = max((name for name, _ in tried), key=lambda name: cost(name, n))
    # The final fit, the folds over everything, the row protocol's, the learning curve's.
    sizes = [n, *[development] * (FOLDS + 1), *(development * share for share in CURVE)]
    return OVERHEAD_SECONDS + comparing + sum(cost(dearest, size) for size in sizes)


def _many(recipe: Recipe) -> bool:
    return recipe.grid or recipe.pipeline == pipelines.AUTO


def _first_rows(song: np.ndarray) -> np.ndarray:
    """Return the first row of each song, in the order of their numbers."""
    return np.unique(song, return_index=True)[1]
