"""What a genre's name is taken for: in words, and its editor."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.learning.likeness import likeness, say_like
from genrefit.learning.name_table import in_words, known_tags
from genrefit.records import Genre
from genrefit.ui.layout import escape, rerun_with_message

UNKNOWN = "its name does not tell"


def sounds_like(genre: Genre) -> str:
    """Return what a genre sounds like by its name, or by what a person said."""
    return ", ".join(in_words(likeness(genre).tags)) or UNKNOWN


def show_editor(home: Home, genre: Genre) -> None:
    """Let the user say what a genre sounds like, or return to what its name says."""
    like, shown = likeness(genre), list(in_words(likeness(genre).tags))
    tags = st.multiselect(
        "Sounds like",
        in_words(known_tags()),
        default=shown,
        placeholder="Its name does not tell: choose words that fit",
        help="The words that the pretrained ears know. They answer over your genres before any "
        "song is collected, and beside your songs later; the strongest of them counts.",
        key=f"likeness-{genre.name}-{'|'.join(like.tags)}",
    )
    with st.container(horizontal=True):
        if set(tags) != set(shown) and st.button("Save", type="primary", key="likeness-save"):
            say_like(home, genre.name, tags)
            rerun_with_message(f"Saved what {escape(genre.name)} sounds like.")
        if like.chosen and st.button("As its name says", key="likeness-reset"):
            say_like(home, genre.name, None)
            rerun_with_message(f"{escape(genre.name)} is taken for what its name says again.")
