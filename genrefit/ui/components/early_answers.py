"""What can be asked before any song is collected, and by what it is answered."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.learning import registry
from genrefit.library import genres as definitions
from genrefit.ui import cache
from genrefit.ui.layout import escape, page_link


def show(home: Home, name: str) -> None:
    """Say by what a dropped song is answered where no model of the user's is in use."""
    if name == registry.TAGS:
        fewer = len(definitions.read(home)) < 2
        st.caption(
            "Answered by the pretrained ear: it hears broad genres, not yet your own."
            + (" Name two genres, and it answers over those." if fewer else "")
        )
    elif name == registry.NAMES:
        genres = ", ".join(escape(genre) for genre in cache.card(home, name).genres)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"It is answered at once over your genres ({genres}), by what their names stand "
                "for: no song needs to be collected first. Your songs make it better.",
                width="stretch",
            )
            page_link("genres", "What they stand for", icon=":material/sell:")
            if not cache.songs(home).empty:
                page_link("find", "Find songs", icon=":material/search:")
