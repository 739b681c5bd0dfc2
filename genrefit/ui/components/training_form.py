"""The choices of a training: genres, features, pipeline, protocol, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.features import FEATURE_SETS
from genrefit.formatting import count, duration
from genrefit.learning import model_names
from genrefit.learning.recipe import Recipe
from genrefit.learning.split import LEAST, PROTOCOLS
from genrefit.learning.training_table import several_genres_note
from genrefit.parallel import waiting_share
from genrefit.plots.feature_names import feature_name
from genrefit.ui import cache
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import escape

PIPELINES = {
    "auto": "Try them all and keep the best",
    "logistic": "Logistic regression, strongly regularised",
    "svm": "Support vector machine",
    "svm-drop": "Support vector machine without MFCC 9 and 11",
    "boosted": "Gradient boosted trees after PCA",
}
PROTOCOL_NAMES = {
    "artist": "By artist (honest)",
    "song": "By song",
    "row": "By row (leaky)",
}
PROTOCOL_CAPTIONS = {
    "artist": "No artist is heard both in training and in judging.",
    "song": "No song is heard on both sides, but an artist may be: it flatters somewhat.",
    "row": "10-second pieces of one song land on both sides: it flatters a lot. Only to compare "
    "with results that were got this way.",
}
NEEDS_MFCC = ("svm-drop",)
BUSY = 1.5
"""From so many times as long on, it is said that the computer is busy."""
QUICK_SECONDS = 30.0
"""Below this an estimate is mostly about starting processes, and too fine to tell."""


def pick_recipe(home: Home) -> Recipe | None:
    """Ask for everything a training needs; None where something is still missing."""
    sets = cache.feature_sets(home)
    features = st.selectbox(
        "Feature set",
        list(sets),
        format_func=lambda name: f"{name} ({count(sets[name], 'song')})",
        key="train-features",
        persist_state="session",
        help="What genrefit listens for. The best that your songs have comes first.",
    )
    if features is None:
        return None
    what = FEATURE_SETS[features].what
    st.caption(escape(what[:1].upper() + what[1:]) + ".")
    available = list(cache.sizes(home, features)["genre"])
    genres = st.pills(
        "Genres to tell apart",
        available,
        selection_mode="multi",
        wrap=True,
        default=available,
        format_func=escape,
        key=f"train-genres-{features}",
        persist_state="session",
    )
    name = st.text_input(
        "Name of the model (optional)",
        placeholder="it gets a readable one by itself",
        max_chars=64,
        key="train-name",
        persist_state="session",
    )
    replace = _replace(home, name)
    with st.expander("More choices", icon=":material/tune:"):
        more = _more(features)
    chosen = [genre for genre in available if genre in (genres or ())]
    if len(chosen) < 2:
        st.info("Choose two genres or more: a model tells them apart.", icon=":material/info:")
        return None
    _show_several_genres(home, features, chosen)
    # None stands for all, so that a genre that comes in meanwhile is learned too.
    genres_or_none = None if len(chosen) == len(available) else tuple(chosen)
    return Recipe(genres=genres_or_none, features=features, name=(name or "").strip() or None,
                  replace=replace, **more)  # fmt: skip


def _show_several_genres(home: Home, features: str, genres: list[str]) -> None:
    """Say how many songs are in several of the genres, and what that does."""
    if note := several_genres_note(cache.song_table(home, features).songs, genres):
        st.caption(escape(note) + ".")


def _replace(home: Home, name: str | None) -> bool:
    if (name or "").strip() not in cache.models(home):
        return False
    return st.checkbox(f"Replace the model {escape((name or '').strip())}", key="train-replace")


def _more(features: str) -> dict[str, Any]:
    columns = FEATURE_SETS[features].columns
    offered = [name for name in PIPELINES if name not in NEEDS_MFCC or "mfcc9" in columns]
    pipeline = st.selectbox(
        "Pipeline",
        offered,
        format_func=lambda name: f"{name}: {PIPELINES[name]}",
        key="train-pipeline",
        persist_state="session",
    )
    protocol = st.radio(
        "How to hold songs back for judging",
        list(PROTOCOLS),
        format_func=PROTOCOL_NAMES.__getitem__,
        captions=[PROTOCOL_CAPTIONS[name] for name in PROTOCOLS],
        key="train-protocol",
        persist_state="session",
    )
    drop = st.multiselect(
        "Features to drop",
        list(columns),
        placeholder="none",
        format_func=lambda column: f"{feature_name(column)} ({column})",
        key=f"train-drop-{features}",
        persist_state="session",
        help="Explore shows which features tell genres apart least.",
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    grid = left.toggle(
        "Grid search", key="train-grid", persist_state="session",
        help="Tries many settings of each pipeline. It takes longer and seldom gains much.",
    )  # fmt: skip
    seed = right.number_input(
        "Seed", 0, 2**31 - 1, 0, key="train-seed", persist_state="session",
        help="The same seed gives the same split, and so the same numbers.",
    )  # fmt: skip
    return {
        "pipeline": pipeline, "protocol": protocol, "drop": tuple(drop), "grid": bool(grid),
        "seed": int(seed),
    }  # fmt: skip


def show_cost(home: Home, recipe: Recipe) -> bool:
    """Say how long it will take; False, with the reason, where it cannot be trained."""
    if recipe.name in cache.models(home) and not recipe.replace:
        st.warning(
            f"There is a model called {escape(str(recipe.name))} already: choose another name, or "
            "tick that it is to be replaced.",
            icon=":material/warning:",
        )
        return False
    try:
        if recipe.name:
            model_names.check_name(home, recipe.name, replace=recipe.replace)
        seconds = cache.training_seconds(home, recipe)
    except GenrefitError as error:
        text = str(error)
        st.warning(escape(text[:1].upper() + text[1:]) + ".", icon=":material/warning:")
        return False
    if lines := thin(material(home, recipe), recipe.protocol):
        beside = "warning" if len(lines) == 1 else "warnings"
        st.caption(f"It cannot train like this: see the {beside} beside.")
        return False
    st.caption(cost_sentence(seconds, waiting=waiting_share()))
    return True


def cost_sentence(seconds: float, *, waiting: float) -> str:
    """Return how long a training takes that would take so many seconds on an idle computer.

    `waiting` is how many times as long work takes now, 1 where nothing else runs.
    """
    took = seconds * waiting
    time = f"about {duration(took)}" if took >= QUICK_SECONDS else "less than a minute"
    if waiting < BUSY:
        return f"Takes {time}."
    return f"Takes {time}, for this computer is busy with other things; it tells more as it goes."


def material(home: Home, recipe: Recipe) -> pd.DataFrame:
    """Return how much there is of each genre of a recipe: genre, songs, artists, segments."""
    assert recipe.features is not None
    sizes = cache.sizes(home, recipe.features)
    return sizes if recipe.genres is None else sizes[sizes["genre"].isin(recipe.genres)]


def show_material(home: Home, recipe: Recipe) -> None:
    """Show what there is to learn from, and where it is thin."""
    sizes = material(home, recipe)
    st.markdown("**What it will learn from**")
    most = int(sizes["songs"].max())
    show_table(
        sizes.rename(columns=str.capitalize),
        name="material",
        columns={
            "Songs": st.column_config.ProgressColumn(
                min_value=0, max_value=most, format="%d", width="small"
            ),
            "Artists": st.column_config.NumberColumn(width="small"),
            "Segments": st.column_config.NumberColumn(width="small"),
        },
    )
    for line in thin(sizes, recipe.protocol):
        st.warning(line, icon=":material/warning:")
    least = int(sizes["songs"].min())
    if most > 2 * least:
        st.caption("Genres of few songs weigh more for each song, so that none is drowned out.")


def thin(sizes: pd.DataFrame, protocol: str) -> Sequence[str]:
    """Return a sentence of Markdown for each genre that is too small to split."""
    what = "artists" if protocol == "artist" else "songs"
    return [
        f"**{escape(row['genre'])}** has {count(row[what], what.removesuffix('s'))}: at least "
        f"{LEAST} are needed, one to learn from, one to judge. Collect more of it, or leave it out."
        for row in sizes.to_dict("records")
        if row[what] < LEAST
    ]
