"""Find: ask the library in one's own words."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.formatting import count
from genrefit.ui import cache
from genrefit.ui.layout import empty_state, page


def pick_model(home: Home) -> str | None:
    """Return the model to ask; there is no choice to show where there is only one."""
    from genrefit.learning import registry
    from genrefit.ui.components import model_picker

    names = cache.models(home)
    if len(names) == 1:
        return registry.in_use(home)
    return model_picker.pick_model(home, names, key="find-model")


with page(
    "Find",
    "Ask your songs in your own words. Labels don't matter here: what counts is how each song "
    "sounds.",
) as home:
    # After the heading: these take long to import the first time.
    from genrefit.ui.components import query_box, stale_notice

    if cache.songs(home).empty:
        empty_state(
            "**There are no songs to look through yet.**",
            "collect",
            "Collect songs",
            icon=":material/download_for_offline:",
        )
        st.stop()
    box, picker = st.columns([3, 1], gap="medium")
    with picker:
        name = pick_model(home)
    if name is None:
        empty_state(
            "**There is no model yet** to tell how songs fit.",
            "train",
            "Train one",
            icon=":material/school:",
        )
        st.stop()
    likelihoods = cache.likelihoods(home, name)
    genres = likelihoods.attrs["genres"]
    stale_notice.show(home, name, key="find")
    with box:
        query = query_box.query_field(genres, key="find-query")
        query_box.show_situations(home, genres, query, key="find-query")
    if likelihoods.empty:
        st.info("No song has been listened to in the way this model needs: collect again.")
    elif query is not None:
        from genrefit.ui.components import search_results

        search_results.show(home, query, likelihoods)
    if likelihoods.attrs["lacking"]:
        lacking = count(likelihoods.attrs["lacking"], "song")
        st.caption(f"{lacking} left out: not listened to yet in the way that {name} needs.")
    with st.expander("How to ask", icon=":material/help:"):
        query_box.show_help(genres, key="find-query")
