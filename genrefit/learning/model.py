"""A trained genre model: likelihoods of segments and songs, by pooled voices, and typicality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genrefit.errors import ModelError
from genrefit.features.side_by_side import columns_of
from genrefit.learning import pipeline_fitting, typicality
from genrefit.learning.names import NamePrior
from genrefit.learning.typicality import Typicality
from genrefit.learning.voices import SETS, Pools, means_where_heard

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

TRUSTED = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
"""Types of the pipelines that skops does not trust by default; a file may hold no others."""


@dataclass(frozen=True, slots=True, eq=False)
class GenreModel:
    """Likelihoods and typicality from features; the genres are in the order of all its columns.

    `features`, `version` and `columns` are those of the set that the pipeline was fitted on. Where
    there is a `prior`, the names of the genres speak too, and X is the columns of all `sets` side
    by side, NaN where a song lacks one; those of the first alone will do.
    """

    genres: tuple[str, ...]
    features: str
    version: int
    columns: tuple[str, ...]
    pipeline: Pipeline
    pools: Pools
    typical: Typicality
    prior: NamePrior | None = None

    @property
    def sets(self) -> tuple[str, ...]:
        """The feature sets whose columns stand side by side in X, the fit's first."""
        return SETS.get(self.features, (self.features,)) if self.prior else (self.features,)

    def segments(self, X: np.ndarray) -> np.ndarray:
        """Return likelihoods [shape=(n, G), rows sum to 1] of segments X [shape=(n, d)]."""
        return self.pools.segments(self._fit(X), self._names(X))

    def songs(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return likelihoods [shape=(count, G)] of songs: segments averaged, the voices pooled.

        `song` [shape=(n,), 0..count-1] numbers the song of each row of X.
        """
        names = self._names(means_where_heard(X, song, count)) if self.prior else None
        return self.pools.songs(self._fit(X), song, count, names)

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
            "pools": self.pools.arrays(),
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
        taken_for: Mapping[str, Sequence[str]] | None = None,
    ) -> GenreModel:
        """Make a model of what model.skops and card.json hold.

        `taken_for` are the tags that each genre's name was taken for. Models of earlier versions
        have two temperatures in place of pools, and no names.
        """
        prior = taken_for and NamePrior(tuple(genres), tuple(tuple(taken_for[g]) for g in genres))
        return cls(
            tuple(genres),
            features,
            int(version),
            tuple(columns),
            state["pipeline"],
            Pools.from_state(state, genres=len(genres)),
            Typicality.from_arrays(state["typicality"]),
            prior or None,
        )

    def _fit(self, X: np.ndarray) -> np.ndarray:
        return pipeline_fitting.likelihoods(self.pipeline, self._checked(X), count=len(self.genres))

    def _names(self, X: np.ndarray) -> np.ndarray | None:
        """Return what the names say [shape=(n, G)], None without names."""
        columns = columns_of(self.sets)[: X.shape[1]]
        return None if self.prior is None else self.prior.log_likelihoods(X, columns)

    def _checked(self, X: np.ndarray) -> np.ndarray:
        """Return the columns that the pipeline was fitted on; ModelError where X has others."""
        if X.ndim != 2 or X.shape[1] not in (len(self.columns), len(columns_of(self.sets))):
            raise ModelError(
                f"this model listens to {len(self.columns)} features of the set "
                f"{self.features!r}, but was given an array of shape {X.shape}"
            )
        return X[:, : len(self.columns)]
