"""Confusion, recall and precision matrices as heat maps, and how two models' differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genrefit.errors import ModelError
from genrefit.plots.colours import DIVERGING, PALETTE, SEQUENTIAL, luminance, styled

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

KINDS: Mapping[str, str] = {
    "confusion": "share of all (%)",
    "recall": "share of the true genre (%)",
    "precision": "share of the guess (%)",
}
"""What a cell's percentage is of, by kind of matrix."""
MIDDLE = 0.1791
"""The luminance on which black and white stand out equally, by 4.58 to 1: (L + 0.05)² = 0.0525."""


def percentages(confusion: pd.DataFrame, *, kind: str = "confusion") -> pd.DataFrame:
    """Return counts (row true, column guess) in percent: of all, of each row's sum (recall), or of
    each column's (precision); NaN where that sum is 0. ValueError for another kind."""
    counts = confusion.to_numpy(dtype=np.float64)
    if kind not in KINDS:
        raise ValueError(f"no matrix {kind!r}; there are {', '.join(KINDS)}")
    whole = {
        "confusion": counts.sum(keepdims=True),
        "recall": counts.sum(axis=1, keepdims=True),
        "precision": counts.sum(axis=0, keepdims=True),
    }[kind]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(whole > 0, 100.0 * counts / whole, np.nan)
    return pd.DataFrame(share, index=confusion.index, columns=confusion.columns)


def matrix(
    confusion: pd.DataFrame,
    *,
    kind: str = "confusion",
    difference: pd.DataFrame | None = None,
    of: str = "songs",
    chosen: tuple[str, str] | None = None,
    dark: bool = False,
) -> Figure:
    """Draw counts (row true genre, column guess) as percentages, `of` songs or segments.

    Colours go from the page's own, that of the theme (`dark`), to what stands out from it. The
    cell `chosen` (true genre, guess) is outlined.

    With `difference`, another model's counts, each cell is this model's percentage less the
    other's, in percentage points, over the genres that both know: blue where this one has more,
    orange where less. A cell whose whole is nothing stays empty. customdata of a cell is (true
    genre, guess, count). ModelError where two models share no genre.
    """
    if difference is not None:
        return _difference(confusion, difference, kind=kind, of=of, dark=dark)
    shown = percentages(confusion, kind=kind)
    texts = [
        ["" if np.isnan(v) else f"{v:.0f}%" + (f"<br>{n:.0f}" if n else "") for v, n in cells]
        for cells in np.stack([shown.to_numpy(), confusion.to_numpy()], axis=2)
    ]
    hover = (
        f"%{{customdata[2]}} {of} of %{{customdata[0]}} were taken for %{{customdata[1]}}"
        f"<br>%{{z:.1f}}% {_of(kind, of)}<extra></extra>"
    )
    figure = _heat_map(
        shown,
        texts,
        _cells(confusion),
        hover,
        {"colorscale": SEQUENTIAL[dark], "zmin": 0.0, "zmax": _most(shown, kind)},
    )
    if chosen is not None and set(chosen) <= set(shown.index):
        _outline(figure, list(shown.index).index(chosen[0]), list(shown.columns).index(chosen[1]))
    return figure


def _outline(figure: Figure, row: int, column: int) -> None:
    """Draw a frame around a cell."""
    figure.add_shape(
        type="rect",
        x0=column - 0.5,
        x1=column + 0.5,
        y0=row - 0.5,
        y1=row + 0.5,
        line={"width": 3, "color": PALETTE[3]},
    )


def _difference(
    ours: pd.DataFrame, theirs: pd.DataFrame, *, kind: str, of: str, dark: bool
) -> Figure:
    shared = [genre for genre in ours.index if genre in set(theirs.index)]
    if not shared:
        raise ModelError("these two models have no genre in common, so there is no difference")
    here = percentages(ours.loc[shared, shared], kind=kind)
    there = percentages(theirs.loc[shared, shared], kind=kind)
    points = here - there
    texts = [["" if np.isnan(v) else _signed(v) for v in row] for row in points.to_numpy()]
    cells = _cells(ours.loc[shared, shared])
    pairs = np.stack([here.to_numpy(), there.to_numpy()], axis=2).round(1)
    hover = (
        f"{of} of %{{customdata[0]}} taken for %{{customdata[1]}}: %{{customdata[3]:.0f}}% here, "
        f"%{{customdata[4]:.0f}}% there<extra></extra>"
    )
    most = float(np.nanmax(np.abs(points.to_numpy()), initial=1.0))
    return _heat_map(
        points,
        texts,
        np.concatenate([cells, pairs.astype(object)], axis=2),
        hover,
        {"colorscale": DIVERGING[dark], "zmin": -most, "zmax": most},
    )


def _heat_map(
    shown: pd.DataFrame,
    texts: list[list[str]],
    cells: np.ndarray,
    hover: str,
    scale: Mapping[str, Any],
) -> Figure:
    from plotly.graph_objects import Figure, Heatmap

    n = len(shown)
    common = {"x": list(shown.columns), "y": list(shown.index), "xgap": 2, "ygap": 2, **scale}
    figure = Figure(
        Heatmap(
            z=shown.to_numpy(),
            text=texts,
            customdata=cells,
            hovertemplate=hover,
            hoverongaps=False,
            showscale=False,  # each cell says its number
            **common,
        )
    )
    size = 14 if n <= 4 else 12 if n <= 7 else 10
    for ink, own in _by_ink(shown.to_numpy(), scale).items():
        # plotly has one text colour for a whole heat map, and chooses it ill for middle tones.
        figure.add_heatmap(z=np.where(own, shown, np.nan), text=np.where(own, texts, ""),
                           texttemplate="%{text}", textfont={"size": size, "color": ink},
                           hoverinfo="skip", hoverongaps=False, showscale=False,
                           **common)  # fmt: skip
    styled(figure, x="guess", y="true genre", height=150 + 52 * n)
    # "category": a genre called "80" is a name, not a number.
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(type="category", showgrid=False, autorange="reversed")
    return figure


def _by_ink(z: np.ndarray, scale: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return which cells [shape=(G, G), bool] get black text, and which white: what reads best."""
    low, high = scale["zmin"], scale["zmax"]
    colour = _coloured((np.nan_to_num(z, nan=low) - low) / (high - low), scale["colorscale"])
    light = luminance(colour) > MIDDLE
    return {"#000000": light, "#FFFFFF": ~light}


def _coloured(places: np.ndarray, scale: Sequence[tuple[float, str]]) -> np.ndarray:
    """Return the colours [shape=(..., 3), 0 to 1] that plotly gives to places on a scale."""
    from plotly.colors import hex_to_rgb

    steps, names = zip(*scale, strict=True)
    rgb = np.array([hex_to_rgb(name) for name in names]) / 255
    return np.stack([np.interp(places, steps, channel) for channel in rgb.T], axis=-1)


def _most(shown: pd.DataFrame, kind: str) -> float:
    """Return where the colours end: of all there are, no cell may come near to 100 %."""
    if kind != "confusion":
        return 100.0
    return float(np.nanmax(shown.to_numpy(), initial=1.0))


def _signed(points: float) -> str:
    """Return a difference with its sign; one that is rounded to nothing has none."""
    whole = round(points)
    return f"{whole:+d}".replace("-", "\N{MINUS SIGN}") if whole else "0"


def _cells(counts: pd.DataFrame) -> np.ndarray:
    """Return (true, guess, count) of every cell [shape=(G, G, 3)]."""
    return np.array(
        [
            [(true, guess, int(counts.loc[true, guess])) for guess in counts.columns]
            for true in counts.index
        ],
        dtype=object,
    )


def _of(kind: str, of: str) -> str:
    return {
        "confusion": f"of all {of}",
        "recall": f"of the {of} that are %{{customdata[0]}}",
        "precision": f"of the {of} taken for %{{customdata[1]}}",
    }[kind]
