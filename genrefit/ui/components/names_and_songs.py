"""What genres' names give a model, beside what its songs give."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from genrefit.learning.report import LevelMetrics, Report
from genrefit.ui.components.metric_text import interval_text, value_text
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import escape, page_link

SHOWN = ("accuracy", "balanced_accuracy", "log_loss")


def show(report: Report) -> None:
    """Show how right names alone, songs alone and both are, on the same songs."""
    voices = report.voices
    if voices is None:
        return
    st.markdown("##### Names against songs")
    st.markdown(" ".join(escape(sentence) for sentence in voices.sentences))
    show_table(
        numbers({"Names alone": voices.names, "Songs alone": voices.songs, "Both": voices.both}),
        name=f"judge-{report.model}-voices",
    )
    st.caption(
        "All on the same songs; in brackets: 95 % intervals. For answers, what songs and names say "
        f"weighs as {voices.weights['songs']:.2f} to {voices.weights['names']:.2f}."
    )
    page_link("genres", "What the names stand for", icon=":material/sell:")


def numbers(voices: dict[str, LevelMetrics]) -> pd.DataFrame:
    """Return a row a voice: accuracy, balanced accuracy and log loss with their intervals."""
    rows = [
        (voice, *(_with_interval(metric, metrics) for metric in SHOWN))
        for voice, metrics in voices.items()
    ]
    return pd.DataFrame(rows, columns=["By", "Accuracy", "Balanced accuracy", "Log loss"])


def _with_interval(metric: str, metrics: LevelMetrics) -> str:
    value = value_text(metric, getattr(metrics, metric))
    return f"{value} ({interval_text(metric, metrics)})" if metrics.intervals else value
