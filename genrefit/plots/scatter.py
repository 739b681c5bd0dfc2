"""Songs as points, drawn: by two features, and on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from genrefit.explore import song_means
from genrefit.plots.colours import (
    NEUTRAL,
    genre_colours,
    genre_symbols,
    known_genres,
    plain_text,
    styled,
    table_genres,
)
from genrefit.plots.feature_names import feature_name, unit
from genrefit.records import Table

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MANY_POINTS = 1_500
"""From here on points are drawn by WebGL."""


def scatter(
    table: Table, x: str, y: str, *, genres: Sequence[str], known: Sequence[str] | None = None
) -> Figure:
    """Draw songs by their means of two features; customdata of a point is its song_id."""
    means = song_means(table)
    points = table.songs.assign(x=means[x].to_numpy(), y=means[y].to_numpy())
    among = [[genre for genre in names if genre in set(genres)] for names in points["genres"]]
    points = points.assign(genre=[names[0] if names else "" for names in among], flag=False)
    points = points[points["genre"] != ""]
    titles = tuple(f"{feature_name(c)} ({unit(c)}), mean of the song" for c in (x, y))
    return _points(points, titles, known=known or table_genres(table))


def song_map(points: pd.DataFrame, *, known: Sequence[str] | None = None) -> Figure:
    """Draw a map of songs: columns x, y, genre, title, song_id, and perhaps artist, genres, flag.

    Flagged songs are ringed; customdata of a point is its song_id.
    """
    titles = points.attrs.get("x", "x (no unit)"), points.attrs.get("y", "y (no unit)")
    figure = _points(points, titles, known=known)
    if points.attrs.get("method") == "tsne":
        figure.update_xaxes(showticklabels=False)
        figure.update_yaxes(showticklabels=False)
    return figure


def _points(
    points: pd.DataFrame, titles: tuple[str, ...], *, known: Sequence[str] | None
) -> Figure:
    from plotly.graph_objects import Figure, Scatter, Scattergl

    kind = Scattergl if len(points) > MANY_POINTS else Scatter
    names = [genre for genre in points["genre"] if genre]
    colours, symbols = genre_colours(names, known=known), genre_symbols(names, known=known)
    figure = Figure()
    for genre in [*known_genres(names, known), ""]:
        of_genre = points[points["genre"] == genre]
        if of_genre.empty:
            continue
        figure.add_trace(
            kind(
                x=of_genre["x"],
                y=of_genre["y"],
                mode="markers",
                name=genre or "no genre",
                customdata=list(of_genre["song_id"]),
                text=[_hover_text(song) for song in of_genre.to_dict("records")],
                marker={"color": colours.get(genre, NEUTRAL), "size": 9, "opacity": 0.85,
                        "symbol": symbols.get(genre, "circle-open")},
                hovertemplate="%{text}<extra></extra>",
            )
        )  # fmt: skip
    flagged = points[points["flag"].astype(bool)] if "flag" in points else points.iloc[:0]
    if len(flagged):
        figure.add_trace(
            kind(
                x=flagged["x"], y=flagged["y"], mode="markers", name="check this label",
                customdata=list(flagged["song_id"]),
                text=[_hover_text(song) for song in flagged.to_dict("records")],
                marker={"symbol": "circle-open", "size": 17, "color": NEUTRAL,
                        "line": {"width": 2}},
                hovertemplate="%{text}<br>check this label<extra></extra>",
            )
        )  # fmt: skip
    styled(figure, x=titles[0], y=titles[1], height=520)
    return figure.update_layout(legend={"title": {"text": "genre"}})


def _hover_text(song: Mapping[Any, Any]) -> str:
    artist = song.get("artist")
    name = f"{artist} – {song['title']}" if isinstance(artist, str) and artist else song["title"]
    names = song.get("genres") or (song["genre"],)
    return f"{plain_text(str(name))}<br>{plain_text(' and '.join(names)) or 'no genre'}"
