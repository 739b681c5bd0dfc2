"""Likelihoods of one song, drawn: by genre, and segment by segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from genrefit.config import SEGMENT_SECONDS
from genrefit.formatting import clock
from genrefit.plots.colours import (
    genre_colours,
    genre_patterns,
    plain_text,
    styled,
)

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def likelihood_bars(
    likelihoods: Mapping[str, float], *, known: Sequence[str] | None = None
) -> Figure:
    """Draw one song's likelihoods by genre, the likeliest on top; customdata is the genre."""
    from plotly.graph_objects import Bar, Figure

    ranked = sorted(likelihoods.items(), key=lambda item: item[1])
    names = [genre for genre, _ in ranked]
    colours, patterns = genre_colours(names, known=known), genre_patterns(names, known=known)
    figure = Figure(
        Bar(
            x=[100 * p for _, p in ranked],
            y=names,
            orientation="h",
            customdata=names,
            marker={
                "color": [colours[genre] for genre in names],
                "pattern": {"shape": [patterns[genre] for genre in names]},
            },
            text=[f"{p:.0%}" for _, p in ranked],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1f}%<extra></extra>",
        )
    )
    styled(figure, x="likelihood (%)", y="genre", height=120 + 30 * len(names))
    figure.update_xaxes(range=[0, 108], tickvals=[0, 25, 50, 75, 100])
    figure.update_yaxes(type="category")
    return figure


def likelihoods_over_time(
    timeline: Sequence[Mapping[str, Any]],
    *,
    seconds: float | None = None,
    known: Sequence[str] | None = None,
) -> Figure:
    """Draw each segment's likelihoods as a stack over its time in the song.

    `timeline` is a list of {"start": seconds, "likelihoods": {genre: p}}; customdata of a bar is
    its start in seconds. A song's last segment may be shorter than the others: with `seconds`, the
    song's length, its bar ends there. Silent moments, which are no segments, stay empty.
    """
    from plotly.graph_objects import Bar, Figure

    starts = [float(segment["start"]) for segment in timeline]
    ends = [min(start + SEGMENT_SECONDS, seconds or np.inf) for start in starts]
    last = max([seconds or 0.0, *ends]) or SEGMENT_SECONDS
    names = list(timeline[0]["likelihoods"]) if timeline else []
    colours, patterns = genre_colours(names, known=known), genre_patterns(names, known=known)
    figure = Figure()
    for genre in names:
        figure.add_trace(
            Bar(
                x=starts,
                y=[100 * segment["likelihoods"][genre] for segment in timeline],
                name=genre,
                width=[end - start for start, end in zip(starts, ends, strict=True)],
                offset=0,
                customdata=starts,
                marker={
                    "color": colours[genre],
                    "pattern": {"shape": patterns[genre]},
                    "line": {"width": 0},
                },
                text=[clock(start) for start in starts],
                textposition="none",
                hovertemplate=f"from %{{text}} on: %{{y:.0f}}% {plain_text(genre)}<extra></extra>",
            )
        )
    styled(figure, x="time in the song (s)", y="likelihood (%)", height=320)
    figure.update_layout(barmode="stack", bargap=0, legend={"traceorder": "normal"})
    # Left to itself plotly leaves room before the first bar and after the last.
    figure.update_xaxes(range=[0, last], showgrid=False)
    figure.update_yaxes(range=[0, 100])
    return figure
