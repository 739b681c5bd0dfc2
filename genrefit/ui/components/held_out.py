"""The line on a song's card that says whether the model had been trained on this very song."""

from __future__ import annotations

import streamlit as st

from genrefit.scoring import ScoredSong


def show(song: ScoredSong) -> None:
    """Say that a song of the library was judged by a fit that never heard it."""
    if song.held_out:
        st.caption(
            ":material/visibility_off: This song is in your library, and the model was trained on "
            "it: so it was judged here by a fit that never heard it, as on Find and Judge."
        )
