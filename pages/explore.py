"""Explore: what the songs' features show, without any model."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.features import FEATURE_SETS
from genrefit.formatting import count
from genrefit.ui import cache
from genrefit.ui.components import feature_charts, song_map
from genrefit.ui.layout import empty_state, escape, page

VIEWS = ("Map of songs", "What tells genres apart", "Two features", "Labels to check")
# Feature sets whose columns mean something to people come first where columns are shown.
NAMED = ("timbre", "classic", "seed")
EAR = (
    "ear1 to ear200 are what single neurons of the network say, and have no names; those that "
    "begin with tag: are its own words for what it hears."
)


def pick_features_and_genres(
    home: Home, sets: dict[str, int], view: str
) -> tuple[str, tuple[str, ...]]:
    """Return the feature set and the genres to look at."""
    by_column = view in VIEWS[1:3]
    order = [n for n in NAMED if n in sets] if by_column else []
    order += [name for name in sets if name not in order]
    left, right = st.columns([1, 2], gap="large")
    features = str(
        left.selectbox(
            "Feature set",
            order,
            key=f"explore-features-{'columns' if by_column else 'songs'}",
            persist_state="session",
            format_func=lambda name: f"{name} ({count(sets[name], 'song')})",
            help="  \n".join(f"**{name}**: {FEATURE_SETS[name].what}" for name in sets),
        )
    )
    available = list(cache.sizes(home, features)["genre"])
    with right:
        chosen = st.pills(
            "Genres",
            available,
            selection_mode="multi",
            wrap=True,
            default=available,
            format_func=escape,
            key=f"explore-genres-{features}",
            persist_state="session",
        )
    if by_column and features == "ear":
        st.caption(EAR)
    return features, tuple(genre for genre in available if genre in (chosen or ()))


with page("Explore", "Look at your music before any model does.") as home:
    sets = cache.feature_sets(home)
    if not sets:
        empty_state(
            "**There are no songs to look at yet.**",
            "collect",
            "Collect songs",
            icon=":material/download_for_offline:",
        )
        st.stop()
    if note := cache.unknown_sets_note(home):
        st.caption(escape(note[:1].upper() + note[1:]) + ".")
    view = st.segmented_control(
        "View",
        VIEWS,
        default=VIEWS[0],
        required=True,
        label_visibility="collapsed",
        key="explore-view",
        persist_state="session",
    )
    features, genres = pick_features_and_genres(home, sets, str(view))
    if not genres:
        st.info("Choose a genre above to see its songs.", icon=":material/info:")
    elif view == VIEWS[0]:
        song_map.show(home, features, genres)
    elif view == VIEWS[3]:
        feature_charts.show_label_checks(home, features, genres)
    elif len(genres) < 2:
        st.info(
            "Choose a second genre above: this shows what tells them apart.",
            icon=":material/info:",
        )
    elif view == VIEWS[1]:
        feature_charts.show_ranking(home, features, genres)
    else:
        feature_charts.show_two(home, features, genres)
