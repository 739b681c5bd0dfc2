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


@dataclass(frozen=True)
class OwnSongs:
    """The songs of a home that a model was trained on, known again by the digest of their file."""

    home: Home
    model: str
    genres: tuple[str, ...]

    @cached_property
    def _likelihoods(self) -> pd.DataFrame:
        return registry.out_of_fold(self.home, self.model)[list(self.genres)]

    def held_out(self, content: str) -> np.ndarray | None:
        """Return the out-of-fold likelihoods [shape=(G,)] of the song whose file has this digest.

        None where the model was not trained on it. LibraryError where the library is damaged:
        without it nobody can tell.
        """
        if self._likelihoods.empty or not self.home.library.exists():
            return None
        with open_library(self.home, create=False) as library:
            song_id = library.song_with_content(content)
        if song_id is None or song_id not in self._likelihoods.index:
            return None
        return self._likelihoods.loc[song_id].to_numpy(dtype=np.float64)
