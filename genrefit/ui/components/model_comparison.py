"""Two models side by side: their numbers, their matrices, and how these differ."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from genrefit.learning.report import Report
from genrefit.ui.components import confusion, metric_text
from genrefit.ui.components.charts import show_figure
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import escape, is_dark

LESS_IS_BETTER = ("log_loss", "ece")


def show(ours: Report, theirs: Report, level: str) -> None:
    """Show two models' reports side by side."""
    for line in caveats(ours, theirs):
        st.warning(line, icon=":material/info:")
    show_table(
        numbers(ours, theirs, level),
        name=f"compare-{ours.model}-{theirs.model}",
        columns={"Difference": st.column_config.TextColumn(
            f"{ours.model} is", help=f"Beside {theirs.model}, in percentage points."
        )},
    )  # fmt: skip
    st.caption(
        "In brackets: 95 % intervals. Where they overlap widely, the difference may be chance."
        + (" These numbers are over all songs, the matrices of the songs held back."
           if _over_all(ours, theirs) else "")
    )  # fmt: skip
    kind = confusion.pick_kind("compare-kind")
    from genrefit import plots

    left, right = st.columns(2, gap="large")
    for column, report, side in ((left, ours, "ours"), (right, theirs, "theirs")):
        with column:
            st.markdown(f"**{escape(str(report.model))}**")
            show_figure(
                plots.matrix(confusion.counts(report, level), kind=kind, of=level, dark=is_dark()),
                key=f"compare-{side}",
                alt=f"{kind} matrix of {report.model}",
            )
    st.markdown(f"**{escape(str(ours.model))}** less **{escape(str(theirs.model))}**")
    st.caption(
        "Blue: the first has more there; orange: less. On the diagonal blue is good, off it orange."
    )
    show_figure(
        plots.matrix(
            confusion.counts(ours, level),
            kind=kind,
            difference=confusion.counts(theirs, level),
            of=level,
            dark=is_dark(),
        ),
        key="compare-difference",
        alt="Difference of the two matrices in percentage points",
    )


def caveats(ours: Report, theirs: Report) -> list[str]:
    """Return, in sentences of Markdown, why two models' numbers cannot simply be compared."""
    lines = []
    if ours.protocol != theirs.protocol:
        lines.append(
            f"They were judged differently (by {ours.protocol} and by {theirs.protocol}): "
            "the numbers cannot be compared."
        )
    if set(ours.genres) != set(theirs.genres):
        lines.append("They know different genres: fewer or plainer ones are easier to tell apart.")
    judged = [{song.song_id for song in report.validation} for report in (ours, theirs)]
    if judged[0] != judged[1] and not lines:
        lines.append("They were judged on different songs: small differences may be chance.")
    return lines


def numbers(ours: Report, theirs: Report, level: str) -> pd.DataFrame:
    """Return the metrics of both with their intervals, and the difference.

    Over songs they are of the songs held back, unless both models' verdicts lead with all songs.
    """
    all_songs = _over_all(ours, theirs)
    here, there = (r.headline(level) if all_songs else r.level(level) for r in (ours, theirs))
    rows = []
    for metric, (name, _, _) in metric_text.METRICS.items():
        row = {"Metric": name}
        for report, metrics in ((ours, here), (theirs, there)):
            interval = metric_text.interval_text(metric, metrics)
            row[str(report.model)] = (
                f"{metric_text.value_text(metric, getattr(metrics, metric))} ({interval})"
            )
        row["Difference"] = _difference(getattr(here, metric) - getattr(there, metric), metric)
        rows.append(row)
    return pd.DataFrame(rows)


def _over_all(ours: Report, theirs: Report) -> bool:
    leads = {report.headline_source() for report in (ours, theirs)}
    return leads == {"cross_validated"}


def _difference(gap: float, metric: str) -> str:
    """Return in words how much better or worse a metric is."""
    share = metric_text.METRICS[metric][1]
    size = f"{abs(100 * gap):.0f}" if share else f"{abs(gap):.2f}"
    if float(size) == 0:
        return "the same"
    unit = (" point" if size == "1" else " points") if share else ""
    better = (gap < 0) == (metric in LESS_IS_BETTER)
    return f"{size}{unit} {'better' if better else 'worse'}"
