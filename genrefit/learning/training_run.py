"""The fits of one training run, and what follows from them: a model, a judgement, a report."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import numpy as np

from genrefit.learning import (
    cross_validation,
    evaluation,
    metrics,
    pipelines,
    split,
    tag_typicality,
    typicality,
    voice_report,
)
from genrefit.learning.cross_validation import Data, Fit, FitProgress, Fitted
from genrefit.learning.evaluation import Evaluation
from genrefit.learning.judged_songs import AllJudged, averaged
from genrefit.learning.model import GenreModel
from genrefit.learning.names import NamePrior
from genrefit.learning.nested_judgement import judge_nested, judge_without_names
from genrefit.learning.pipelines import Parameters
from genrefit.learning.recipe import FOLDS, Recipe
from genrefit.learning.report import Candidate, Report
from genrefit.learning.split import Split
from genrefit.learning.training_folds import TrainingFolds
from genrefit.learning.typicality import Typicality
from genrefit.learning.voices import NamesHeard, Pools, learn_pools, songs_heard
from genrefit.records import Table


@dataclass(frozen=True, slots=True)
class ChosenPipeline:
    """The pipeline of least song log loss, and how its folds pool the voices."""

    name: str
    parameters: Parameters
    pools: Pools


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
        names: NamesHeard | None,
        cancelled: Callable[[], bool] | None,
        n_jobs: int | None,
    ) -> None:
        self.table, self.genres, self.parts, self.recipe = table, genres, parts, recipe
        self.progress, self.cancelled, self.n_jobs = progress, cancelled, n_jobs
        self.names = names
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
        self.dealt = self.folds.all_songs()
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
        done = self._run(fits, stage, later=self.folds.later())
        choices = [self._evaluate_candidate(number, done) for number in range(len(self.candidates))]
        self.compared = [candidate for candidate, _ in choices]
        best, pools = min(choices, key=lambda choice: choice[0].log_loss)
        return ChosenPipeline(best.pipeline, best.parameters, pools)

    def finish(self, chosen: ChosenPipeline) -> dict[Hashable, Fitted]:
        """Fit what the report and the saved model need, by key."""
        parts, rows = self.parts, np.arange(len(self.table.X))
        development = np.sort(np.concatenate([parts.train, parts.test]))
        name, parameters = chosen.name, chosen.parameters
        fits = [
            Fit("final", name, parameters, rows, keep=True),
            # Out-of-fold likelihoods are always of songs kept whole, and calibrate likewise.
            *(
                fit
                for number, fold in enumerate(self.dealt)
                for fit in cross_validation.in_folds(("all", number), name, parameters, fold)
            ),
            *(
                Fit(("curve", share, f), name, parameters, train, judge)
                for share, f, train, judge in self.folds.learning_curve(self.dealt[0])
            ),
        ]
        if self.leaky:
            fits.append(Fit("report", name, parameters, development, parts.validation))
        else:
            leaky = split.split(
                self.table, genres=self.genres, protocol="row", seed=self.recipe.seed
            )
            train = np.sort(np.concatenate([leaky.train, leaky.test]))
            fits.append(Fit("row", name, parameters, train, leaky.validation, leaky=True))
        done = self._run(fits, "fitting")
        if not self.leaky:
            done["report"] = done[(("all", 0), 0)]
        return done

    def judge(self, fits: dict[Hashable, Fitted]) -> AllJudged:
        """Return the likelihoods of all songs and segments by fits that never heard the songs."""
        song, member = self.table.song, self.data.member
        raw = self._out_of_fold(fits)
        dealt = list(zip(raw, self.dealt, strict=True))
        both = averaged([judge_nested(P, fold, song, member, self.names) for P, fold in dealt])
        if self.names is None:
            return AllJudged(both, both, None)
        alone = [
            replace(both, of_songs=judge_without_names(P, fold, song, member)) for P, fold in dealt
        ]
        return AllJudged(both, averaged(alone), self.names.songs)

    def final_model(
        self, fits: dict[Hashable, Fitted], prior: NamePrior | None
    ) -> tuple[GenreModel, np.ndarray]:
        """Return the model for use, and all songs' typicality."""
        table, member = self.table, self.data.member
        pipeline = fits["final"].pipeline
        if pipeline is None:
            raise AssertionError("the final fit is kept")
        pools = Pools.mean(
            [learn_pools(P, table.song, member, self.names) for P in self._out_of_fold(fits)]
        )
        typical, own = self._typicality()
        trained = GenreModel(
            self.genres, table.features, table.version, table.columns, pipeline, pools, typical,
            prior,
        )  # fmt: skip
        return trained, own

    def _typicality(self) -> tuple[Typicality, np.ndarray]:
        """Return typicality and the songs' own, by the first ear's tags where they are there."""
        X, song, member = self.table.X, self.table.song, self.data.member
        tags = tag_typicality.tag_columns(self.table.columns)
        if not len(tags):
            return typicality.learn(X, song, member, self._fold_of_songs())
        return tag_typicality.learn(X, song, member, self._fold_of_songs(), tags)

    def _strangers(self) -> float | None:
        """Return the share of songs found unlike all where their genre is left out."""
        tags = tag_typicality.tag_columns(self.table.columns)
        if not len(tags):
            return None
        data, fold = self.data, self._fold_of_songs()
        return tag_typicality.strangers_flagged(data.X, data.song, data.member, fold, tags)

    def _fold_of_songs(self) -> np.ndarray:
        fold: np.ndarray = self.dealt[0][np.unique(self.table.song, return_index=True)[1]]
        return fold

    def _out_of_fold(self, fits: dict[Hashable, Fitted]) -> list[np.ndarray]:
        """Return the fits' likelihoods [shape=(n, G)], for each time that songs were dealt."""
        times = range(len(self.dealt))
        return [cross_validation.out_of_fold(self.data, fits, ("all", time)) for time in times]

    def report(
        self,
        chosen: ChosenPipeline,
        fits: dict[Hashable, Fitted],
        *,
        model: GenreModel,
        typicality: np.ndarray,
        judged: AllJudged,
    ) -> Report:
        """Return the report, without the time; `model`, `typicality` are of `final_model`."""
        recipe, member = self.recipe, self.data.member
        artist = split.artists(self.table.songs)
        evaluated = Evaluation(
            self.table, self.genres, self.data, chosen.pools, self.names, artist, recipe.seed
        )
        report = evaluated.report(
            fits, self.parts, pipeline=chosen.name, parameters=chosen.parameters
        )
        return replace(
            report,
            dropped=recipe.drop,
            grid=recipe.grid,
            requested_pipeline=recipe.pipeline,
            candidates=tuple(self.compared),
            typicality=evaluation.untypical_shares(member, typicality, self._strangers()),
            cross_validated=evaluated.cross_validated(judged.pooled, repeats=len(self.dealt)),
            voices=None if model.prior is None else voice_report.voices(evaluated, model, judged),
            unknown_artists=int(split.of_unknown_artist(self.table.songs).sum()),
        )

    def _evaluate_candidate(
        self, number: int, done: dict[Hashable, Fitted]
    ) -> tuple[Candidate, Pools]:
        name, parameters = self.candidates[number]
        raw = cross_validation.out_of_fold(self.data, done, number)
        rows, member = np.flatnonzero(self.development >= 0), self.data.member
        pools = learn_pools(raw, self.table.song, member, self.names, rows=rows)
        songs, of_row = np.unique(self.table.song[rows], return_inverse=True)
        P = pools.songs(raw[rows], of_row, len(songs), songs_heard(self.names, songs))
        tested = np.isin(songs, self.table.song[self.parts.test])
        candidate = Candidate(
            pipeline=name,
            parameters=dict(parameters),
            log_loss=metrics.log_loss(P, member[songs]),
            test_log_loss=(
                metrics.log_loss(P[tested], member[songs[tested]]) if tested.any() else None
            ),
            accuracy=float(member[songs, P.argmax(1)].mean()),
            rows=max(done[(number, f)].rows for f in range(FOLDS) if (number, f) in done),
        )
        return candidate, pools

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
