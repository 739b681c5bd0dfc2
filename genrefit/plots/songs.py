"""Tables in, plotly figures out: one song's likelihoods, and what features look like by genre.

Matrices are in `matrices`, a model's curves in `curves`; all can be called from here. Where a
figure takes `known`, give all genres that there are: then each has the same colour everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genrefit.config import SEGMENT_SECONDS
from genrefit.explore import song_means
from genrefit.plots.colours import (
    ACCENT,
    NEUTRAL,
    genre_colours,
    genre_patterns,
    genre_symbols,
    known_genres,
    styled,
)
from genrefit.plots.curves import leak_gap, learning_curve, reliability
from genrefit.plots.matrices import matrix, percentages
from genrefit.records import Table

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = [
    "distributions", "genre_colours", "leak_gap", "learning_curve", "likelihood_bars",
    "likelihoods_over_time", "matrix", "percentages", "ranking", "reliability", "scatter",
    "song_map",
]  # fmt: skip

MOST_PER_VIOLIN = 2_000
"""A violin's shape does not change with more segments than these, a page's weight does."""
MANY_POINTS = 1_500
"""From here on points are drawn by WebGL."""


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
                text=[_clock(start) for start in starts],
                textposition="none",
                hovertemplate=f"from %{{text}} on: %{{y:.0f}}% {_plain(genre)}<extra></extra>",
            )
        )
    styled(figure, x="time in the song (s)", y="likelihood (%)", height=320)
    figure.update_layout(barmode="stack", bargap=0, legend={"traceorder": "normal"})
    # Left to itself plotly leaves room before the first bar and after the last.
    figure.update_xaxes(range=[0, last], showgrid=False)
    figure.update_yaxes(range=[0, 100])
    return figure


def distributions(
    table: Table, column: str, *, genres: Sequence[str], known: Sequence[str] | None = None
) -> Figure:
    """Draw how one feature's values over segments are spread in each of `genres`.

    Of more than 2,000 segments of a genre, 2,000 evenly spaced ones are drawn.
    """
    from plotly.graph_objects import Figure, Violin

    values = table.X[:, table.columns.index(column)]
    figure = Figure()
    colours = genre_colours(genres, known=known or _genres(table))
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
    styled(figure, x="genre", y=f"{column} ({unit(column)}), by segment", height=420)
    figure.update_xaxes(type="category")
    return figure.update_layout(showlegend=False)


def ranking(
    found: pd.DataFrame, *, value: str = "score", top: int = 25, title: str | None = None
) -> Figure:
    """Draw the `top` rows of a table of feature and score, best on top; customdata is the feature.

    The axis says what is measured: `title`, else the table's attrs["measure"].
    """
    from plotly.graph_objects import Bar, Figure

    shown = found.nlargest(top, value).iloc[::-1]
    figure = Figure(
        Bar(
            x=shown[value],
            y=shown["feature"],
            orientation="h",
            customdata=list(shown["feature"]),
            marker={"color": ACCENT},
            hovertemplate="%{y}: %{x:.2f}<extra></extra>",
        )
    )
    styled(
        figure,
        x=title or found.attrs.get("measure", f"{value} (no unit)"),
        y="feature",
        height=120 + 22 * len(shown),
    )
    # The whole scale, so that a bar's length says what its number says.
    figure.update_xaxes(range=[0, max(1.0, float(shown[value].max()))])
    figure.update_yaxes(type="category", dtick=1)
    return figure


def scatter(
    table: Table, x: str, y: str, *, genres: Sequence[str], known: Sequence[str] | None = None
) -> Figure:
    """Draw songs by their means of two features; customdata of a point is its song_id."""
    means = song_means(table)
    points = table.songs.assign(x=means[x].to_numpy(), y=means[y].to_numpy())
    among = [[genre for genre in names if genre in set(genres)] for names in points["genres"]]
    points = points.assign(genre=[names[0] if names else "" for names in among], flag=False)
    points = points[points["genre"] != ""]
    titles = f"{x} ({unit(x)}), mean of the song", f"{y} ({unit(y)}), mean of the song"
    return _points(points, titles, known=known or _genres(table))


def song_map(found: pd.DataFrame, *, known: Sequence[str] | None = None) -> Figure:
    """Draw a map of songs: columns x, y, genre, title, song_id, and perhaps artist, genres, flag.

    Flagged songs are ringed; customdata of a point is its song_id.
    """
    titles = found.attrs.get("x", "x (no unit)"), found.attrs.get("y", "y (no unit)")
    figure = _points(found, titles, known=known)
    if found.attrs.get("method") == "tsne":
        figure.update_xaxes(showticklabels=False)
        figure.update_yaxes(showticklabels=False)
    return figure


def unit(column: str) -> str:
    """Return the unit of a hand-made feature's column, "no unit" where it has none."""
    name = column.removesuffix("_std")
    if name in ("spec_cent", "spec_bw", "rolloff"):
        return "Hz"
    if name.startswith("contrast"):
        return "dB"
    return {"tempo": "beats a minute", "beats": "count"}.get(name, "no unit")


def _points(
    points: pd.DataFrame, titles: tuple[str, str], *, known: Sequence[str] | None
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
                text=[_told(song) for song in of_genre.to_dict("records")],
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
                text=[_told(song) for song in flagged.to_dict("records")],
                marker={"symbol": "circle-open", "size": 17, "color": NEUTRAL,
                        "line": {"width": 2}},
                hovertemplate="%{text}<br>check this label<extra></extra>",
            )
        )  # fmt: skip
    styled(figure, x=titles[0], y=titles[1], height=520)
    return figure.update_layout(legend={"title": {"text": "genre"}})


def _told(song: Mapping[Any, Any]) -> str:
    artist = song.get("artist")
    name = f"{artist} – {song['title']}" if isinstance(artist, str) and artist else song["title"]
    names = song.get("genres") or (song["genre"],)
    return f"{_plain(str(name))}<br>{_plain(' and '.join(names)) or 'no genre'}"


def _plain(text: str) -> str:
    """Keep a title from being taken for plotly's markup or placeholders."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _genres(table: Table) -> list[str]:
    return [genre for names in table.songs["genres"] for genre in names]
