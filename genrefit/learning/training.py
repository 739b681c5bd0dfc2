"""A training run: from a table of songs to a model and a report on how good it is.

1. Split 64/16/20 into train, test and validation (see split.py).
2. Compare the candidates (pipelines and parameters) by five folds over train and test, of which
   the test part is one: least log loss over songs wins. This fits the temperatures as well.
3. Refit the winner on train and test: its likelihoods on validation make the report.
4. Refit it on everything: that is the model for use. Five folds over all songs give each song's
   out-of-fold likelihoods, which set this model's temperatures and its typicality.
Alongside, for the report: the same pipeline under the leaky `row` protocol, and a learning curve.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from genrefit.learning import (
    card,
    cross_validation,
    evaluation,
    metrics,
    model,
    pipelines,
    split,
    typicality,
)
from genrefit.learning.cross_validation import Data, Fit, FitProgress, Fitted
from genrefit.learning.evaluation import Evaluation
from genrefit.learning.model import GenreModel, Temperatures
from genrefit.learning.pipelines import Parameters
from genrefit.learning.recipe import CURVE, FOLDS, Recipe
from genrefit.learning.report import Candidate, ModelCard, Report
from genrefit.learning.split import Split
from genrefit.learning.training_folds import TrainingFolds
from genrefit.learning.training_table import with_songs_of
from genrefit.records import Progress, Table


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model, its report and its card, and its out-of-fold likelihoods of all songs."""

    model: GenreModel
    report: Report
    card: ModelCard
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
    """Train on a table and judge; nothing is saved. See the module's text for the steps.

    `notes` are warnings that the report is to begin with.
    """
    began = time.perf_counter()
    table, genres = with_songs_of(table, recipe.genres)
    pipelines.check(recipe.pipeline, table.columns, recipe.drop)
    parts = split.split(table, genres=genres, protocol=recipe.protocol, seed=recipe.seed)
    run = TrainingRun(
        table, genres, parts, recipe, FitProgress(on_progress), cancelled=cancelled, n_jobs=n_jobs
    )
    chosen = run.compare()
    fits = run.finish(chosen)
    trained, typical, P = run.final_model(fits)
    report = run.report(chosen, fits, typicality=typical, out_of_fold=P)
    seconds = round(time.perf_counter() - began, 2)
    report = replace(report, warnings=(*notes, *parts.warnings), seconds=seconds)
    frame = pd.DataFrame(P, index=list(table.songs["song_id"]), columns=list(genres))
    return Trained(trained, report, card.model_card(table, genres, report), frame)


@dataclass(frozen=True, slots=True)
class ChosenPipeline:
    """The pipeline of least song log loss, and the temperatures that its folds gave."""

    name: str
    parameters: Parameters
    temperatures: Temperatures


class TrainingRun:
    """The fits of one training: its data, its folds, its progress."""

    def __init__(
        self,
        table: Table,
        genres: tuple[str, ...],
        parts: Split,
        recipe: Recipe,
        progress: FitProgress,
        *,
        cancelled: Callable[[], bool] | None,
        n_jobs: int | None,
    ) -> None:
        self.table, self.genres, self.parts, self.recipe = table, genres, parts, recipe
        self.progress, self.cancelled, self.n_jobs = progress, cancelled, n_jobs
        self.leaky = recipe.protocol == "row"
        self.group = split.groups(table.songs, recipe.protocol)
        self.data = Data(
            table.X,
            table.song,
            np.arange(len(table.X)) if self.leaky else self.group[table.song],
            split.members(table.songs, genres),
            table.columns,
            recipe.drop,
            recipe.seed,
            recipe.compares,
        )
        self.folds = TrainingFolds(self.data, self.group, parts, leaky=self.leaky)
        self.development = self.folds.development()
        self.song_folds = self.folds.all_songs()
        self.candidates = pipelines.candidates(recipe.pipeline, table.columns, grid=recipe.grid)
        self.compared: list[Candidate] = []

    def compare(self) -> ChosenPipeline:
        """Fit every candidate in folds and return the one of least song log loss."""
        fits = [
            fit
            for number, (name, parameters) in enumerate(self.candidates)
            for fit in cross_validation.in_folds(number, name, parameters, self.development)
        ]
        stage = "comparing pipelines" if len(self.candidates) > 1 else "calibrating"
        done = self._run(fits, stage, later=FOLDS + len(CURVE) + 2)
        choices = [self._evaluate_candidate(number, done) for number in range(len(self.candidates))]
        self.compared = [candidate for candidate, _ in choices]
        best, temperatures = min(choices, key=lambda choice: choice[0].log_loss)
        return ChosenPipeline(best.pipeline, best.parameters, temperatures)

    def finish(self, chosen: ChosenPipeline) -> dict[Hashable, Fitted]:
        """Fit what the report and the saved model need, by key."""
        parts, rows = self.parts, np.arange(len(self.table.X))
        development = np.sort(np.concatenate([parts.train, parts.test]))
        name, parameters = chosen.name, chosen.parameters
        fits = [
            Fit("final", name, parameters, rows, keep=True),
            *cross_validation.in_folds("all", name, parameters, self.song_folds),
        ]
        if self.leaky:
            fits.append(Fit("report", name, parameters, development, parts.validation))
        else:
            leaky = split.split(
                self.table, genres=self.genres, protocol="row", seed=self.recipe.seed
            )
            train = np.sort(np.concatenate([leaky.train, leaky.test]))
            fits.append(Fit("row", name, parameters, train, leaky.validation))
        for share in CURVE:
            train = self.folds.share_of(development, share)
            songs = np.unique(self.table.song[train])
            member = self.data.member[songs]
            if member.any(0).all() and len(songs) >= member.shape[1]:  # too few tell nothing
                fits.append(Fit(("curve", share), name, parameters, train, parts.validation))
        # Out-of-fold likelihoods are always of songs kept whole, and calibrate likewise.
        done = self._run(fits, "fitting")
        if not self.leaky:
            done["report"] = done[("all", 0)]
        return done

    def final_model(
        self, fits: dict[Hashable, Fitted]
    ) -> tuple[GenreModel, np.ndarray, np.ndarray]:
        """Return the model for use, and all songs' typicality and out-of-fold likelihoods."""
        table, member = self.table, self.data.member
        pipeline = fits["final"].pipeline
        if pipeline is None:
            raise AssertionError("the final fit is kept")
        segments = cross_validation.out_of_fold(self.data, fits, "all")
        temperatures, _, P = model.calibrate(segments, table.song, member)
        first_rows = np.unique(table.song, return_index=True)[1]
        typical, own = typicality.learn(table.X, table.song, member, self.song_folds[first_rows])
        trained = GenreModel(
            self.genres, table.features, table.version, table.columns, pipeline, temperatures,
            typical,
        )  # fmt: skip
        return trained, own, P

    def report(
        self,
        chosen: ChosenPipeline,
        fits: dict[Hashable, Fitted],
        *,
        typicality: np.ndarray,
        out_of_fold: np.ndarray,
    ) -> Report:
        """Return the report, without the time; the arrays are those of `final_model`."""
        recipe, member = self.recipe, self.data.member
        artist = split.artists(self.table.songs)
        evaluated = Evaluation(
            self.table, self.genres, self.data, chosen.temperatures, artist, recipe.seed
        )
        report = evaluated.report(
            fits, self.parts, pipeline=chosen.name, parameters=chosen.parameters
        )
        # Validation is a fifth of the songs; here each song is judged once, by a fit that never
        # heard it, so that small libraries get a narrower interval.
        all_songs = evaluated.metrics(evaluation.Level(out_of_fold, member, artist))
        return replace(
            report,
            dropped=recipe.drop,
            grid=recipe.grid,
            requested_pipeline=recipe.pipeline,
            candidates=tuple(self.compared),
            typicality=evaluation.untypical_shares(member, typicality),
            cross_validated={"songs": all_songs},
        )

    def _evaluate_candidate(
        self, number: int, done: dict[Hashable, Fitted]
    ) -> tuple[Candidate, Temperatures]:
        name, parameters = self.candidates[number]
        segments = cross_validation.out_of_fold(self.data, done, number)
        rows = np.flatnonzero(self.development >= 0)
        member = self.data.member
        temperatures, songs, P = model.calibrate(segments[rows], self.table.song[rows], member)
        tested = np.isin(songs, self.table.song[self.parts.test])
        candidate = Candidate(
            pipeline=name,
            parameters=dict(parameters),
            log_loss=metrics.log_loss(P, member[songs]),
            test_log_loss=metrics.log_loss(P[tested], member[songs[tested]]),
            accuracy=float(member[songs, P.argmax(1)].mean()),
            rows=max(done[(number, f)].rows for f in range(FOLDS) if (number, f) in done),
        )
        return candidate, temperatures

    def _run(self, fits: list[Fit], stage: str, *, later: int = 0) -> dict[Hashable, Fitted]:
        # The longest first: a long fit started last would leave the other cores idle.
        fits = sorted(fits, key=lambda fit: -self._seconds(fit))
        self.progress.begin(stage, len(fits), sum(map(self._seconds, fits)), later=later)
        return cross_validation.run(
            self.data,
            fits,
            n_jobs=self.n_jobs,
            on_done=lambda fit, _: self.progress.step(self._seconds(fit)),
            cancelled=self.cancelled,
        )

    def _seconds(self, fit: Fit) -> float:
        d, G = len(self.table.columns), len(self.genres)
        return pipelines.seconds(fit.name, len(fit.train), d, G, most=self.data.most(fit.name))
