"""Home, once there is a model: how good it is, what to ask, what to check; the demo's removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from genrefit.config import Home
from genrefit.formatting import count
from genrefit.ui import cache
from genrefit.ui.layout import confirm, escape, page_link, rerun_with_message
from genrefit.ui.page_run import open_once

if TYPE_CHECKING:
    from genrefit.learning.report import Report

EXAMPLES = 4


def show(home: Home, name: str) -> None:
    """Show what stands in a home whose model in use is `name`."""
    from genrefit.learning import registry

    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Ask for music", anchor=False)
        _show_questions(home, list(cache.card(home, name).genres))
    with right:
        st.subheader("The model in use", anchor=False)
        if registry.is_built_in(name):
            st.markdown(f"**{escape(name)}** needs no training, and was not judged on your songs.")
            page_link("train", "Train one on your songs", icon=":material/school:")
        else:
            _show_quality(cache.report(home, name), name)


def _show_quality(report: Report, name: str) -> None:
    from genrefit.ui.components import report_summary

    st.markdown(f"**{escape(name)}**: {report_summary.quality_sentence(report)}")
    doubtful = len(report.mistakes())
    page_link("judge", "Where it errs", icon=":material/balance:")
    if doubtful:
        page_link(
            "explore",
            f"{count(doubtful, 'song')} to check: labelled as one genre, heard as another",
            icon=":material/fact_check:",
        )


def _show_questions(home: Home, genres: list[str]) -> None:
    """Offer saved queries, and examples over genres that there are; a click asks on Find."""
    from genrefit.query import examples

    if cache.songs(home).empty:
        st.markdown("Once songs are collected, you can ask for them here.")
        return
    saved = {}
    if home.library.exists():
        with open_once(home) as library:
            saved = library.situations()
    asked = None
    if saved:
        chosen = st.pills("Your situations", list(saved), wrap=True, key="home-situation")
        asked = saved[chosen] if chosen else None
    asked = st.pills("For example", examples(genres)[:EXAMPLES], wrap=True, key="home-ask") or asked
    if asked:
        for key in ("home-situation", "home-ask"):
            st.session_state.pop(key, None)
        st.session_state["find-query"] = asked
        st.switch_page("pages/find.py")


def show_demo_removal(home: Home) -> None:
    """Offer to take the demo out again."""
    question = "Remove the demo's genres, its songs and its model? What you added yourself stays."
    if confirm("Remove the demo", question, yes="Yes, remove it", key="demo-remove"):
        from genrefit import demo

        gone = demo.remove(home)
        rerun_with_message(f"The demo is removed, with {count(gone, 'song')}.")
