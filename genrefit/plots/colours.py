"""A colour, a marker and a pattern for every genre, and the look that all figures share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from genrefit.records import Table

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9",
           "#8700FF", "#A5B45A", "#E1004B", "#964B78", "#9678FF", "#694BE1")  # fmt: skip
"""Six of Okabe and Ito's colours, then the six that lie farthest from all before them to normal
eyes and to simulated protan, deutan and tritan ones (Machado 2009). All have a luminance of 0.12
to 0.42, and so stand out on white as on near black; the nearest two differ by 16 in CIELAB."""
SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "triangle-down", "star",
           "hexagon", "pentagon", "bowtie", "hourglass", "star-square")  # fmt: skip
PATTERNS = ("", "/", "x", ".", "-", "|", "+", "\\")
NEUTRAL = "#7F8C9B"
"""For what is no genre: legible on light and on dark."""
FAINT = "rgba(127, 140, 155, 0.25)"
ACCENT = PALETTE[0]
PAGE = {False: "#FDFBF7", True: "#1B1917"}
"""The page's own colour, not dark and dark, as .streamlit/config.toml has it."""
SEQUENTIAL = {
    False: ((0.0, PAGE[False]), (0.5, "#7FB2DC"), (1.0, "#08467F")),
    True: ((0.0, PAGE[True]), (0.5, "#2B6CA3"), (1.0, "#B9DDFB")),
}
"""From the page's own colour, which is nothing, to what stands out from it most; by `dark`."""
DIVERGING = {
    dark: ((0.0, orange), (0.5, PAGE[dark]), (1.0, blue))
    for dark, orange, blue in ((False, "#B35806", "#005A9C"), (True, "#F0A04B", "#6DB3F2"))
}


def genre_colours(genres: Iterable[str], *, known: Sequence[str] | None = None) -> dict[str, str]:
    """Return a colour (hex) for each of `genres`, by its place among `known`.

    Give all genres that there are as `known`, in an order that a new name does not change, so that
    each keeps its colour wherever it is shown; any that are not among them come after, in
    alphabetical order. One that differs from a known one by case alone has its colour. From the
    thirteenth on colours come again; then marker and pattern differ.
    """
    return {genre: PALETTE[i % len(PALETTE)] for genre, i in _places(genres, known).items()}


def genre_symbols(genres: Iterable[str], *, known: Sequence[str] | None = None) -> dict[str, str]:
    """Return a marker for each of `genres`; with the colour it is unique up to 156 genres."""
    return {genre: SYMBOLS[i % len(SYMBOLS)] for genre, i in _places(genres, known).items()}


def genre_patterns(genres: Iterable[str], *, known: Sequence[str] | None = None) -> dict[str, str]:
    """Return a fill pattern for each of `genres`: plain for the first twelve, then hatched."""
    return {
        genre: PATTERNS[i // len(PALETTE) % len(PATTERNS)]
        for genre, i in _places(genres, known).items()
    }


def _places(genres: Iterable[str], known: Sequence[str] | None) -> dict[str, int]:
    """Return the place of each genre, known or shown, by which its look is chosen."""
    by_fold: dict[str, int] = {}
    placed = known_genres(genres, known)
    return {genre: by_fold.setdefault(genre.casefold(), len(by_fold)) for genre in placed}


def known_genres(shown: Iterable[str], known: Sequence[str] | None) -> list[str]:
    """Return `known` genres in their order, with those `shown` that are not among them after."""
    first = list(dict.fromkeys(known or ()))
    return first + [genre for genre in _sorted(shown) if genre not in set(first)]


def luminance(rgb: np.ndarray) -> np.ndarray:
    """Return the relative luminance, 0 to 1, of sRGB colours [shape=(..., 3), 0 to 1], as WCAG 2
    defines it; two of them contrast by (lighter + 0.05) / (darker + 0.05)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ (0.2126, 0.7152, 0.0722))


def styled(figure: Figure, *, x: str, y: str, height: int | None = None) -> Figure:
    """Give `figure` the shared look and its axes their titles.

    Backgrounds are transparent and no text has a colour of its own, so that a page's theme rules.
    """
    from plotly.graph_objects import Layout, layout

    axis = {"gridcolor": FAINT, "zerolinecolor": FAINT, "linecolor": FAINT}
    figure.update_layout(
        template=layout.Template(layout=Layout(xaxis=axis, yaxis=axis)),
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        hoverlabel={"align": "left"},
        xaxis_title=x,
        yaxis_title=y,
        height=height,
    )
    # On the axes themselves: Streamlit puts its own template in place of ours, whose axes leave
    # no room between long tick labels and the title.
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(automargin=True, title_standoff=14)
    return figure


def _sorted(genres: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(genres), key=lambda genre: (genre.casefold(), genre))


def plain_text(text: str) -> str:
    """Keep a title from being taken for plotly's markup or placeholders."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def table_genres(table: Table) -> list[str]:
    """Return the genres of each song in turn, repeats included."""
    return [genre for names in table.songs["genres"] for genre in names]
