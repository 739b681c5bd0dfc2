"""What features show without a model: rankings, maps, songs to check; cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from genrefit import config
from genrefit.config import Home
from genrefit.ui.cache import library
from genrefit.ui.cache.stamps import Stamp, library_stamp, model_stamp
from genrefit.ui.page_run import open_once

if TYPE_CHECKING:
    import pandas as pd

    from genrefit.library.artists import AlikeArtists
    from genrefit.library.copies import CopyGroup


def separation(home: Home, features: str, genres: tuple[str, ...]) -> pd.DataFrame:
    """Rank features by how well they tell these genres apart, as explore.separation."""
    return _separation(str(home.path), features, genres, library_stamp(home))


@st.cache_data(max_entries=8, show_spinner="Ranking the features …")
def _separation(path: str, features: str, genres: tuple[str, ...], stamp: Stamp) -> pd.DataFrame:
    from genrefit import explore

    return explore.separation(library.song_table_at(path, features, genres, stamp))


def pca_map(home: Home, features: str) -> pd.DataFrame:
    """Return the map of all songs by principal components, as explore.song_map."""
    return _pca_map(str(home.path), features, library_stamp(home))


@st.cache_data(max_entries=4, show_spinner="Drawing the map …")
def _pca_map(path: str, features: str, stamp: Stamp) -> pd.DataFrame:
    from genrefit import explore

    return explore.song_map(library.song_table_at(path, features, None, stamp))


def label_checks(home: Home, features: str) -> pd.DataFrame:
    """Return songs whose labels are worth a second look, as explore.label_checks.

    The model in use is asked too where it is one of the user's own and knows all their genres.
    """
    from genrefit.explore import doubted_labels

    if not home.library.exists():
        return _label_checks(str(home.path), features, None, (), (), frozenset())
    name = doubted_labels.witness(home, set(library.sizes(home, features)["genre"]))
    stamp = model_stamp(home, name) if name else ()
    with open_once(home, create=False) as opened:
        confirmed = frozenset(opened.confirmed_labels())
    return _label_checks(str(home.path), features, name, stamp, library_stamp(home), confirmed)


@st.cache_data(max_entries=4, show_spinner="Looking for odd labels …")
def _label_checks(
    path: str,
    features: str,
    name: str | None,
    model: Stamp,
    stamp: Stamp,
    confirmed: frozenset[tuple[str, str]],
) -> pd.DataFrame:
    from genrefit import explore
    from genrefit.learning import registry

    out_of_fold = registry.out_of_fold(config.home(path), name) if name else None
    table = library.song_table_at(path, features, None, stamp)
    return explore.label_checks(table, out_of_fold=out_of_fold, confirmed=confirmed)


def alike(home: Home, features: str, song_id: str, genre: str) -> list[tuple[str, float]]:
    """Return the songs of a genre nearest to a song: (song_id, distance), the nearest first."""
    from genrefit.explore.label_checks import alike

    stamp = library_stamp(home)
    table = library.song_table_at(str(home.path), features, None, stamp)
    return alike(_standardized(str(home.path), features, stamp), table.songs, song_id, genre)


@st.cache_resource(max_entries=2, show_spinner=False)
def _standardized(path: str, features: str, stamp: Stamp) -> pd.DataFrame:
    from genrefit.explore.maps import standardized

    return standardized(library.song_table_at(path, features, None, stamp))


def outliers(home: Home, features: str) -> pd.DataFrame:
    """Return songs that sound like none of the others, as explore.outliers."""
    return _outliers(str(home.path), features, library_stamp(home))


@st.cache_data(max_entries=4, show_spinner="Looking for odd songs …")
def _outliers(path: str, features: str, stamp: Stamp) -> pd.DataFrame:
    from genrefit import explore

    return explore.outliers(library.song_table_at(path, features, None, stamp))


def copy_groups(home: Home) -> list[CopyGroup]:
    """Return groups of copies of one recording, as Library.copy_groups."""
    if not home.library.exists():
        return []
    with open_once(home, create=False) as opened:
        kept = tuple(opened.rows("SELECT song_id FROM kept_copies"))
    return _copy_groups(str(home.path), kept, library_stamp(home))


@st.cache_data(max_entries=2, show_spinner=False)
def _copy_groups(path: str, kept: Stamp, stamp: Stamp) -> list[CopyGroup]:
    with open_once(config.home(path), create=False) as opened:
        return opened.copy_groups()


def out_of_fold(home: Home, name: str) -> pd.DataFrame:
    """Return likelihoods of a model's own songs by fits that never heard them, a row a song."""
    return _out_of_fold(str(home.path), name, model_stamp(home, name))


@st.cache_data(max_entries=4, show_spinner=False)
def _out_of_fold(path: str, name: str, model: Stamp) -> pd.DataFrame:
    from genrefit.learning import registry

    return registry.out_of_fold(config.home(path), name)


def artists_to_check(home: Home) -> tuple[list[tuple[str, str]], list[AlikeArtists]]:
    """Return (title, genres) of songs by nobody, and names that may be one artist."""
    if not home.library.exists():
        return [], []
    with open_once(home, create=False) as opened:
        names = tuple(opened.rows("SELECT song_id, artist FROM songs ORDER BY song_id"))
    return _artists_to_check(str(home.path), names, library_stamp(home))


@st.cache_data(max_entries=2, show_spinner=False)
def _artists_to_check(
    path: str, names: Stamp, stamp: Stamp
) -> tuple[list[tuple[str, str]], list[AlikeArtists]]:
    with open_once(config.home(path), create=False) as opened:
        nobody = [(song.title, " and ".join(song.genres)) for song in opened.songs_of_nobody()]
        return nobody, opened.alike_artists()
