"""Features by genre, drawn: their distributions, and how well they tell genres apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genrefit.plots.colours import ACCENT, genre_colours, plain_text, styled, table_genres
from genrefit.plots.feature_names import explanation, feature_name, unit
from genrefit.records import Table

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_PER_VIOLIN = 2_000
"""A violin's shape does not change with more segments than these, a page's weight does."""


def distributions(
    table: Table, column: str, *, genres: Sequence[str], known: Sequence[str] | None = None
) -> Figure:
    """Draw how one feature's values over segments are spread in each of `genres`.

    Of more than 2,000 segments of a genre, 2,000 evenly spaced ones are drawn.
    """
    from plotly.graph_objects import Figure, Violin

    values = table.X[:, table.columns.index(column)]
    figure = Figure()
    colours = genre_colours(genres, known=known or table_genres(table))
    for genre in genres:
        among = np.array([genre in names for names in table.songs["genres"]], dtype=bool)
        shown = np.sort(values[among[table.song]])
        # Evenly spaced in rank: quartiles, shape and extremes stay.
        spaced = np.linspace(0, len(shown) - 1, min(len(shown), MOST_PER_VIOLIN)).round()
        figure.add_trace(
            Violin(
                y=shown[spaced.astype(int)] if len(shown) else [],
                name=genre,
                line={"color": colours[genre]},
                box={"visible": True},
                meanline={"visible": True},
                points=False,
                spanmode="hard",
                hoveron="violins",
            )
        )
    styled(figure, x="genre", y=f"{feature_name(column)} ({unit(column)})", height=420)
    figure.update_xaxes(type="category")
    return figure.update_layout(showlegend=False)


def ranking(
    scores: pd.DataFrame, *, value: str = "score", top: int = 25, title: str | None = None
) -> Figure:
    """Draw the `top` rows of a table of feature and score, best on top; customdata is the feature.

    The axis says what is measured: `title`, else the table's attrs["measure"].
    """
    from plotly.graph_objects import Bar, Figure

    shown = scores.nlargest(top, value).iloc[::-1]
    figure = Figure(
        Bar(
            x=shown[value],
            y=[plain_text(feature_name(column)) for column in shown["feature"]],
            orientation="h",
            customdata=list(shown["feature"]),
            marker={"color": ACCENT},
            text=[plain_text(f"{column}{explanation(column)}") for column in shown["feature"]],
            textposition="none",
            hovertemplate="%{y}: %{x:.2f}<br>%{text}<extra></extra>",
        )
    )
    styled(
        figure,
        x=title or scores.attrs.get("measure", f"{value} (no unit)"),
        y="feature",
        height=120 + 22 * len(shown),
    )
    # The whole scale, so that a bar's length says what its number says.
    figure.update_xaxes(range=[0, max(1.0, float(shown[value].max()))])
    figure.update_yaxes(type="category", dtick=1)
    return figure
