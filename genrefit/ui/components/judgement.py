"""How good a model is: numbers with intervals, genre by genre, and curves with their meaning."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from genrefit.formatting import count, duration, percent
from genrefit.learning.report import ModelCard, Report
from genrefit.plots.curves import MANY
from genrefit.ui.components.charts import show_figure
from genrefit.ui.components.metric_text import METRICS, interval_text, value_text
from genrefit.ui.components.report_summary import (
    UNHEARD,
    judged_songs,
    level_metrics,
)
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import escape


def show_numbers(report: Report, level: str) -> None:
    """Show the metrics of a level with their 95 % intervals."""
    metrics = level_metrics(report, level)
    with st.container(horizontal=True):
        for metric, (name, share, what) in METRICS.items():
            between = interval_text(metric, metrics) + (" %" if share else "")
            st.metric(
                name, value_text(metric, getattr(metrics, metric)), between, delta_color="off",
                delta_arrow="off", help=what, border=True,
            )  # fmt: skip
    st.caption(
        f"{_basis(report, level)} Below each number: its 95 % interval, by resampling artists. "
        f"Always guessing the biggest genre would be right for {percent(metrics.majority)}; "
        f"guessing evenly has a log loss of {_even(report):.2f}."
    )


def _basis(report: Report, level: str) -> str:
    """Return in a sentence what the numbers of a level were made on."""
    if report.headline_source() == "cross_validated":
        return (
            f"Over all {count(judged_songs(report), 'song')}, each judged by a fit that had not "
            "heard it."
        )
    return f"On the {count(report.splits['validation'].songs, 'song')} held back."


def _even(report: Report) -> float:
    from math import log

    return log(len(report.genres))


def show_genres(report: Report, level: str) -> None:
    """Show how well each genre is known."""
    rows = [
        (genre, m.recall, m.precision, m.f1, m.jaccard, m.support)
        for genre, m in level_metrics(report, level).genres.items()
    ]
    names = ["Genre", "Recall", "Precision", "F1", "Jaccard", level.capitalize()]
    help_ = {
        "Recall": f"Of its {level}, the share that it finds.",
        "Precision": f"Of the {level} that it takes for this genre, the share that are.",
        "F1": "The harmonic mean of recall and precision.",
        "Jaccard": "Hits / (hits + misses + false alarms).",
    }
    show_table(
        pd.DataFrame(rows, columns=names).round(2),
        name=f"judge-{report.model}-{level}-genres",
        columns={
            name: st.column_config.ProgressColumn(
                help=text, min_value=0, max_value=1, format="percent", width=125
            )
            for name, text in help_.items()
        }
        | {names[-1]: st.column_config.NumberColumn(help="How many were judged.", width="small")},
    )
    if sentence := grain_sentence(report, level):
        st.caption(sentence)


def grain_sentence(report: Report, level: str) -> str:
    """Return how much a single one moves the numbers of the smallest genre."""
    support = {genre: m.support for genre, m in level_metrics(report, level).genres.items()}
    least = min(support, key=lambda genre: support[genre])
    step = 100 / max(1, support[least])
    if step < 1:
        return ""
    one = level.removesuffix("s")
    return (
        f"Of {escape(least)} {count(support[least], one)} were judged: a single one moves its "
        f"recall by {step:.0f} points."
    )


def show_reliability(report: Report, level: str) -> None:
    """Show whether its likelihoods mean what they say."""
    from genrefit import plots

    st.markdown("##### Do its likelihoods mean what they say?")
    show_figure(
        plots.reliability(report.headline_reliability(level), of=level),
        key=f"reliability-{level}",
        alt=f"How often guesses are right against how likely they were said to be, by {level}",
    )
    ece = report.headline(level).ece
    n = sum(bin_.n for bin_ in report.headline_reliability(level))
    few = f" With {count(n, level.removesuffix('s'))}, a small dot may lie anywhere."
    st.caption(
        "On the dashed line, what it calls 70 % likely is right 70 times of 100; below it, it is "
        f"too sure of itself. On average it is off by {percent(ece)}. Bigger dots stand for more "
        f"{level}.{few if n < MANY else ''}"
    )


def show_leak(report: Report) -> None:
    """Show what a leaky split would have claimed, and why that is wrong."""
    from genrefit import plots

    st.markdown("##### What a leak would have claimed")
    show_figure(
        plots.leak_gap(report), key="leak", alt="Accuracy under a leaky and an honest split"
    )
    if report.protocol == "row":
        st.caption("This model was itself judged by the leaky split. Train one by artist to see "
                   "how it does on music it has not heard.")  # fmt: skip
        return
    st.caption(leak_sentences(report))


def leak_sentences(report: Report) -> str:
    """Return in sentences of Markdown what the leaky split claims, and what is true."""
    leaky = report.row_protocol["segments"].accuracy
    honest = report.headline("segments")
    own, between = honest.accuracy, interval_text("accuracy", honest)
    more = (
        "What it claims beyond that is not knowledge of genres."
        if leaky > own
        else "Here the leak would have gained nothing, which is chance or few songs."
    )
    return (
        f"Split by rows, 10-second pieces of one song land on both sides: the model then only "
        f"has to recognise the song, and would have claimed **{percent(leaky)}** of segments. On "
        f"{UNHEARD[report.protocol]} it is **{percent(own)}** ({between}). {more}"
    )


def show_learning_curve(report: Report) -> None:
    """Show what more songs would bring, and of what."""
    from genrefit import plots

    st.markdown("##### What to collect next")
    points = report.learning_curve
    show_figure(plots.learning_curve(points), key="learning", alt="Accuracy by songs learned from")


def show_details(report: Report, card: ModelCard) -> None:
    """Show what the model is and how it came about."""
    parameters = ", ".join(f"{k} = {v:g}" for k, v in report.parameters.items()
                           if isinstance(v, int | float))  # fmt: skip
    splits = ", ".join(
        f"{name} {count(part.songs, 'song')} of {count(part.artists, 'artist')}"
        for name, part in report.splits.items()
    )
    dropped = ", ".join(report.dropped or ()) or "none"
    st.markdown(
        f"- **Pipeline** {escape(report.pipeline)} ({escape(parameters) or 'no parameters'})\n"
        f"- **Features** {escape(report.features)}, dropped: {escape(dropped)}\n"
        f"- **Protocol** {escape(report.protocol)}: {report.protocol_means or ''}\n"
        f"- **Split** {splits}, seed {report.seed}\n"
        f"- **Trained** {_when(card.date)}, in {duration(report.seconds)}"
    )
    tried = report.candidates or ()
    if len(tried) > 1:
        st.markdown("What was tried (log loss over songs in folds, less is better):")
        # Their accuracies are left out: they have no interval, and choose nothing.
        rows = [
            (c.pipeline, ", ".join(f"{k}={v:g}" for k, v in c.parameters.items()),
             c.log_loss)
            for c in sorted(tried, key=lambda c: c.log_loss)
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=["Pipeline", "Parameters", "Log loss"])
        show_table(frame, name=f"tried-{report.model}",
              columns={"Log loss": st.column_config.NumberColumn(format="%.2f")})  # fmt: skip


def _when(date: str | None) -> str:
    """Return an ISO date and time in words."""
    if not date:
        return "at an unknown time"
    moment = datetime.fromisoformat(date)
    return f"on {moment.day} {moment:%B %Y} at {moment:%H:%M}"
