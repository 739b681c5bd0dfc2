"""Songs that a model was trained on: judged by fits that never heard them, wherever they come from.

A model flatters the songs that it learned from, so a song that is in the library gets here what
the same file gets in Find and in the report: its out-of-fold likelihoods.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from genrefit.config import Home
from genrefit.learning import registry
from genrefit.library import open_library


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What a fit that never heard a song says of it.

    `song` [shape=(G,)] are the song's likelihoods, `segments` [shape=(n, G)] its segments' at
    `starts` [shape=(n,), seconds]; n is 0 for a model of an earlier version, which kept none.
    """

    song: np.ndarray
    segments: np.ndarray
    starts: np.ndarray

    def timeline(self, starts: np.ndarray) -> np.ndarray | None:
        """Return the segments' likelihoods, None where these are not the segments at `starts`."""
        same = len(starts) == len(self.starts) and np.allclose(starts, self.starts, atol=0.01)
        return self.segments if same else None


@dataclass(frozen=True)
class OwnSongs:
    """The songs of a home that a model was trained on, known again by the digest of their file."""

    home: Home
    model: str
    genres: tuple[str, ...]

    @cached_property
    def _songs(self) -> pd.DataFrame:
        return registry.out_of_fold(self.home, self.model)[list(self.genres)]

    @cached_property
    def _segments(self) -> pd.DataFrame:
        return registry.out_of_fold_segments(self.home, self.model)[list(self.genres)]

    def held_out(self, content: str) -> HeldOut | None:
        """Return what a fit that never heard the song whose file has this digest says of it.

        None where the model was not trained on it. LibraryError where the library is damaged:
        without it nobody can tell.
        """
        if self._songs.empty or not self.home.library.exists():
            return None
        with open_library(self.home, create=False) as library:
            song_id = library.song_with_content(content)
        if song_id is None or song_id not in self._songs.index:
            return None
        rows = np.flatnonzero(self._segments.index.get_level_values("song_id") == song_id)
        return HeldOut(
            self._songs.loc[song_id].to_numpy(dtype=np.float64),
            self._segments.iloc[rows].to_numpy(dtype=np.float64),
            self._segments.index.get_level_values("start")[rows].to_numpy(dtype=np.float64),
        )
