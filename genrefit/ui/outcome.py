"""What a report says, in plain sentences, and shown as a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from genrefit.ui.widgets import percent, plain

UNHEARD = {
    "artist": "songs by artists it never heard",
    "song": "songs it never heard (though it may know their artists)",
    "row": "songs of which it had heard other parts",
}
LEAKY = (
    "**Leaky protocol.** Parts of each song stood on both sides of the split: the numbers say "
    "how well it recognises songs, not how well it knows genres."
)


def verdict(report: Mapping[str, Any]) -> str:
    """Return how good a model is, in two sentences of Markdown."""
    songs = report["songs"]
    right = round(100 * songs["accuracy"])
    unheard = UNHEARD[report["protocol"]]
    low, high = (round(100 * edge) for edge in interval(songs, "accuracy"))
    spread = f", give or take {round((high - low) / 2)} ({low} to {high})" if high > low else ""
    most = round(100 * songs["majority"])
    return (
        f"Right for **{right} of 100** {unheard}{spread}. "
        f"Always guessing the biggest genre would give {most}."
    )


def footing(report: Mapping[str, Any]) -> str:
    """Return on how many songs a report stands."""
    splits = report["splits"]
    judged, heard = (
        splits["validation"]["songs"],
        splits["train"]["songs"] + splits["test"]["songs"],
    )
    text = (
        f"Judged on {judged:,} songs it had not learned from, after learning from {heard:,}; "
        "the interval is where the number would lie in 95 of 100 such draws of artists."
    )
    every = report.get("cross_validated", {}).get("songs")
    if every is None or report["protocol"] == "row":
        return text
    low, high = interval(every, "accuracy")
    return (
        f"{text} A surer number, over all songs, each judged by a fit that had not heard it: "
        f"**{percent(every['accuracy'])}** ({round(100 * low)} to {round(100 * high)})."
    )


def interval(level: Mapping[str, Any], metric: str) -> tuple[float, float]:
    """Return a metric's 95 % interval; of no width where there is none."""
    value = level[metric]
    low, high = level.get("intervals", {}).get(metric, (value, value))
    return float(low), float(high)


def show(report: Mapping[str, Any]) -> None:
    """Show how good a model is: the sentence, large, and what to keep in mind."""
    st.markdown(f"#### {verdict(report)}")
    st.caption(footing(report))
    if report["protocol"] == "row":
        st.warning(LEAKY, icon=":material/warning:")
    warnings = list(report.get("warnings", ()))
    if warnings:
        with st.expander(f"Keep in mind ({len(warnings)})", icon=":material/info:"):
            for line in warnings:
                st.markdown("- " + plain(line[:1].upper() + line[1:]))


def strongest(report: Mapping[str, Any]) -> str:
    """Return which genre it knows best and which least, in a sentence of Markdown."""
    recall = {genre: each["recall"] for genre, each in report["songs"]["genres"].items()}
    best, worst = max(recall, key=lambda g: recall[g]), min(recall, key=lambda g: recall[g])
    if recall[best] == recall[worst]:
        return f"It finds {percent(recall[best])} of the songs of every genre."
    return (
        f"It knows **{plain(best)}** best (finds {percent(recall[best])} of its songs) and "
        f"**{plain(worst)}** least ({percent(recall[worst])})."
    )
