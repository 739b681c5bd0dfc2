"""What genres' names are taken for, and its editor."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.learning.likeness import Likeness, likeness, say_like
from genrefit.learning.name_table import in_words, known_tags
from genrefit.records import Genre
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import escape, rerun_with_message, show_errors


def show(home: Home, known: Mapping[str, Genre]) -> None:
    """Show what each genre sounds like by its name, and let the user change it."""
    with st.container(border=True, key="likeness"), show_errors():
        st.subheader("What their names stand for", anchor=False)
        st.markdown(
            "The pretrained ears know these words. From two genres on they answer at once, before "
            "any song is collected, and your songs then make the answers better."
        )
        taken = {name: likeness(genre) for name, genre in known.items()}
        rows = [(name, _words(like), _by(like)) for name, like in taken.items()]
        show_table(
            pd.DataFrame(rows, columns=["Genre", "Sounds like", "Says"]),
            name="names",
            columns={"Sounds like": st.column_config.TextColumn(width="large")},
        )
        name = st.selectbox(
            "Change one", list(known), index=None, placeholder="Choose a genre", key="likeness-of"
        )
        if name in taken:
            _show_editor(home, taken[name])


def _words(like: Likeness) -> str:
    return ", ".join(in_words(like.tags)) or "not known: its songs alone will tell"


def _by(like: Likeness) -> str:
    return "you" if like.chosen else "its name"


def _show_editor(home: Home, like: Likeness) -> None:
    name = like.genre
    tags = st.multiselect(
        f"{escape(name)} sounds like",
        in_words(known_tags()),
        default=list(in_words(like.tags)),
        help="The strongest of these counts. Leave it empty if no word fits.",
        key=f"likeness-tags-{name}-{'|'.join(like.tags)}",
    )
    with st.container(horizontal=True):
        changed = set(tags) != set(in_words(like.tags))
        if st.button("Save", type="primary", disabled=not changed, key="likeness-save"):
            say_like(home, name, tags)
            rerun_with_message(f"{name}: saved what it sounds like.")
        if like.chosen and st.button("As its name says", key="likeness-reset"):
            say_like(home, name, None)
            rerun_with_message(f"{name} is taken for what its name says again.")
