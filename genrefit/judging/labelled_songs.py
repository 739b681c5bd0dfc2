"""The user's labelled songs, as a model judges them without having heard them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import pandas as pd

from genrefit.config import Home
from genrefit.learning import registry, split
from genrefit.library import Library, open_library
from genrefit.library_likelihoods import FIELDS, library_likelihoods
from genrefit.metadata import artists_of_songs


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSongs:
    """Songs with likelihoods P [shape=(n, G)] by fits that never heard them, and their labels.

    `member` [shape=(n, G), bool] are the labels among `genres`, `artist` [shape=(n,)] numbers the
    artists, `song_ids` are in the order of all rows.
    """

    song_ids: tuple[str, ...]
    genres: tuple[str, ...]
    P: np.ndarray
    member: np.ndarray
    artist: np.ndarray

    def of_genres(self, genres: Sequence[str]) -> LabelledSongs:
        """Return the songs labelled with some of these genres, judged among these alone."""
        columns = [self.genres.index(genre) for genre in genres]
        keep = self.member[:, columns].any(axis=1)
        P = np.maximum(self.P[keep][:, columns], 1e-12)
        return LabelledSongs(
            tuple(np.array(self.song_ids, dtype=object)[keep]),
            tuple(genres),
            P / P.sum(axis=1, keepdims=True),
            self.member[keep][:, columns],
            self.artist[keep],
        )


def labelled_songs(home: Home, model: str, *, library: Library | None = None) -> LabelledSongs:
    """Return the library's songs that have a label and that a model judges unheard.

    Those are the songs that it was trained on, out of fold; for a built-in model all songs. Labels
    are the library's of today; `library` where it is open already. ModelError where there is no
    such model.
    """
    likelihoods = _unheard(home, model)
    with nullcontext(library) if library else open_library(home, create=False) as library:
        songs = [song for song in library.songs() if song.genres]
        recordings = library.recordings()
    frame = pd.DataFrame(
        [(song.song_id, song.title, song.artist, song.genres) for song in songs],
        columns=["song_id", "title", "artist", "genres"],
        dtype=object,
    )
    frame["artists"] = pd.Series(
        artists_of_songs([(song.artist, song.title) for song in songs]), dtype=object
    )
    frame["recording"] = [recordings.get(song.song_id, song.song_id) for song in songs]
    artist = split.groups(frame, "artist")
    genres = tuple(likelihoods.columns)
    member = split.members(frame, genres)
    there = frame["song_id"].isin(likelihoods.index).to_numpy() & member.any(axis=1)
    song_ids = tuple(frame["song_id"][there])
    P = likelihoods.loc[list(song_ids)].to_numpy(dtype=np.float64)
    return LabelledSongs(song_ids, genres, P, member[there], artist[there])


def _unheard(home: Home, model: str) -> pd.DataFrame:
    """Return likelihoods by fits that never heard the song: index song_id, a column a genre."""
    if not registry.is_built_in(model):
        return registry.out_of_fold(home, model)
    frame = library_likelihoods(home, model)
    P = frame.iloc[:, len(FIELDS) :].astype(float)
    return P.set_axis(pd.Index(frame["song_id"], dtype=object), axis=0)
