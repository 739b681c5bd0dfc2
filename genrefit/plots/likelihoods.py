"""Likelihoods of one song, drawn by genre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from genrefit.plots.colours import (
    genre_colours,
    genre_patterns,
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
