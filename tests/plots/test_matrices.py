"""Confusion matrices: percentages, differences and readable numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plotly.colors import hex_to_rgb, sample_colorscale

from genrefit import plots
from genrefit.errors import ModelError
from genrefit.plots import colours
from tests.plots.conftest import COUNTS, luminance


@pytest.mark.parametrize(
    ("kind", "first_row", "empty_row"),
    [
        ("confusion", [50, 100 / 6, 0], ["0%", "0%", "0%"]),
        ("recall", [75, 25, 0], ["", "", ""]),
        ("precision", [600 / 7, 40, np.nan], ["0%", "0%", ""]),
    ],
)
def test_matrices_are_in_percent(kind, first_row, empty_row):
    drawn = plots.matrix(COUNTS, kind=kind, of="segments").data[0]
    np.testing.assert_allclose(drawn.z[0], first_row)
    assert list(drawn.text[2]) == empty_row
    assert tuple(drawn.customdata[0][1]) == ("jazz", "folk", 2)
    assert "segments" in drawn.hovertemplate


def test_the_first_genre_is_on_top(drawn):
    assert drawn["matrix"].layout.yaxis.autorange == "reversed"


def shades(n=11):
    """Return counts that give every shade of a matrix, and others for a difference."""
    names = [f"genre {i}" for i in range(n)]
    up = np.add.outer(np.arange(n), np.arange(n)) ** 2
    return tuple(pd.DataFrame(counts, index=names, columns=names) for counts in (up, up[::-1]))


@pytest.mark.parametrize("kind", ["confusion", "recall", "precision"])
@pytest.mark.parametrize("against", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_every_number_in_a_cell_can_be_read(kind, against, dark):
    ours, theirs = shades()
    # The second has one cell that is the whole of its row and column: 0 and 100 % are there too.
    theirs.iloc[0], theirs.iloc[:, 0] = 0, 0
    theirs.iloc[0, 0] = 1000
    for counts in (ours, theirs):
        figure = plots.matrix(counts, kind=kind, difference=theirs if against else None,
                              dark=dark)  # fmt: skip
        heat, *inks = figure.data
        shown = np.array([np.isfinite(np.array(ink.z, float)) for ink in inks])
        assert (shown.sum(axis=0) == np.isfinite(np.array(heat.z, float))).all()
        for ink, own in zip(inks, shown, strict=True):
            assert ink.texttemplate == "%{text}"
            assert (np.array(ink.text) == np.where(own, np.array(heat.text), "")).all()
            assert (ink.zmin, ink.zmax, ink.colorscale) == (heat.zmin, heat.zmax, heat.colorscale)
            for cell in luminances(heat, np.array(heat.z, float)[own]):
                assert contrast(cell, luminance(ink.textfont.color)) >= 4.5
    assert len(inks) == 2


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_has_the_pages_own_colour_and_more_stands_out_more(dark):
    drawn = plots.matrix(COUNTS, kind="recall", dark=dark).data[0]
    page = colours.PAGE[dark]
    assert drawn.colorscale[0] == (0.0, page)
    away = [abs(luminance(colour) - luminance(page)) for _, colour in drawn.colorscale]
    assert away == sorted(away) and away[-1] > 0.5


def test_counts_stand_under_percentages():
    drawn = plots.matrix(COUNTS, kind="recall").data[0]
    assert list(drawn.text[0]) == ["75%<br>6", "25%<br>2", "0%"]


def test_the_chosen_cell_is_outlined():
    assert not plots.matrix(COUNTS).layout.shapes
    (frame,) = plots.matrix(COUNTS, chosen=("folk", "jazz")).layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (-0.5, 0.5, 0.5, 1.5)
    assert not plots.matrix(COUNTS, chosen=("folk", "no such")).layout.shapes


def test_titles_of_axes_keep_clear_of_tick_labels(drawn):
    for axis in (drawn["matrix"].layout.xaxis, drawn["matrix"].layout.yaxis):
        assert axis.automargin and axis.title.standoff >= 10


def luminances(heat, values):
    places = (values - heat.zmin) / (heat.zmax - heat.zmin)
    scale = [[place, to_rgb(colour)] for place, colour in heat.colorscale]
    cells = sample_colorscale(scale, places.tolist(), colortype="tuple")
    return colours.luminance(np.array(cells).reshape(-1, 3))


def to_rgb(colour):
    return f"rgb{hex_to_rgb(colour)}"


def contrast(a, b):
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def test_a_genre_called_like_a_number_stays_a_name():
    counts = pd.DataFrame([[1, 0], [0, 1]], index=["80", "90"], columns=["80", "90"])
    figure = plots.matrix(counts)
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "category"
    bars = plots.likelihood_bars({"80": 0.5, "90": 0.5})
    assert bars.layout.yaxis.type == "category"


def test_a_difference_is_over_shared_genres_in_points():
    other = pd.DataFrame([[4, 0], [5, 5]], index=["jazz", "rock"], columns=["jazz", "rock"])
    drawn = plots.matrix(COUNTS, kind="recall", difference=other).data[0]
    assert list(drawn.x) == ["jazz"] and drawn.z[0][0] == 0
    same = plots.matrix(COUNTS, kind="recall", difference=COUNTS.iloc[:2, :2]).data[0]
    np.testing.assert_allclose(same.z, 0)
    turned = plots.matrix(COUNTS, kind="confusion", difference=COUNTS.T).data[0]
    np.testing.assert_allclose(turned.z[0], [0, 100 / 12, 0])
    assert list(turned.text[0]) == ["0", "+8", "0"] and turned.text[1][0] == "\N{MINUS SIGN}8"
    assert turned.zmin == -turned.zmax
    with pytest.raises(ModelError, match="no genre in common"):
        plots.matrix(COUNTS, difference=other.rename(index=str.upper, columns=str.upper))


def test_no_such_matrix():
    with pytest.raises(ValueError, match="no matrix 'f1'"):
        plots.matrix(COUNTS, kind="f1")
