"""A trained genre model: likelihoods of segments and songs, calibrated, and typicality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genrefit.errors import ModelError
from genrefit.learning import pipeline_fitting, typicality
from genrefit.learning.pooling import song_means
from genrefit.learning.typicality import Typicality

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

COOLEST, HOTTEST = 0.2, 5.0
_LEAST_LIKELIHOOD = 1e-9

TRUSTED = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
"""Types of the pipelines that skops does not trust by default; a file may hold no others."""


@dataclass(frozen=True, slots=True)
class Temperatures:
    """What likelihoods are softened (above 1) or sharpened (below 1) by, for segments and songs."""

    segment: float = 1.0
    song: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class GenreModel:
    """Likelihoods and typicality from features; the genres are in the order of all its columns."""

    genres: tuple[str, ...]
    features: str
    version: int
    columns: tuple[str, ...]
    pipeline: Pipeline
    temperatures: Temperatures
    typical: Typicality

    @property
    def sets(self) -> tuple[str, ...]:
        """The feature sets whose columns stand side by side in X."""
        return (self.features,)

    def segments(self, X: np.ndarray) -> np.ndarray:
        """Return likelihoods [shape=(n, G), rows sum to 1] of segments X [shape=(n, d)]."""
        raw = pipeline_fitting.likelihoods(self.pipeline, self._checked(X), count=len(self.genres))
        return tempered(raw, self.temperatures.segment)

    def songs(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return likelihoods [shape=(count, G)] of songs: segments averaged, then tempered.

        `song` [shape=(n,), 0..count-1] numbers the song of each row of X.
        """
        return tempered(song_means(self.segments(X), song, count), self.temperatures.song)

    def typicality(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return conformal p-values [shape=(count, G)]: how typical songs are of each genre."""
        return self.typical(self._checked(X), song, count)

    @staticmethod
    def unlike_all(typicality_of_songs: np.ndarray) -> np.ndarray:
        """Tell which songs are unlike every genre, from p-values [shape=(n, G)]."""
        return typicality.unlike_all(typicality_of_songs)

    def state(self) -> dict[str, Any]:
        """Return what model.skops holds: scikit-learn's and numpy's types only."""
        return {
            "pipeline": self.pipeline,
            "temperatures": np.array([self.temperatures.segment, self.temperatures.song]),
            "typicality": self.typical.arrays(),
        }

    @classmethod
    def from_state(
        cls,
        state: Mapping[str, Any],
        *,
        genres: Sequence[str],
        features: str,
        version: int,
        columns: Sequence[str],
    ) -> GenreModel:
        """Make a model of what model.skops and card.json hold."""
        segment, song = (float(t) for t in state["temperatures"])
        return cls(
            tuple(genres),
            features,
            int(version),
            tuple(columns),
            state["pipeline"],
            Temperatures(segment, song),
            Typicality.from_arrays(state["typicality"]),
        )

    def _checked(self, X: np.ndarray) -> np.ndarray:
        if X.ndim != 2 or X.shape[1] != len(self.columns):
            raise ModelError(
                f"this model listens to {len(self.columns)} features of the set "
                f"{self.features!r}, but was given an array of shape {X.shape}"
            )
        return X


def tempered(P: np.ndarray, temperature: float) -> np.ndarray:
    """Return likelihoods [shape=(n, G)] raised to 1/temperature and summing to one again.

    Temperature scaling (Guo et al. 2017) on the logarithm of likelihoods; the best stays the best.
    """
    logs = np.log(np.clip(P, _LEAST_LIKELIHOOD, None)) / temperature
    logs -= logs.max(axis=1, keepdims=True)
    powers = np.exp(logs)
    values: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return values


def temperature(P: np.ndarray, member: np.ndarray) -> float:
    """Return the temperature of the least log loss, between COOLEST and HOTTEST.

    P [shape=(n, G)] are out-of-fold likelihoods, `member` [shape=(n, G), bool] the true genres.
    As in Platt's scaling (1999) the truth is smoothed, here by one made-up song that belongs to
    every genre alike: n songs without a mistake are no proof that there never is one.
    """
    from scipy.optimize import minimize_scalar

    n, genres = P.shape
    target = (n * member / member.sum(1, keepdims=True) + 1 / genres) / (n + 1)

    def loss(log_t: float) -> float:
        likely = np.clip(tempered(P, float(np.exp(log_t))), _LEAST_LIKELIHOOD, 1.0)
        return float(-(target * np.log(likely)).sum(1).mean())

    least = minimize_scalar(loss, bounds=(np.log(COOLEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(least.x))


def calibrate(
    P: np.ndarray, song: np.ndarray, member: np.ndarray
) -> tuple[Temperatures, np.ndarray, np.ndarray]:
    """Fit both temperatures on out-of-fold segments P [shape=(n, G)].

    `song` [shape=(n,)] numbers their songs, `member` [shape=(songs, G)]. Returns the temperatures,
    the numbers of the songs present, ascending, and their likelihoods [shape=(present, G)].
    """
    present, number = np.unique(song, return_inverse=True)
    of_segments = temperature(P, member[song])
    means = song_means(tempered(P, of_segments), number, len(present))
    of_songs = temperature(means, member[present])
    return Temperatures(of_segments, of_songs), present, tempered(means, of_songs)
