"""The map of songs: click one to see what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import count
from genrefit.ui import cache
from genrefit.ui.components import job_progress, song_card
from genrefit.ui.components.charts import BELOW, show_figure
from genrefit.ui.page_run import open_once

METHODS = {"pca": "PCA (at once)", "tsne": "t-SNE (neighbours)"}
MEANING = {
    "pca": "Each point is a song, placed along the two directions in which songs differ most.",
    "tsne": "Each point is a song; songs that sound alike lie together. Only neighbourhoods mean "
    "something here, not distances across the map.",
}


def show(home: Home, features: str, genres: Sequence[str]) -> None:
    """Show the map with the card of the picked song beside it."""
    chart, card = st.columns([3, 2], gap="large")
    with chart:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            method = st.segmented_control(
                "Kind of map", list(METHODS), default="pca", required=True,
                format_func=METHODS.__getitem__, key="map-way", persist_state="session",
            )  # fmt: skip
            flags = st.toggle(
                "Ring labels to check", value=True, key="map-flags", persist_state="session",
                help="Songs that sit in another genre's region.",
            )  # fmt: skip
        drawn = (
            cache.pca_map(home, features) if method == "pca" else _saved_tsne_map(home, features)
        )
        visible = None if drawn is None else _within_genres(drawn, genres)
        if visible is not None:
            _show_map(home, features, visible, str(method), flags)
    with card:
        song_card.show_picker(home, pd.DataFrame() if visible is None else visible)


def _saved_tsne_map(home: Home, features: str) -> pd.DataFrame | None:
    """Return the stored t-SNE map; offer to compute it where it is missing or out of date."""
    from genrefit import song_map

    with open_once(home) as library:
        drawn = song_map.saved(home, features=features, library=library)
    busy = job_progress.running(home, "map")
    if drawn is None and not busy:
        st.markdown(
            "A t-SNE map puts songs that sound alike next to each other. It takes some seconds "
            "for a hundred songs, a minute or two for thousands; you may go on meanwhile."
        )
    label = "Draw the t-SNE map" if drawn is None else "Draw it anew"
    if drawn is not None and drawn.attrs["stale"] and not busy:
        st.caption("Songs or genres have changed since this map was drawn.")
    if (drawn is None or drawn.attrs["stale"]) and st.button(
        label, icon=":material/map:", type="primary", disabled=busy, key="map-draw"
    ):
        job_progress.start(home, "map", {"features": features, "method": "tsne"})
    job_progress.watch(home, "map", on_done=lambda job: None)
    return drawn


def _within_genres(drawn: pd.DataFrame, genres: Sequence[str]) -> pd.DataFrame:
    """Return the songs in some of `genres`, each under the first of these that it is in."""
    wanted = set(genres)
    among = [[genre for genre in names if genre in wanted] for names in drawn["genres"]]
    visible = drawn.assign(genre=[names[0] if names else "" for names in among])
    visible = visible[visible["genre"] != ""]
    visible.attrs = drawn.attrs
    return visible


def _show_map(home: Home, features: str, visible: pd.DataFrame, method: str, flags: bool) -> None:
    from genrefit import plots

    doubted = set(cache.label_checks(home, features)["song_id"]) if flags else set()
    visible = visible.assign(flag=visible["song_id"].isin(doubted))
    figure = plots.song_map(visible, known=cache.colour_order(home))
    _mark_picked(figure, visible)
    figure.update_layout(legend=BELOW)
    show_figure(
        figure,
        key=f"map-{method}-{features}",
        alt=f"Map of {count(len(visible), 'song')} by their features, coloured by genre",
        on_click=song_card.pick,
    )
    st.caption(MEANING[method] + " Click a song to see what it is.")


def _mark_picked(figure: Any, visible: pd.DataFrame) -> None:
    """Mark the picked song with a ring of its own."""
    row = visible[visible["song_id"] == st.session_state.get(song_card.SELECTED_KEY)]
    if len(row):
        figure.add_scatter(
            x=row["x"], y=row["y"], mode="markers", name="shown beside", hoverinfo="skip",
            marker={"symbol": "circle-open", "size": 22, "line": {"width": 3}, "color": "#E1004B"},
        )  # fmt: skip
