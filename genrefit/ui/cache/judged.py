"""The songs that a model was judged on, and what was said of their moments, cached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from genrefit import config
from genrefit.config import Home
from genrefit.ui.cache.library import songs_by_id
from genrefit.ui.cache.stamps import Stamp, library_stamp, model_stamp

if TYPE_CHECKING:
    import pandas as pd

    from genrefit.learning.report import JudgedSong


def judged_songs(home: Home, name: str) -> tuple[JudgedSong, ...]:
    """Return every song of the library that a model was judged on out of fold."""
    return _judged_songs(str(home.path), name, model_stamp(home, name), library_stamp(home))


@st.cache_data(max_entries=2, show_spinner="Looking up the songs …")
def _judged_songs(
    path: str, name: str, model_key: Stamp, library_key: Stamp
) -> tuple[JudgedSong, ...]:
    from genrefit.explore.behind_cell import all_judged
    from genrefit.learning import registry

    home = config.home(path)
    return all_judged(
        registry.report(home, name),
        out_of_fold=registry.out_of_fold(home, name),
        segments=_moments(path, name, model_key),
        songs=songs_by_id(home),
    )


def moments(home: Home, name: str, song_id: str) -> list[dict[str, Any]]:
    """Return a song's timeline by fits that had not heard it; none where there is no such."""
    segments = _moments(str(home.path), name, model_stamp(home, name))
    if song_id not in segments.index.get_level_values("song_id"):
        return []
    rows = segments.xs(song_id, level="song_id").sort_index()
    genres = [str(genre) for genre in rows.columns]
    return [
        {"start": float(start), "likelihoods": dict(zip(genres, map(float, row), strict=True))}
        for start, row in zip(rows.index, rows.to_numpy(), strict=True)
    ]


@st.cache_resource(max_entries=4, show_spinner=False)
def _moments(path: str, name: str, stamp: Stamp) -> pd.DataFrame:
    from genrefit.learning import registry

    return registry.out_of_fold_segments(config.home(path), name)
