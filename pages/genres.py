"""Genres: what they are called, and where their songs come from."""

from __future__ import annotations

import streamlit as st

from genrefit.library import genres as definitions
from genrefit.ui import cache
from genrefit.ui.components import add_music, genre_editor, history_list
from genrefit.ui.layout import page, page_link

with page(
    "Genres",
    "A genre is a name and some music that stands for it. About a hundred songs by many artists "
    "make a good one; twenty are enough to try.",
) as home:
    known = cache.genres(home)
    if known:
        genre_editor.show_genres(home, known)
        page_link("collect", "Next: collect their songs", icon=":material/download_for_offline:")
        genre_editor.show_editor(home, known)
        add_music.show_form(home, known)
        if not set(definitions.example()) & set(known):
            with st.expander("Add the ten example genres"):
                genre_editor.show_example_button(home)
    else:
        st.markdown("**There are no genres yet.** Add your first one, or start from an example.")
        own, example = st.columns([3, 2])
        with own:
            add_music.show_form(home, known)
        with example:
            genre_editor.show_example(home)
    history_list.show(home)
