"""Songs of unknown artists, and names that may be one artist."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import count
from genrefit.ui import cache
from genrefit.ui.components.tables import show_table, table_height
from genrefit.ui.layout import escape, rerun_with_message
from genrefit.ui.page_run import open_once

SHOWN = 5


def show(home: Home) -> None:
    """List them; two names are made one at a click."""
    nobody, alike = cache.artists_to_check(home)
    st.markdown("##### Artists")
    if not nobody and not alike:
        st.caption("Every song has an artist, and no two names look like one.")
        return
    if nobody:
        whole = len(cache.songs(home))
        st.caption(
            f"{count(len(nobody), 'song')} of {whole:,} by an unknown artist: each counts as an "
            "artist of its own, so songs of one may stand on both sides when a model is judged."
        )
        with st.expander(f"The {count(len(nobody), 'song')}", icon=":material/person_off:"):
            frame = pd.DataFrame(nobody, columns=["Song", "Genres"])
            show_table(frame, name="unknown-artists", height=table_height(len(frame), most=317))
    for number, pair in enumerate(alike[:SHOWN]):
        first, second = pair.names
        with st.container(horizontal=True, vertical_alignment="center", key=f"alike-{number}"):
            st.markdown(
                f"**{escape(first)}** and **{escape(second)}**: {escape(pair.why)}.",
                width="stretch",
            )
            if st.button(f"Both are {escape(first)}", key=f"one-artist-{number}"):
                with open_once(home) as library:
                    renamed = library.rename_artist(second, first)
                rerun_with_message(f"{count(renamed, 'song')} by {first} now.")
    if len(alike) > SHOWN:
        st.caption(f"{len(alike) - SHOWN:,} more pairs: genrefit artists lists all.")
