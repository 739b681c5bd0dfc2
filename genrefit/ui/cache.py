"""Every Streamlit cache of the dashboard, keyed by name and by what the files hold now.

Pages call the public functions here; each takes a `Home` first. What they return is shared
(`cache_resource`: models and tables, never to be changed by a page) or a copy of one's own
(`cache_data`: frames, dicts). A key holds the home, a name and a stamp: the file's modification
time, or for the library what its songs are, so that a job's ticking progress empties no cache.

To add one: a public function that works out the stamp, and a private cached one below it whose
arguments are the key.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from genrefit import config
from genrefit.config import Home

if TYPE_CHECKING:
    import pandas as pd

    from genrefit.learning.course import Recipe
    from genrefit.learning.model import GenreModel
    from genrefit.records import Table
    from genrefit.scoring import Scorer
    from genrefit.sources import ListedSong

Stamp = tuple[Any, ...]


def file_stamp(path: Path) -> Stamp:
    """Return what tells one version of a file or folder from the next; empty where none is."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size)


def library_stamp(home: Home) -> Stamp:
    """Return what tells one state of the library's songs, genres and features from the next.

    The file's own time will not do: a running job writes its progress into it every second.
    """
    if not home.library.exists():
        return ()
    from genrefit.library import open_library

    with open_library(home) as library:
        counts = library.rows(
            "SELECT (SELECT COUNT(*) FROM songs), (SELECT MAX(added) FROM songs), "
            "(SELECT COUNT(*) FROM features), (SELECT MAX(rowid) FROM features), "
            "(SELECT SUM(version) FROM features)"
        )[0]
        genres = library.rows("SELECT song_id, genre FROM song_genres ORDER BY song_id, genre")
    digest = hashlib.blake2b(repr(genres).encode(), digest_size=8).hexdigest()
    return (*counts, digest)


def model_stamp(home: Home, name: str) -> Stamp:
    """Return what tells one version of a saved model from the next."""
    folder = home.models / name
    return (file_stamp(folder / "card.json"), file_stamp(folder / "report.json"))


# The library


def songs(home: Home) -> pd.DataFrame:
    """Return the library's songs: song_id, title, artist, seconds, genres (list), address, key."""
    return _songs(str(home.path), library_stamp(home))


@st.cache_data(max_entries=4, show_spinner=False)
def _songs(path: str, stamp: Stamp) -> pd.DataFrame:
    import pandas as pd

    from genrefit.library import open_library

    columns = ["song_id", "title", "artist", "seconds", "genres", "address", "key"]
    if not stamp:
        return pd.DataFrame(columns=columns)
    with open_library(config.home(path)) as library:
        rows = [
            (s.song_id, s.title, s.artist, s.seconds, list(s.genres), s.address, s.key)
            for s in library.songs()
        ]
    return pd.DataFrame(rows, columns=columns)


def counts(home: Home) -> dict[str, int]:
    """Return how many songs each genre has, by genre name, and all songs under the key ""."""
    frame = songs(home)
    found = {str(g): int(n) for g, n in frame["genres"].explode().dropna().value_counts().items()}
    return {**found, "": len(frame)}


def all_genres(home: Home) -> list[str]:
    """Return every genre that is defined or has songs: give it to plots as `known`, so that each
    has the same colour on all pages."""
    from genrefit.library import genres as definitions

    return sorted({*definitions.read(home), *counts(home)} - {""}, key=str.casefold)


def lacking(home: Home) -> int:
    """Return how many songs lack one of the feature sets that a collection makes today."""
    return _lacking(str(home.path), library_stamp(home), _wanted())


def _wanted() -> Stamp:
    from genrefit import features

    return tuple((name, features.FEATURE_SETS[name].version) for name in features.default_sets())


@st.cache_data(max_entries=4, show_spinner=False)
def _lacking(path: str, stamp: Stamp, wanted: Stamp) -> int:
    from genrefit.library import open_library

    if not stamp:
        return 0
    with open_library(config.home(path)) as library:
        sets = library.sets()
    return sum(any(has.get(name) != v for name, v in wanted) for has in sets.values())


def table(home: Home, features: str, *, genres: tuple[str, ...] | None = None) -> Table:
    """Return every segment of a feature set, of all songs or of those in some of `genres`.

    Shared: do not change its arrays or frame.
    """
    return _table(str(home.path), features, genres, library_stamp(home))


@st.cache_resource(max_entries=4, show_spinner="Reading the library …")
def _table(path: str, features: str, genres: tuple[str, ...] | None, stamp: Stamp) -> Table:
    from genrefit.library import open_library

    with open_library(config.home(path)) as library:
        found = library.table(features, genres=genres)
    found.X.flags.writeable = False
    return found


# What features show without a model


def separation(home: Home, features: str, genres: tuple[str, ...]) -> pd.DataFrame:
    """Rank features by how well they tell these genres apart, as explore.separation."""
    return _separation(str(home.path), features, genres, library_stamp(home))


@st.cache_data(max_entries=8, show_spinner="Ranking the features …")
def _separation(path: str, features: str, genres: tuple[str, ...], stamp: Stamp) -> pd.DataFrame:
    from genrefit import explore

    return explore.separation(_table(path, features, genres, stamp))


def pca_map(home: Home, features: str) -> pd.DataFrame:
    """Return the map of all songs by principal components, as explore.song_map."""
    return _pca_map(str(home.path), features, library_stamp(home))


@st.cache_data(max_entries=4, show_spinner="Drawing the map …")
def _pca_map(path: str, features: str, stamp: Stamp) -> pd.DataFrame:
    from genrefit import explore

    return explore.song_map(_table(path, features, None, stamp))


def label_checks(home: Home, features: str) -> pd.DataFrame:
    """Return songs whose labels are worth a second look, as explore.label_checks.

    The model in use is a witness where it is one's own and knows every genre of the songs.
    """
    from genrefit.learning import registry

    name, genres = registry.in_use(home), set(sizes(home, features)["genre"])
    if name == registry.BUILT_IN or (name and not genres <= set(card(home, name)["genres"])):
        name = None
    stamp = model_stamp(home, name) if name else ()
    return _label_checks(str(home.path), features, name, stamp, library_stamp(home))


@st.cache_data(max_entries=4, show_spinner="Looking for odd labels …")
def _label_checks(
    path: str, features: str, name: str | None, model: Stamp, stamp: Stamp
) -> pd.DataFrame:
    from genrefit import explore
    from genrefit.learning import registry

    heard = registry.out_of_fold(config.home(path), name) if name else None
    return explore.label_checks(_table(path, features, None, stamp), out_of_fold=heard)


def outliers(home: Home, features: str) -> pd.DataFrame:
    """Return songs that sound like none of the others, as explore.outliers."""
    return _outliers(str(home.path), features, library_stamp(home))


@st.cache_data(max_entries=4, show_spinner="Looking for odd songs …")
def _outliers(path: str, features: str, stamp: Stamp) -> pd.DataFrame:
    from genrefit import explore

    return explore.outliers(_table(path, features, None, stamp))


# What there is to learn from


def feature_sets(home: Home) -> dict[str, int]:
    """Return how many songs have each feature set in its current version, the best set first."""
    return _feature_sets(str(home.path), library_stamp(home))


@st.cache_data(max_entries=4, show_spinner=False)
def _feature_sets(path: str, stamp: Stamp) -> dict[str, int]:
    from genrefit.features import FEATURE_SETS
    from genrefit.learning.train import PREFERRED
    from genrefit.library import open_library

    if not stamp:
        return {}
    order = [*PREFERRED, *(name for name in FEATURE_SETS if name not in PREFERRED)]
    found = dict.fromkeys(order, 0)
    with open_library(config.home(path)) as library:
        for sets in library.sets().values():
            for name, version in sets.items():
                found[name] += name in FEATURE_SETS and FEATURE_SETS[name].version == version
    return {name: n for name, n in found.items() if n}


def sizes(home: Home, features: str) -> pd.DataFrame:
    """Return how much there is of each genre to learn from: genre, songs, artists, segments."""
    return _sizes(str(home.path), features, library_stamp(home))


@st.cache_data(max_entries=8, show_spinner=False)
def _sizes(path: str, features: str, stamp: Stamp) -> pd.DataFrame:
    import numpy as np

    from genrefit.learning.split import artists

    found = _table(path, features, None, stamp)
    segments = np.bincount(found.song, minlength=len(found.songs))
    frame = found.songs.assign(artist_number=artists(found.songs), segments=segments)
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


def training_seconds(home: Home, recipe: Recipe) -> float:
    """Return about how many seconds a training will take; GenrefitError where it cannot be."""
    return _training_seconds(str(home.path), recipe, library_stamp(home))


@st.cache_data(
    max_entries=64, show_spinner=False, hash_funcs={"genrefit.learning.course.Recipe": repr}
)
def _training_seconds(path: str, recipe: Recipe, stamp: Stamp) -> float:
    from genrefit.learning.train import estimate

    return estimate(config.home(path), recipe)


# Models


def models(home: Home) -> list[str]:
    """Return the names of the models that can be used, the built-in one among them."""
    from genrefit.learning import registry

    return registry.names(home)


def model(home: Home, name: str) -> GenreModel:
    """Return a loaded model. Shared: do not change it."""
    return _model(str(home.path), name, model_stamp(home, name))


@st.cache_resource(max_entries=4, show_spinner="Loading the model …")
def _model(path: str, name: str, stamp: Stamp) -> GenreModel:
    from genrefit.learning import registry

    return registry.load(config.home(path), name)  # type: ignore[return-value]


def scorer(home: Home, name: str) -> Scorer:
    """Return what scores songs by a model, loaded once. Shared: do not change it."""
    return _scorer(str(home.path), name, model_stamp(home, name))


@st.cache_resource(max_entries=4, show_spinner="Loading the model …")
def _scorer(path: str, name: str, stamp: Stamp) -> Scorer:
    from genrefit.scoring import Scorer

    return Scorer(config.home(path), model=name)


def card(home: Home, name: str) -> dict[str, Any]:
    """Return a model's card: genres, feature set, pipeline, protocol, seed, date ..."""
    return _card(str(home.path), name, model_stamp(home, name))


@st.cache_data(max_entries=32, show_spinner=False)
def _card(path: str, name: str, stamp: Stamp) -> dict[str, Any]:
    from genrefit.learning import registry

    return registry.card(config.home(path), name)


def report(home: Home, name: str) -> dict[str, Any]:
    """Return a model's report, as `genrefit report --json` prints it."""
    return _report(str(home.path), name, model_stamp(home, name))


@st.cache_data(max_entries=8, show_spinner=False)
def _report(path: str, name: str, stamp: Stamp) -> dict[str, Any]:
    from genrefit.learning import registry

    return registry.report(config.home(path), name)


def likelihoods(home: Home, name: str) -> pd.DataFrame:
    """Return every library song's likelihoods by a model (attrs["genres"]: its genres)."""
    return _likelihoods(str(home.path), name, model_stamp(home, name), library_stamp(home))


@st.cache_data(max_entries=4, show_spinner="Listening through the library with this model …")
def _likelihoods(path: str, name: str, model: Stamp, library: Stamp) -> pd.DataFrame:
    from genrefit import search

    return search.library_likelihoods(config.home(path), name)


# Sources


@st.cache_data(ttl=600, max_entries=32, show_spinner="Looking at what is there …")
def listing(source: str) -> tuple[list[ListedSong], list[str]]:
    """Return the songs that a source lists, and notes; SourceError where it cannot be listed."""
    from genrefit import sources

    found = sources.list_songs(source)
    return list(found.songs), list(found.notes)
