"""The songs of a library by what a model reads of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from genrefit.features import FEATURE_SETS
from genrefit.features.side_by_side import columns_of
from genrefit.learning.pooling import song_means
from genrefit.learning.stored_features import current_sets, features_of_songs

if TYPE_CHECKING:
    from genrefit.library import Library
    from genrefit.records import Song


class Model(Protocol):
    """What is asked of a model."""

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres, in the order of all columns of likelihoods."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of X."""
        ...

    @property
    def sets(self) -> tuple[str, ...]:
        """The feature sets whose columns stand side by side in X."""
        ...

    def songs(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return likelihoods [shape=(count, G)]."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class KnownSongs:
    """The library's songs with what a model reads of them: `means` [shape=(songs, d)]."""

    songs: tuple[Song, ...]
    means: np.ndarray


def known_songs(library: Library, model: Model) -> KnownSongs:
    """Return the songs that have the model's feature set, with their means over segments."""
    versions = library.feature_versions()
    first = model.sets[0]
    songs = [
        song
        for song in library.songs()
        if versions.get(song.song_id, {}).get(first) == FEATURE_SETS[first].version
    ]
    if not songs:
        return KnownSongs((), np.zeros((0, len(columns_of(model.sets)))))
    there = {song.song_id: current_sets(model.sets, versions[song.song_id]) for song in songs}
    X, number = features_of_songs(library, model.sets, there)
    return KnownSongs(tuple(songs), song_means(X, number, len(songs)))
