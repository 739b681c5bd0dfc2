"""Judge: how good a model is, where it errs, and how it compares."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.learning.report import ModelCard, Report
from genrefit.ui import cache
from genrefit.ui.components import (
    collect_next,
    confusion,
    judgement,
    model_comparison,
    model_picker,
    names_and_songs,
    report_summary,
    robustness,
    stale_notice,
)
from genrefit.ui.layout import empty_state, page

VIEWS = ("Overview", "Mix-ups", "Curves", "Robustness", "Compare")


def overview(report: Report, card: ModelCard, level: str) -> None:
    """Show numbers, genre by genre, and what the model is."""
    judgement.show_numbers(report, level)
    names_and_songs.show(report)
    st.markdown("##### Genre by genre")
    judgement.show_genres(report, level)
    with st.expander("How it was made", icon=":material/receipt_long:"):
        judgement.show_details(report, card)


def curves(home: Home, report: Report, level: str) -> None:
    """Show calibration, the leak gap and the learning curve."""
    left, right = st.columns(2, gap="large")
    with left:
        judgement.show_learning_curve(report)
        collect_next.show(home, str(report.model))
        judgement.show_reliability(report, level)
    with right:
        judgement.show_leak(report)


with page("Judge", "How far to trust a model: on music that it had never heard.") as home:
    names = model_picker.own_models(home)
    if not names:
        empty_state("**There is no model to judge yet.**", "train", "Train one",
              icon=":material/school:")  # fmt: skip
        st.stop()
    left, right = st.columns([2, 3], vertical_alignment="bottom", gap="large")
    with left:
        name = model_picker.pick_model(home, names, key="judge-model", persist=True)
        assert name is not None
    with right:
        model_picker.show_actions(home, name)
    report, card = cache.report(home, name), cache.card(home, name)
    stale_notice.show(home, name, key="judge")
    report_summary.show(report)
    sentences = [report_summary.strongest_sentence(report), confusion.commonest_mix_up(report)]
    st.markdown(" ".join(line for line in sentences if line))
    report_summary.show_cautions(report)
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
        confusion.show(home, name, report, str(level))
        if level == "songs":
            confusion.show_wrong(report)
    elif view == "Curves":
        curves(home, report, str(level))
    elif view == "Robustness":
        robustness.show(home, name)
    else:
        others = [other for other in names if other != name]
        if not others:
            empty_state("To compare, there must be a second model.", "train", "Train another",
                  icon=":material/school:")  # fmt: skip
        else:
            other = st.selectbox("Compare with", others, key="judge-other")
            model_comparison.show(report, cache.report(home, str(other)), str(level))
