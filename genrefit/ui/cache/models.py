"""Saved models, their reports and what they say of the library's songs, cached by their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from genrefit import config
from genrefit.config import Home
from genrefit.ui.cache.stamps import Stamp, library_stamp, model_stamp
from genrefit.ui.page_run import open_once

if TYPE_CHECKING:
    import pandas as pd

    from genrefit.learning.recipe import Recipe
    from genrefit.learning.report import ModelCard, Report
    from genrefit.scoring import Scorer
    from genrefit.scoring.known_songs import KnownSongs


def models(home: Home) -> list[str]:
    """Return the names of the models that can be used, the built-in one among them."""
    from genrefit.learning import registry

    return registry.names(home)


def scorer(home: Home, name: str) -> Scorer:
    """Return what scores songs by a model, loaded once. Shared: do not change it."""
    return _scorer(str(home.path), name, model_stamp(home, name))


@st.cache_resource(max_entries=4, show_spinner="Loading the model …")
def _scorer(path: str, name: str, stamp: Stamp) -> Scorer:
    from genrefit.scoring import Scorer

    return Scorer(config.home(path), model=name)


def card(home: Home, name: str) -> ModelCard:
    """Return a model's card: genres, feature set, pipeline, protocol, seed, date ..."""
    return _card(str(home.path), name, model_stamp(home, name))


@st.cache_data(max_entries=32, show_spinner=False)
def _card(path: str, name: str, stamp: Stamp) -> ModelCard:
    from genrefit.learning import registry

    return registry.card(config.home(path), name)


def report(home: Home, name: str) -> Report:
    """Return a model's report."""
    return _report(str(home.path), name, model_stamp(home, name))


@st.cache_data(max_entries=8, show_spinner=False)
def _report(path: str, name: str, stamp: Stamp) -> Report:
    from genrefit.learning import registry

    return registry.report(config.home(path), name)


def likelihoods(home: Home, name: str) -> pd.DataFrame:
    """Return every library song's likelihoods by a model (attrs["genres"]: its genres)."""
    return _likelihoods(str(home.path), name, model_stamp(home, name), library_stamp(home))


@st.cache_data(max_entries=4, show_spinner="Listening through the library with this model …")
def _likelihoods(path: str, name: str, model_key: Stamp, library_key: Stamp) -> pd.DataFrame:
    from genrefit import search

    with open_once(config.home(path), create=False) as library:
        return search.library_likelihoods(config.home(path), name, library=library)


def known_songs(home: Home, name: str) -> KnownSongs:
    """Return the library's songs by what a model reads of them. Shared: do not change it."""
    return _known_songs(str(home.path), name, model_stamp(home, name), library_stamp(home))


@st.cache_resource(max_entries=2, show_spinner="Listening through your songs …")
def _known_songs(path: str, name: str, model_key: Stamp, library_key: Stamp) -> KnownSongs:
    from genrefit.scoring import known_songs

    model = _scorer(path, name, model_key).model
    with open_once(config.home(path)) as library:
        return known_songs.known_songs(library, model)


def training_seconds(home: Home, recipe: Recipe) -> float:
    """Return about how many seconds a training will take; GenrefitError where it cannot be."""
    return _training_seconds(str(home.path), recipe, library_stamp(home))


@st.cache_data(
    max_entries=64, show_spinner=False, hash_funcs={"genrefit.learning.recipe.Recipe": repr}
)
def _training_seconds(path: str, recipe: Recipe, stamp: Stamp) -> float:
    from genrefit.learning.train import estimate

    with open_once(config.home(path), create=False) as library:
        return estimate(config.home(path), recipe, library=library)
