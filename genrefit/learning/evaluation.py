"""The evaluation of a training run: its fits on held-out songs become the report."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from genrefit.learning import metrics, split
from genrefit.learning.cross_validation import Data, Fitted, class_weights
from genrefit.learning.judged_songs import Judgement, judged_songs, mistakes
from genrefit.learning.metrics import ReliabilityBin
from genrefit.learning.nested_judgement import judge_nested
from genrefit.learning.pipelines import Parameters
from genrefit.learning.report import (
    CrossValidated,
    CurvePoint,
    GenreMetrics,
    JudgedSong,
    LeakyMetrics,
    LevelMetrics,
    PartSize,
    Report,
    TemperatureValues,
    UntypicalShares,
)
from genrefit.learning.split import Split
from genrefit.learning.typicality import UNLIKE, unlike_all
from genrefit.learning.voices import NamesHeard, Pools, segments_heard, songs_heard
from genrefit.records import Table


def evaluate_level(
    P: np.ndarray,
    member: np.ndarray,
    *,
    genres: Sequence[str],
    group: np.ndarray | None = None,
    seed: int = 0,
) -> LevelMetrics:
    """Return all metrics of one level (segments or songs).

    P [shape=(n, G)] are likelihoods, `member` [shape=(n, G), bool] the true genres, `group`
    [shape=(n,)] each row's artist; 95 % intervals resample whole artists.
    """
    counts = metrics.confusion(*metrics.labels(P, member), genres=genres).to_numpy()
    summary = {name: float(value) for name, value in metrics.summary(counts).items()}
    each = metrics.per_genre(counts)
    return LevelMetrics(
        **summary,
        log_loss=metrics.log_loss(P, member),
        ece=metrics.calibration_error(P, member),
        majority=metrics.majority(member),
        intervals=(None if group is None else metrics.intervals(P, member, group=group, seed=seed)),
        genres={
            genre: GenreMetrics(
                precision=float(each["precision"][g]),
                recall=float(each["recall"][g]),
                f1=float(each["f1"][g]),
                jaccard=float(each["jaccard"][g]),
                support=int(each["support"][g]),
            )
            for g, genre in enumerate(genres)
        },
    )


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Likelihoods P [shape=(n, G)] of segments or songs, their true genres and their artists.

    `member` [shape=(n, G), bool], `artist` [shape=(n,)].
    """

    P: np.ndarray
    member: np.ndarray
    artist: np.ndarray

    def confusion(self, genres: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Return counts of guesses; a row is the true genre, a column the guess."""
        counts = metrics.confusion(*metrics.labels(self.P, self.member), genres=genres)
        return tuple(tuple(row) for row in counts.to_numpy().tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What the parts of a report are measured on.

    `data`, `pools` and `names` are those of the training run, `artist` [shape=(songs,)] numbers the
    artist of each song of the table.
    """

    table: Table
    genres: tuple[str, ...]
    data: Data
    pools: Pools
    names: NamesHeard | None
    artist: np.ndarray
    seed: int

    def report(
        self,
        fits: Mapping[Hashable, Fitted],
        parts: Split,
        *,
        pipeline: str,
        parameters: Parameters,
    ) -> Report:
        """Return the report on the fit "report"; see `learning_curve` for the others used."""
        judged = fits["report"]
        judgement = self.judgement(judged)
        levels, validation = self.levels(judgement), self.judged(judgement)
        weights = class_weights(self.data.member[self.data.song])
        return Report(
            features=self.table.features,
            pipeline=pipeline,
            parameters=dict(parameters),
            protocol=parts.protocol,
            protocol_means=split.PROTOCOLS[parts.protocol],
            seed=self.seed,
            genres=self.genres,
            splits={name: self.part_size(rows) for name, rows in parts.parts.items()},
            class_weights=dict(zip(self.genres, map(float, weights), strict=True)),
            temperatures=_temperatures(self.pools),
            segments=self.metrics(levels["segments"]),
            songs=self.metrics(levels["songs"]),
            confusion={name: level.confusion(self.genres) for name, level in levels.items()},
            reliability=_reliability(levels),
            row_protocol=self.leaky_metrics(fits.get("row", judged)),
            learning_curve=self.learning_curve(fits),
            validation=validation,
            wrong=mistakes(validation),
            seconds=0.0,
            warnings=parts.warnings,
        )

    def judgement(self, fitted: Fitted) -> Judgement:
        """Return what a fit gave for the segments and songs that it was to judge, calibrated."""
        songs, number = np.unique(self.data.song[fitted.judge], return_inverse=True)
        P, rows, names = fitted.likelihoods, fitted.judge, self.names
        of_songs = self.pools.songs(P, number, len(songs), songs_heard(names, songs))
        return Judgement(songs, of_songs, rows, self.pools.segments(P, segments_heard(names, rows)))

    def levels(self, judgement: Judgement) -> dict[str, Level]:
        """Return the likelihoods of a judgement with their true genres and artists."""
        of_rows, songs = self.data.song[judgement.rows], judgement.songs
        member = self.data.member
        return {
            "segments": Level(judgement.of_segments, member[of_rows], self.artist[of_rows]),
            "songs": Level(judgement.of_songs, member[songs], self.artist[songs]),
        }

    def cross_validated(self, judgement: Judgement, *, repeats: int) -> CrossValidated:
        """Return how good the out-of-fold likelihoods of all songs and segments are."""
        levels = self.levels(judgement)
        return CrossValidated(
            songs=self.metrics(levels["songs"]),
            segments=self.metrics(levels["segments"]),
            confusion={name: level.confusion(self.genres) for name, level in levels.items()},
            mistakes=mistakes(self.judged(judgement)),
            reliability=_reliability(levels),
            repeats=repeats,
        )

    def judged(self, judgement: Judgement) -> tuple[JudgedSong, ...]:
        """Return each song that was judged, with its likelihoods and its segments' starts."""
        return judged_songs(self.table, self.genres, self.data.member, judgement)

    def metrics(self, level: Level) -> LevelMetrics:
        """Return all metrics of a level, with intervals over artists."""
        return evaluate_level(
            level.P, level.member, genres=self.genres, group=level.artist, seed=self.seed
        )

    def part_size(self, rows: np.ndarray) -> PartSize:
        """Return what the part of the split with these rows holds."""
        songs = np.unique(self.data.song[rows])
        counts = self.data.member[songs].sum(0)
        return PartSize(
            songs=len(songs),
            segments=len(rows),
            artists=len(np.unique(self.artist[songs])),
            genres={genre: int(n) for genre, n in zip(self.genres, counts, strict=True)},
        )

    def leaky_metrics(self, fitted: Fitted) -> dict[str, LeakyMetrics]:
        """Return what the protocol `row` claims for segments, as leaky reports are made: nothing
        that was learned on unheard artists (weights, biases, the names) plays a part in it."""
        P, member = fitted.likelihoods, self.data.member[self.data.song[fitted.judge]]
        truth, guess = metrics.labels(P, member)
        accuracy = float((truth == guess).mean())
        return {"segments": LeakyMetrics(accuracy, metrics.log_loss(P, member))}

    def learning_curve(self, fits: Mapping[Hashable, Fitted]) -> tuple[CurvePoint, ...]:
        """Return song accuracy by songs learned from: the fits ("curve", share, fold) of each
        share, then those of everything in the same folds."""
        curve = [key for key in fits if isinstance(key, tuple) and key[0] == "curve"]
        folds = sorted({key[2] for key in curve}) or [0]
        shares = [
            [fits[key] for key in curve if key[1] == share]
            for share in sorted({key[1] for key in curve})
        ]
        points = list(map(self._curve_point, [*shares, [fits[(("all", 0), f)] for f in folds]]))
        # Shares of a few songs may be as many songs as the next share.
        following = [*(point.songs for point in points[1:]), np.inf]
        return tuple(p for p, more in zip(points, following, strict=True) if p.songs < more)

    def _curve_point(self, fitted: Sequence[Fitted]) -> CurvePoint:
        level = self.levels(self._judged_by(fitted))["songs"]
        low, high = metrics.intervals(level.P, level.member, group=level.artist, seed=self.seed)[
            "accuracy"
        ]
        truth, guess = metrics.labels(level.P, level.member)
        songs = round(float(np.mean([one.songs for one in fitted])))
        return CurvePoint(songs, float((truth == guess).mean()), low, high)

    def _judged_by(self, fitted: Sequence[Fitted]) -> Judgement:
        """Return the judgement of all songs by fits of every fold, or of one fold's by its fit."""
        if len(fitted) == 1:
            return self.judgement(fitted[0])
        fold, P = (
            np.empty(len(self.data.song), dtype=int),
            np.empty((len(self.data.song), len(self.genres))),
        )
        for number, one in enumerate(fitted):
            fold[one.judge], P[one.judge] = number, one.likelihoods
        return judge_nested(P, fold, self.data.song, self.data.member, self.names)


def _temperatures(pools: Pools) -> TemperatureValues:
    """Return what the weights of the fit are as temperatures."""
    return TemperatureValues(*(1 / max(p.fit, 1e-6) for p in (pools.segment, pools.song)))


def _reliability(levels: Mapping[str, Level]) -> dict[str, tuple[ReliabilityBin, ...]]:
    return {name: metrics.reliability(level.P, level.member) for name, level in levels.items()}


def untypical_shares(
    member: np.ndarray, typicality: np.ndarray, strangers: float | None
) -> UntypicalShares:
    """Return the shares of untypical songs, from p-values and membership [shape=(songs, G)]."""
    return UntypicalShares(
        untypical=float((typicality[member] < UNLIKE).mean()),
        unlike_all=float(unlike_all(typicality).mean()),
        strangers=strangers,
    )
