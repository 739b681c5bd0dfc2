"""A table whose ticked row shows its card beside it, with previous and next.

    show(len(songs), key="find jazz", table=draw_table, card=lambda row: show_card(songs[row]))

In a narrow window the card stands below the table, and the page scrolls to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

SCROLL = """
const shown = new Map(); // by key: the row whose card was scrolled to
export default function ({ parentElement, data, key }) {
  const before = shown.get(key);
  shown.set(key, data.row);
  if (data.row === null || before === data.row) return;
  const place = (parentElement.host ?? parentElement).getBoundingClientRect();
  if (place.top >= 0 && place.top < window.innerHeight * 0.7) return;
  (parentElement.host ?? parentElement).scrollIntoView({ behavior: "smooth", block: "start" });
}
"""
"""Scrolls to where it stands when another row was ticked and that is out of sight."""


def show(
    rows: int,
    *,
    key: str,
    table: Callable[[dict[str, Any]], Any],
    card: Callable[[int], None],
    first: bool = False,
) -> None:
    """Show a table of so many `rows` and the card of the ticked one beside it.

    `table` draws it with the options that it is given, and returns what st.dataframe returns.
    With `first` the first row's card is shown while none is ticked. Another `key` is another
    table: no tick stays on a row that is another song now.
    """
    ticked = _ticked(key, rows)
    row = 0 if ticked is None and first else ticked
    left, right = st.columns([3, 2], gap="medium") if row is not None else (st.container(), None)
    with left:
        table(_options(key, ticked))
    if right is None or row is None:
        return
    with right:
        _scroll_here(key, ticked)
        if rows > 1:
            _show_steps(row, rows, key)
        card(row)


def _ticked(key: str, rows: int) -> int | None:
    """Return the row that is ticked, by a click in the table or by previous and next."""
    version = st.session_state.get(f"{key} version", 0)
    state = st.session_state.get(f"{key} {version}")
    if state is None:
        chosen = st.session_state.get(f"{key} row")
        chosen = [] if chosen is None else [chosen]
    else:
        chosen = list(state["selection"]["rows"])
    return chosen[0] if chosen and chosen[0] < rows else None


def _options(key: str, ticked: int | None) -> dict[str, Any]:
    version = st.session_state.get(f"{key} version", 0)
    options: dict[str, Any] = {"key": f"{key} {version}", "on_select": "rerun"}
    options["selection_mode"] = "single-row"
    if ticked is not None and version:
        options["selection_default"] = {"selection": {"rows": [ticked], "columns": [], "cells": []}}
    return options


def _show_steps(row: int, rows: int, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"steps-{row}"):
        for name, icon, other in (
            ("Previous", "chevron_left", row - 1),
            ("Next", "chevron_right", row + 1),
        ):
            st.button(
                name,
                icon=f":material/{icon}:",
                disabled=not 0 <= other < rows,
                on_click=_go,
                args=(key, other),
                key=f"{name.lower()} {key}",
            )
        st.caption(f"{row + 1:,} of {rows:,}")


def _go(key: str, row: int) -> None:
    """Tick another row: a table takes a tick from us only when it is made."""
    st.session_state[f"{key} row"] = row
    st.session_state[f"{key} version"] = st.session_state.get(f"{key} version", 0) + 1


def _scroll_here(key: str, row: int | None) -> None:
    st.components.v2.component("genrefit.scroll_here", html="<div></div>", js=SCROLL)(
        key=f"scroll {key}", data={"row": row}, height=1
    )
