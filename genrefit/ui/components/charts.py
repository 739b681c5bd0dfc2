"""Plotly figures on a page, and what was clicked in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

BELOW = {"orientation": "h", "y": -0.18, "yanchor": "top", "x": 0, "title": {"text": ""}}
"""A legend below the figure leaves it all of the width, on a phone too."""
CONFIG = {"displayModeBar": False, "scrollZoom": False}


def show_figure(
    figure: Figure,
    *,
    key: str,
    alt: str,
    on_click: Callable[[Any], None] | None = None,
    heat_map: bool = False,
) -> None:
    """Show a figure; `alt` says in words what it shows.

    `on_click` is called with the customdata of a point that was clicked, before the page (or the
    fragment) runs anew; what it stores can be read above the figure too. `heat_map`: its cells are
    made clickable, which plotly does not do by itself.
    """
    if on_click is None:
        st.plotly_chart(figure, key=key, config=CONFIG, alt=alt)
        return

    def selected() -> None:
        points = st.session_state[key].selection.points
        if points and points[0].get("customdata") is not None:
            on_click(points[0]["customdata"])

    if heat_map:
        _make_cells_clickable(figure)
    # A click only picks a point: without this the others would fade.
    figure.update_traces(unselected={"marker": {"opacity": 1}}, selector={"type": "bar"})
    st.plotly_chart(
        figure, key=key, on_select=selected, selection_mode="points", config=CONFIG, alt=alt
    )


def _make_cells_clickable(figure: Figure) -> None:
    """Lay an invisible marker over each cell of a heat map, with its customdata and hover text."""
    from plotly.graph_objects import Scatter

    heat = figure.data[0]
    places = [(x, y) for y in heat.y for x in heat.x]
    figure.add_trace(
        Scatter(
            x=[x for x, _ in places],
            y=[y for _, y in places],
            mode="markers",
            marker={"size": 46, "symbol": "square", "opacity": 0},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            customdata=[cell for row in heat.customdata for cell in row],
            text=[f"{z:.1f}" for row in heat.z for z in row],
            hovertemplate=heat.hovertemplate.replace("%{z:.1f}", "%{text}"),
            showlegend=False,
        )
    )
    # Markers would widen the axes beyond the cells.
    figure.update_xaxes(range=[-0.5, len(heat.x) - 0.5])
    figure.update_yaxes(range=[len(heat.y) - 0.5, -0.5], autorange=False)
