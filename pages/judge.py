"""Judge: how good a model is, where it errs, and how it compares."""

from __future__ import annotations

import streamlit as st

from genrefit.ui import cached, comparing, judging, keeping, mixups, outcome
from genrefit.ui.widgets import empty, page

VIEWS = ("Overview", "Mix-ups", "Curves", "Compare")


def overview(report: dict, card: dict, level: str) -> None:
    """Show numbers, genre by genre, and what the model is."""
    judging.numbers(report, level)
    st.markdown("##### Genre by genre")
    judging.by_genre(report, level)
    with st.expander("How it was made", icon=":material/receipt_long:"):
        judging.details(report, card)


def curves(report: dict, level: str) -> None:
    """Show calibration, the leak gap and the learning curve."""
    left, right = st.columns(2, gap="large")
    with left:
        judging.learning(report)
        judging.reliability(report, level)
    with right:
        judging.leak(report)


with page("Judge", "How far to trust a model: on music that it had never heard.") as home:
    names = keeping.own(home)
    if not names:
        empty("**There is no model to judge yet.**", "train", "Train one",
              icon=":material/school:")  # fmt: skip
        st.stop()
    left, right = st.columns([2, 3], vertical_alignment="bottom", gap="large")
    with left:
        name = keeping.pick(home, names)
    with right:
        keeping.manage(home, name)
    report, card = cached.report(home, name), cached.card(home, name)
    outcome.show(report)
    said = [outcome.strongest(report), mixups.told(report)]
    st.markdown(" ".join(line for line in said if line))
    outcome.cautions(report)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        view = st.segmented_control("View", VIEWS, default=VIEWS[0], required=True,
                                    label_visibility="collapsed", key="judge-view",
                                    persist_state="session")  # fmt: skip
        level = st.segmented_control("Judged by", ("songs", "segments"), default="songs",
                                     required=True, label_visibility="collapsed",
                                     format_func=lambda level: f"By {level}",
                                     key="judge-level", persist_state="session")  # fmt: skip
    if view == "Overview":
        overview(report, card, str(level))
    elif view == "Mix-ups":
        mixups.show(report, str(level))
        if level == "songs":
            mixups.wrong(report)
    elif view == "Curves":
        curves(report, str(level))
    else:
        others = [other for other in names if other != name]
        if not others:
            empty("To compare, there must be a second model.", "train", "Train another",
                  icon=":material/school:")  # fmt: skip
        else:
            other = st.selectbox("Compare with", others, key="judge-other")
            comparing.show(report, cached.report(home, str(other)), str(level))
