"""Plotly figures on a page, and what was clicked in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

CONFIG = {"displayModeBar": False, "scrollZoom": False}


def picture(
    figure: Figure, *, key: str, alt: str, on_click: Callable[[Any], None] | None = None
) -> None:
    """Show a figure; `alt` says in words what it shows.

    `on_click` is called with the customdata of a point that was clicked, before the page (or the
    fragment) runs anew; what it stores can be read above the figure too.
    """
    if on_click is None:
        st.plotly_chart(figure, key=key, config=CONFIG, alt=alt)
        return

    def selected() -> None:
        points = st.session_state[key].selection.points
        if points and points[0].get("customdata") is not None:
            on_click(points[0]["customdata"])

    # A click only picks a point: the others must not fade.
    figure.update_traces(unselected={"marker": {"opacity": 1}}, selector={"type": "bar"})
    st.plotly_chart(
        figure, key=key, on_select=selected, selection_mode="points", config=CONFIG, alt=alt
    )
