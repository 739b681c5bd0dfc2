"""A model from genres' names alone: it answers before the first song is collected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genrefit.errors import ModelError
from genrefit.features.sets import FEATURE_SETS
from genrefit.features.side_by_side import columns_of
from genrefit.learning.names import NamePrior
from genrefit.learning.pooling import song_means

FAINT = 0.1
"""A song in which no genre's tag reaches this activation is unlike them all; of 64 real clips each
reached 0.13 in the first network alone."""


@dataclass(frozen=True, slots=True)
class NamesModel:
    """Likelihoods of genres from what their names are taken for, as a trained model gives them."""

    prior: NamePrior
    features: ClassVar[str] = "ear"
    sets: ClassVar[tuple[str, ...]] = ("ear", "yamnet")
    version: ClassVar[int] = FEATURE_SETS["ear"].version
    columns: ClassVar[tuple[str, ...]] = columns_of(("ear", "yamnet"))

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres, in the order of all columns of likelihoods."""
        return self.prior.genres

    def segments(self, X: np.ndarray) -> np.ndarray:
        """Return likelihoods [shape=(n, G), rows sum to 1] of segments X [shape=(n, d)].

        Columns of a network that has not heard a song are NaN.
        """
        return np.asarray(np.exp(self.prior.log_likelihoods(self._checked(X), self.columns)))

    def songs(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return likelihoods [shape=(count, G)] of songs, from their tags' mean logits.

        `song` [shape=(n,), 0..count-1] numbers the song of each row of X.
        """
        means = song_means(self._checked(X), song, count)
        return np.asarray(np.exp(self.prior.log_likelihoods(means, self.columns)))

    def typicality(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return the activation of each genre's strongest tag [shape=(count, G), 0 to 1].

        There are no songs to compare with, so this is no p-value as a trained model's: it is how
        strongly the networks hear the genre by itself, 0 where its name is unknown.
        """
        return self.prior.activations(song_means(self._checked(X), song, count), self.columns)

    def unlike_all(self, typicality_of_songs: np.ndarray) -> np.ndarray:
        """Tell which songs sound like none of the genres, from `typicality` [shape=(n, G)].

        None is, where there are genres whose names are unknown: it may be one of those.
        """
        faint = (np.asarray(typicality_of_songs) < FAINT).all(axis=-1)
        return np.asarray(faint & (not self.prior.unknown(self.columns)))

    def _checked(self, X: np.ndarray) -> np.ndarray:
        if X.ndim != 2 or X.shape[1] != len(self.columns):
            raise ModelError(
                f"genres' names are told by the {len(self.columns)} features of the sets "
                f"'ear' and 'yamnet', but an array of shape {X.shape} was given"
            )
        return X
