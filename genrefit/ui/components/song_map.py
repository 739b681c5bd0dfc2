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
from genrefit.ui.components.charts import ABOVE, show_figure
from genrefit.ui.page_run import open_once

WAYS = {"pca": "PCA (at once)", "tsne": "t-SNE (neighbours)"}
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
            way = st.segmented_control(
                "Kind of map", list(WAYS), default="pca", required=True,
                format_func=WAYS.__getitem__, key="map-way", persist_state="session",
            )  # fmt: skip
            flags = st.toggle(
                "Ring labels to check", value=True, key="map-flags", persist_state="session",
                help="Songs that sit in another genre's region.",
            )  # fmt: skip
        found = cache.pca_map(home, features) if way == "pca" else _tsne(home, features)
        shown = None if found is None else _chosen(found, genres)
        if shown is not None:
            _draw(home, features, shown, str(way), flags)
    with card:
        song_card.picked(home, pd.DataFrame() if shown is None else shown)


def _tsne(home: Home, features: str) -> pd.DataFrame | None:
    """Return the kept t-SNE map; offer to draw it where there is none, or it is of old."""
    from genrefit import song_map

    with open_once(home) as library:
        found = song_map.saved(home, features=features, library=library)
    busy = job_progress.running(home, "map")
    if found is None and not busy:
        st.markdown(
            "A t-SNE map puts songs that sound alike next to each other. It takes some seconds "
            "for a hundred songs, a minute or two for thousands; you may go on meanwhile."
        )
    label = "Draw the t-SNE map" if found is None else "Draw it anew"
    if found is not None and found.attrs["stale"] and not busy:
        st.caption("Songs or genres have changed since this map was drawn.")
    if (found is None or found.attrs["stale"]) and st.button(
        label, icon=":material/map:", type="primary", disabled=busy, key="map-draw"
    ):
        job_progress.start(home, "map", {"features": features, "method": "tsne"})
    job_progress.watch(home, "map", outcome=lambda job: None)
    return found


def _chosen(found: pd.DataFrame, genres: Sequence[str]) -> pd.DataFrame:
    """Return the songs in some of `genres`, each under the first of its genres that is shown."""
    wanted = set(genres)
    among = [[genre for genre in names if genre in wanted] for names in found["genres"]]
    shown = found.assign(genre=[names[0] if names else "" for names in among])
    shown = shown[shown["genre"] != ""]
    shown.attrs = found.attrs
    return shown


def _draw(home: Home, features: str, shown: pd.DataFrame, way: str, flags: bool) -> None:
    from genrefit import plots

    doubted = set(cache.label_checks(home, features)["song_id"]) if flags else set()
    shown = shown.assign(flag=shown["song_id"].isin(doubted))
    figure = plots.song_map(shown, known=cache.all_genres(home))
    _mark(figure, shown)
    figure.update_layout(legend=ABOVE)
    show_figure(
        figure,
        key=f"map-{way}-{features}",
        alt=f"Map of {count(len(shown), 'song')} by their features, coloured by genre",
        on_click=song_card.pick,
    )
    st.caption(MEANING[way] + " Click a song to see what it is.")


def _mark(figure: Any, shown: pd.DataFrame) -> None:
    """Mark the picked song with a ring of its own."""
    row = shown[shown["song_id"] == st.session_state.get(song_card.KEY)]
    if len(row):
        figure.add_scatter(
            x=row["x"], y=row["y"], mode="markers", name="shown beside", hoverinfo="skip",
            marker={"symbol": "circle-open", "size": 22, "line": {"width": 3}, "color": "#E1004B"},
        )  # fmt: skip
