"""Songs that a model was trained on: judged by fits that never heard them, wherever they come from.

A model flatters the songs that it learned from, so a song that is in the library gets here what
the same file gets in Find and in the report: its out-of-fold likelihoods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from genrefit.config import Home
from genrefit.learning import registry
from genrefit.library import open_library
from genrefit.records import Features


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
    """The songs of a home that a model was trained on, known again by their file or by ear."""

    home: Home
    model: str
    genres: tuple[str, ...]

    @cached_property
    def _songs(self) -> pd.DataFrame:
        return registry.out_of_fold(self.home, self.model)[list(self.genres)]

    @cached_property
    def _segments(self) -> pd.DataFrame:
        return registry.out_of_fold_segments(self.home, self.model)[list(self.genres)]

    def held_out(self, content: str, heard: Mapping[str, Features]) -> HeldOut | None:
        """Return what a fit that never heard a song says of it, or a copy of its recording.

        `content` is the digest of its file, `heard` what was heard of it, which tells a copy that
        is coded anew. None where the model was not trained on it. LibraryError where the library
        is damaged: without it nobody can tell.
        """
        if self._songs.empty or not self.home.library.exists():
            return None
        with open_library(self.home, create=False) as library:
            same = library.song_with_content(content)
            copies = [same] if same is not None else library.copies_of(heard)
            if copies and not any(song_id in self._songs.index for song_id in copies):
                recordings = library.recordings()
                known = {recordings.get(song_id) for song_id in copies}
                copies = [song_id for song_id, own in recordings.items() if own in known]
        song_id = next((each for each in copies if each in self._songs.index), None)
        if song_id is None:
            return None
        rows = np.flatnonzero(self._segments.index.get_level_values("song_id") == song_id)
        return HeldOut(
            self._songs.loc[song_id].to_numpy(dtype=np.float64),
            self._segments.iloc[rows].to_numpy(dtype=np.float64),
            self._segments.index.get_level_values("start")[rows].to_numpy(dtype=np.float64),
        )
