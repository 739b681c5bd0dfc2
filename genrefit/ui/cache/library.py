"""The library's songs, feature tables and genres, cached by the library's stamp."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import streamlit as st

from genrefit import config
from genrefit.config import Home
from genrefit.ui.cache.stamps import Stamp, library_stamp
from genrefit.ui.page_run import open_once

if TYPE_CHECKING:
    import pandas as pd

    from genrefit.records import Genre, SongTable, Table


def songs(home: Home) -> pd.DataFrame:
    """Return the library's songs: song_id, title, artist, seconds, genres (list), address, key."""
    return _songs(str(home.path), library_stamp(home))


@st.cache_data(max_entries=4, show_spinner=False)
def _songs(path: str, stamp: Stamp) -> pd.DataFrame:
    import pandas as pd

    columns = ["song_id", "title", "artist", "seconds", "genres", "address", "key"]
    if not stamp:
        return pd.DataFrame(columns=columns)
    with open_once(config.home(path), create=False) as library:
        rows = [
            (s.song_id, s.title, s.artist, s.seconds, list(s.genres), s.address, s.key)
            for s in library.songs()
        ]
    return pd.DataFrame(rows, columns=columns)


def songs_by_id(home: Home) -> dict[str, dict[Any, Any]]:
    """Return the rows of `songs` by song_id."""
    return _songs_by_id(str(home.path), library_stamp(home))


@st.cache_data(max_entries=4, show_spinner=False)
def _songs_by_id(path: str, stamp: Stamp) -> dict[str, dict[Any, Any]]:
    rows = _songs(path, stamp).to_dict("records")
    return {str(row["song_id"]): row for row in rows}


def counts(home: Home) -> dict[str, int]:
    """Return how many songs each genre has, by genre name, and all songs under the key ""."""
    frame = songs(home)
    sizes = frame["genres"].explode().dropna().value_counts()
    return {**{str(genre): int(n) for genre, n in sizes.items()}, "": len(frame)}


def all_genres(home: Home) -> list[str]:
    """Return every genre that is defined or has songs, by name."""
    return sorted({*genres(home), *counts(home)} - {""}, key=str.casefold)


def colour_order(home: Home, also: Iterable[str] = ()) -> list[str]:
    """Return all genres in the order by which they get their colours: give it to plots as `known`.

    The defined ones come in the user's order, which a new name does not change; then other genres
    of songs, those of the built-in model, and `also`: the genres of the model in hand.
    """
    from genrefit.learning import registry
    from genrefit.ui.cache.models import card, models

    general = [card(home, name).genres for name in models(home) if registry.is_built_in(name)]
    others = (sorted(group, key=str.casefold) for group in (counts(home), *general, also))
    names = (name for group in (genres(home), *others) for name in group)
    return [name for name in dict.fromkeys(names) if name]


def genres(home: Home) -> dict[str, Genre]:
    """Return the defined genres by name, in the user's order, as library.genres.read does."""
    from genrefit.library import genres as definitions

    if not home.library.exists():
        return definitions.read(home)
    with open_once(home) as library:
        return library.genres()


def songs_to_refresh(home: Home) -> int:
    """Return how many songs lack one of the feature sets that a collection makes today."""
    return _songs_to_refresh(str(home.path), library_stamp(home), _current_sets(home))


def _current_sets(home: Home) -> Stamp:
    from genrefit import features

    sets = features.default_sets(home)
    return tuple((name, features.FEATURE_SETS[name].version) for name in sets)


@st.cache_data(max_entries=4, show_spinner=False)
def _songs_to_refresh(path: str, stamp: Stamp, current: Stamp) -> int:
    if not stamp:
        return 0
    with open_once(config.home(path), create=False) as library:
        sets = library.feature_versions()
    return sum(any(has.get(name) != v for name, v in current) for has in sets.values())


def table(home: Home, features: str, *, genres: tuple[str, ...] | None = None) -> Table:
    """Return every segment of a feature set, of all songs or of those in some of `genres`.

    Shared: do not change its arrays or frame.
    """
    return table_at(str(home.path), features, genres, library_stamp(home))


@st.cache_resource(max_entries=4, show_spinner="Reading the library …")
def table_at(path: str, features: str, genres: tuple[str, ...] | None, stamp: Stamp) -> Table:
    """Return `table` of the library at a path under a stamp: for other cached functions."""
    with open_once(config.home(path), create=False) as library:
        segments = library.table(features, genres=genres)
    segments.X.flags.writeable = False
    return segments


def song_table(home: Home, features: str) -> SongTable:
    """Return the songs' means and deviations of a feature set. Shared: do not change them."""
    return song_table_at(str(home.path), features, None, library_stamp(home))


@st.cache_resource(max_entries=4, show_spinner="Reading the library …")
def song_table_at(
    path: str, features: str, genres: tuple[str, ...] | None, stamp: Stamp
) -> SongTable:
    """Return the songs' means and deviations under a stamp. Shared: do not change them."""
    with open_once(config.home(path), create=False) as library:
        return library.song_table(features, genres=genres)


def feature_sets(home: Home) -> dict[str, int]:
    """Return how many songs have each feature set in its current version, the best set first."""
    return _feature_sets(str(home.path), library_stamp(home))[0]


def unknown_sets_note(home: Home) -> str | None:
    """Return the sentence for stored feature sets that this version does not know, if any."""
    return _feature_sets(str(home.path), library_stamp(home))[1]


@st.cache_data(max_entries=4, show_spinner=False)
def _feature_sets(path: str, stamp: Stamp) -> tuple[dict[str, int], str | None]:
    from genrefit.features import FEATURE_SETS, unknown_sets_note
    from genrefit.learning.training_table import PREFERRED

    if not stamp:
        return {}, None
    order = [*PREFERRED, *(name for name in FEATURE_SETS if name not in PREFERRED)]
    songs_with = dict.fromkeys(order, 0)
    with open_once(config.home(path), create=False) as library:
        versions = library.feature_versions()
    for sets in versions.values():
        for name, version in sets.items():
            if name in FEATURE_SETS and FEATURE_SETS[name].version == version:
                songs_with[name] += 1
    note = unknown_sets_note(name for sets in versions.values() for name in sets)
    return {name: n for name, n in songs_with.items() if n}, note


def sizes(home: Home, features: str) -> pd.DataFrame:
    """Return how much there is of each genre to learn from: genre, songs, artists, segments."""
    return _sizes(str(home.path), features, library_stamp(home))


@st.cache_data(max_entries=8, show_spinner=False)
def _sizes(path: str, features: str, stamp: Stamp) -> pd.DataFrame:
    from genrefit.learning.split import artists

    songs = song_table_at(path, features, None, stamp).songs
    with open_once(config.home(path), create=False) as library:
        segments = library.segment_counts(features)
    frame = songs.assign(
        artist_number=artists(songs), segments=[segments[s] for s in songs["song_id"]]
    )
    each = frame.explode("genres").dropna(subset=["genres"]).groupby("genres")
    return (
        each.agg(
            songs=("song_id", "size"),
            artists=("artist_number", "nunique"),
            segments=("segments", "sum"),
        )
        .reset_index(names="genre")
        .sort_values("genre", key=lambda names: names.str.casefold(), ignore_index=True)
    )
