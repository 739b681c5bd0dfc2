"""Two models side by side: their numbers, their matrices, and how these differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from genrefit.ui import judging, mixups
from genrefit.ui.outcome import interval
from genrefit.ui.pictures import picture
from genrefit.ui.widgets import plain, table


def show(ours: Mapping[str, Any], theirs: Mapping[str, Any], level: str) -> None:
    """Show two models' reports side by side."""
    for line in caveats(ours, theirs):
        st.warning(line, icon=":material/info:")
    table(
        numbers(ours, theirs, level),
        name=f"compare-{ours['model']}-{theirs['model']}",
        columns={"Difference": st.column_config.TextColumn(help="The first less the second.")},
    )
    kind = mixups.kind_picker("compare-kind")
    from genrefit import plots

    left, right = st.columns(2, gap="large")
    for column, report, side in ((left, ours, "ours"), (right, theirs, "theirs")):
        with column:
            st.markdown(f"**{plain(report['model'])}**")
            picture(
                plots.matrix(mixups.counts(report, level), kind=kind, of=level),
                key=f"compare-{side}",
                alt=f"{kind} matrix of {report['model']}",
            )
    st.markdown(f"**{plain(ours['model'])}** less **{plain(theirs['model'])}**")
    st.caption(
        "Blue: the first has more there; orange: less. On the diagonal blue is good, off it orange."
    )
    picture(
        plots.matrix(
            mixups.counts(ours, level),
            kind=kind,
            difference=mixups.counts(theirs, level),
            of=level,
        ),
        key="compare-difference",
        alt="Difference of the two matrices in percentage points",
    )


def caveats(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return, in sentences of Markdown, why two models' numbers cannot simply be compared."""
    found = []
    if ours["protocol"] != theirs["protocol"]:
        found.append(
            f"They were judged differently (by {ours['protocol']} and by {theirs['protocol']}): "
            "the numbers cannot be compared."
        )
    if set(ours["genres"]) != set(theirs["genres"]):
        found.append("They know different genres: fewer or plainer ones are easier to tell apart.")
    judged = [{song["song_id"] for song in report["validation"]} for report in (ours, theirs)]
    if judged[0] != judged[1] and not found:
        found.append("They were judged on different songs: small differences may be chance.")
    return found


def numbers(ours: Mapping[str, Any], theirs: Mapping[str, Any], level: str) -> pd.DataFrame:
    """Return the metrics of both with their intervals, and the difference."""
    rows = []
    for metric, (name, share, _) in judging.METRICS.items():
        row = {"Metric": name}
        for report in (ours, theirs):
            low, high = interval(report[level], metric)
            edges = f"{100 * low:.0f} to {100 * high:.0f}" if share else f"{low:.2f} to {high:.2f}"
            row[report["model"]] = f"{judging.value(metric, report[level][metric])} ({edges})"
        gap = ours[level][metric] - theirs[level][metric]
        row["Difference"] = f"{100 * gap:+.0f} points" if share else f"{gap:+.2f}"
        rows.append(row)
    return pd.DataFrame(rows)
