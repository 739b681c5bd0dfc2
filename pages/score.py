"""Score: what a model makes of songs that are dropped here, or of an address."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.features import ear_is_ready
from genrefit.ui import cache
from genrefit.ui.components import (
    job_progress,
    model_picker,
    model_text,
    query_box,
    scored_songs,
    song_drop,
    stale_notice,
)
from genrefit.ui.components.score_session import session_songs
from genrefit.ui.layout import empty_state, page

EXAMPLES = 3  # so many fit in a row beside the model: the question is optional here


def show_no_model(home: Home) -> None:
    """Say how to come by a model."""
    empty_state(
        "**There is no model yet** to score songs with.",
        "train",
        "Train one",
        icon=":material/school:",
    )
    if not ear_is_ready(home):
        st.markdown(
            "Or fetch the pretrained ear (29 MB, once): it answers before any training, for "
            "common genres."
        )
        busy = job_progress.running(home, "ear")
        if st.button("Fetch the ear", icon=":material/hearing:", disabled=busy, key="score-ear"):
            job_progress.start(home, "ear", {})
        job_progress.watch(home, "ear")


with page(
    "Score",
    "Drop a song and see how well it fits your genres: as a whole, and moment by moment.",
) as home:
    main, side = st.columns([3, 1], gap="medium")
    with side:
        name = model_picker.pick_model(home, cache.models(home), key="score-model")
    if name is None:
        with main:
            show_no_model(home)
        st.stop()
    genres = list(cache.card(home, name).genres)
    with side:
        if what := model_text.introduction(home, name):
            st.caption(what)
        st.caption("Knows " + ", ".join(genres))
    with main:
        stale_notice.show(home, name, key="score")
    query = None
    with main:
        by_file, by_address = st.tabs(
            [":material/upload_file: Drop songs", ":material/link: Address or folder"]
        )
        with by_file:
            song_drop.show_uploader(home, model=name, key="score")
        with by_address:
            song_drop.show_address_box(home, model=name, key="score-at")
        if session_songs(home):
            label = "Does it fit? Ask in your own words (optional)"
            query = query_box.query_field(genres, key="score-query", label=label, examples=EXAMPLES)
            query_box.show_situations(home, genres, query, key="score-query")
    if session_songs(home):
        scored_songs.show_all(home, query)
