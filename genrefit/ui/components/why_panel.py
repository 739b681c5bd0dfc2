"""Why: songs alike to hear, segments that spoke, and the words and features that weighed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from genrefit.config import Home
from genrefit.formatting import clock, percent
from genrefit.plots.feature_names import feature_name
from genrefit.query import Query
from genrefit.scoring.why import AlikeSong, Moment, Weight, Why
from genrefit.sources.urls import is_url
from genrefit.ui.components.player import mime_type
from genrefit.ui.layout import escape


def ask(key: str) -> bool:
    """Show the switch; True where the user wants to know."""
    return st.toggle("Why?", key=f"why-{key}", help="What spoke for it, to hear and to read.")


def show(home: Home, told: Why, *, key: str, query: Query | None = None) -> None:
    """Show what spoke for the first of two genres, and what for the second, side by side."""
    first, second = told.genres
    if query is not None:
        st.caption(f"About the genres of {escape(str(query))}.")
    sides = (
        (first, told.spoke_for, told.weighed_for),
        (second, told.spoke_against, told.weighed_against),
    )
    for column, (genre, moments, weights) in zip(st.columns(2, gap="medium"), sides, strict=True):
        with column:
            st.markdown(f"**What spoke for {escape(genre)}**")
            st.markdown(
                "- " + moments_sentence(moments, genre) + "\n- " + weights_sentence(weights)
            )
            _show_alike(told.alike[genre], genre, f"{key}-{genre}")
    if told.unnamed:
        side = first if told.unnamed > 0 else second
        st.caption(
            f"Beside what has a name, the ear's nameless neurons spoke for {escape(side)} in sum."
        )


def moments_sentence(moments: Sequence[Moment], genre: str) -> str:
    """Return in a sentence of Markdown which segments spoke most for a genre."""
    if not moments:
        return "No segment of its own."
    times = [f"**{clock(m.start)}** ({percent(m.likelihoods[genre])})" for m in moments]
    return f"The segments from {' and '.join(times)}."


def weights_sentence(weights: Sequence[Weight]) -> str:
    """Return in a sentence of Markdown what weighed most, the most first."""
    if not weights:
        return "Nothing that has a name."
    return "It hears: " + ", ".join(f"**{escape(feature_name(w.feature))}**" for w in weights) + "."


def _show_alike(songs: Sequence[AlikeSong], genre: str, key: str) -> None:
    """Show the songs of a genre that are most alike, each with its player."""
    if not songs:
        st.caption(f"Your library has no other song of {escape(genre)} to compare with.")
        return
    st.caption(f"Your songs of {escape(genre)} that sound most like it:")
    for song in songs:
        name = f"{song.title} – {song.artist}" if song.artist else song.title
        path = Path(song.address)
        if is_url(song.address):
            st.markdown(f"[{escape(name)}]({song.address})")
            continue
        st.markdown(escape(name))
        if path.is_absolute() and path.is_file():
            st.audio(song.address, format=mime_type(path.suffix), alt=f"Player of {name}")
