"""Figures: what they show, that they are titled, and that clicks can be told apart."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plotly.colors import hex_to_rgb, sample_colorscale

from genrefit import explore, plots
from genrefit.errors import ModelError
from genrefit.learning.metrics import ReliabilityBin
from genrefit.learning.report import CurvePoint
from genrefit.plots import colours
from tests.support import reports
from tests.support.explored import table

GENRES = ["jazz", "folk", "metal"]
TIMELINE = [
    {"start": start, "likelihoods": {"jazz": a, "folk": b, "metal": 1 - a - b}}
    for start, a, b in ((0.0, 0.5, 0.3), (10.0, 0.2, 0.2), (30.0, 0.1, 0.8))
]
COUNTS = pd.DataFrame([[6, 2, 0], [1, 3, 0], [0, 0, 0]], index=GENRES, columns=GENRES)
BINS = [
    ReliabilityBin(low=0.4, high=0.5, confidence=0.45, accuracy=0.4, n=10),
    ReliabilityBin(low=0.8, high=0.9, confidence=0.86, accuracy=0.7, n=40),
]
POINTS = [
    CurvePoint(songs=20, accuracy=0.4, low=0.3, high=0.5),
    CurvePoint(songs=40, accuracy=0.6, low=0.5, high=0.7),
]
REPORT = reports.report({
    "protocol": "artist",
    "row_protocol": {"segments": {"accuracy": 0.92, "log_loss": 0.3}},
    "segments": {"accuracy": 0.45, "intervals": {"accuracy": [0.38, 0.52]}},
    "songs": {"accuracy": 0.53, "majority": 0.28, "intervals": {"accuracy": [0.42, 0.61]}},
})  # fmt: skip


def figures():
    songs = table(per_genre=8, swap=(2,))
    return {
        "bars": plots.likelihood_bars({"jazz": 0.7, "folk": 0.3}),
        "time": plots.likelihoods_over_time(TIMELINE),
        "matrix": plots.matrix(COUNTS),
        "difference": plots.matrix(COUNTS, kind="recall", difference=COUNTS.T),
        "reliability": plots.reliability(BINS),
        "learning": plots.learning_curve(POINTS),
        "leak": plots.leak_gap(REPORT),
        "violins": plots.distributions(songs, "parts", genres=GENRES),
        "ranking": plots.ranking(explore.separation(songs)),
        "scatter": plots.scatter(songs, "parts", "noise", genres=GENRES),
        "map": plots.song_map(explore.song_map(songs, flagged=["s2"])),
    }


NAMES = ("bars", "time", "matrix", "difference", "reliability", "learning", "leak", "violins",
         "ranking", "scatter", "map")  # fmt: skip


@pytest.fixture(scope="module")
def drawn():
    found = figures()
    assert tuple(found) == NAMES
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_titled_transparent_and_without_text_colours(drawn, name):
    figure = drawn[name]
    assert figure.layout.xaxis.title.text and figure.layout.yaxis.title.text
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    written = json.loads(figure.to_json())
    assert written["data"]
    # Text on a heat map's cells stands on their colour, not on the page's.
    written["data"] = [trace for trace in written["data"] if trace["type"] != "heatmap"]
    assert not list(text_colours(written))
    assert figure.to_html(include_plotlyjs=False)


def text_colours(part, path=()):
    """Yield the paths of all colours that are set for text."""
    if isinstance(part, dict):
        for key, inner in part.items():
            if key == "color" and any("font" in str(step).lower() for step in path):
                yield path
            yield from text_colours(inner, (*path, key))
    elif isinstance(part, list):
        for i, inner in enumerate(part):
            yield from text_colours(inner, (*path, i))


# --- colours ------------------------------------------------------------------------------------
def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return float(colours.luminance(np.array([parts]))[0])


def test_luminance_is_wcags():
    assert luminance("#FFFFFF") == pytest.approx(1) and luminance("#000000") == 0
    assert luminance("#808080") == pytest.approx(0.2159, abs=1e-4)
    assert luminance("#FF0000") == pytest.approx(0.2126)


def test_colours_stand_out_on_light_and_dark():
    dark = luminance("#0E1117")
    for colour in colours.PALETTE:
        assert 1.05 / (luminance(colour) + 0.05) > 2.2  # against white
        assert (luminance(colour) + 0.05) / (dark + 0.05) > 3
    assert len(set(colours.PALETTE)) == len(colours.PALETTE) == 12


def test_a_genre_keeps_its_colour_whatever_is_shown():
    known = ["rock", "jazz", "Folk", "metal"]
    everywhere = plots.genre_colours(known)
    assert plots.genre_colours(reversed(known)) == everywhere
    few = plots.likelihood_bars({"rock": 0.6, "jazz": 0.4}, known=known)
    assert list(few.data[0].marker.color) == [everywhere["jazz"], everywhere["rock"]]
    songs = table(per_genre=5)
    known = ["ambient", *GENRES]
    some = plots.scatter(songs, "parts", "noise", genres=["metal"], known=known)
    assert [trace.name for trace in some.data] == ["metal"]
    assert some.data[0].marker.color == plots.genre_colours(known)["metal"]


def test_many_genres_differ_by_marker_and_pattern():
    genres = [f"genre {i:03}" for i in range(90)]
    by_colour, by_symbol = colours.genre_colours(genres), colours.genre_symbols(genres)
    by_pattern = colours.genre_patterns(genres)
    assert len({(by_colour[g], by_symbol[g]) for g in genres}) == 90
    assert len({(by_colour[g], by_pattern[g]) for g in genres}) == 90


def test_a_model_of_other_genres_takes_no_colour_away():
    known = ["classical", "rock"]
    alone = plots.genre_colours(known)
    figure = plots.likelihood_bars({"blues": 0.5, "rock": 0.3, "classical": 0.2}, known=known)
    shown = dict(zip(figure.data[0].y, figure.data[0].marker.color, strict=True))
    assert {genre: shown[genre] for genre in known} == alone
    assert shown["blues"] not in alone.values()


def test_unknown_genres_come_after_the_known_ones():
    known = colours.known_genres(["aaa", "rock"], ["rock", "jazz"])
    assert known == ["jazz", "rock", "aaa"]


# --- one song -----------------------------------------------------------------------------------
def test_bars_are_ranked_with_the_likeliest_on_top(drawn):
    bars = drawn["bars"].data[0]
    assert list(bars.y) == list(bars.customdata) == ["folk", "jazz"]
    assert list(bars.x) == [30, 70] and list(bars.text) == ["30%", "70%"]


def test_a_moment_knows_when_it_is(drawn):
    traces = drawn["time"].data
    assert [trace.name for trace in traces] == GENRES
    for trace in traces:
        assert list(trace.customdata) == list(trace.x) == [0, 10, 30]
        assert list(trace.width) == [10, 10, 10]
    np.testing.assert_allclose(np.sum([trace.y for trace in traces], axis=0), 100)
    assert plots.likelihoods_over_time([]).layout.xaxis.title.text


@pytest.mark.parametrize(("seconds", "widths"), [(36.5, [10, 10, 6.5]), (41.0, [10, 10, 10])])
def test_a_timeline_begins_at_nothing_and_ends_with_the_song(seconds, widths):
    figure = plots.likelihoods_over_time(TIMELINE, seconds=seconds)
    assert list(figure.layout.xaxis.range) == [0, seconds]
    for bars in figure.data:
        assert bars.x[0] == bars.offset == 0
        np.testing.assert_allclose(bars.width, widths)
        assert max(np.add(bars.x, bars.width)) <= seconds


def test_a_timeline_of_unknown_length_ends_with_its_last_segment(drawn):
    assert list(drawn["time"].layout.xaxis.range) == [0, 40]


# --- matrices -----------------------------------------------------------------------------------
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
def test_every_number_in_a_cell_can_be_read(kind, against):
    ours, theirs = shades()
    # The second has one cell that is the whole of its row and column: 0 and 100 % are there too.
    theirs.iloc[0], theirs.iloc[:, 0] = 0, 0
    theirs.iloc[0, 0] = 1000
    for counts in (ours, theirs):
        figure = plots.matrix(counts, kind=kind, difference=theirs if against else None)
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


def luminances(heat, values):
    places = (values - heat.zmin) / (heat.zmax - heat.zmin)
    scale = [[place, to_rgb(colour)] for place, colour in heat.colorscale]
    found = sample_colorscale(scale, places.tolist(), colortype="tuple")
    return colours.luminance(np.array(found).reshape(-1, 3))


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


# --- a model's curves ---------------------------------------------------------------------------
def test_reliability_is_in_percent_with_the_counts_at_hand(drawn):
    line = drawn["reliability"].data[1]
    np.testing.assert_allclose(line.x, [45, 86])
    np.testing.assert_allclose(line.y, [40, 70])
    assert [list(c) for c in line.customdata] == [[0.4, 0.5, 10], [0.8, 0.9, 40]]
    assert line.mode == "markers", "of 50 songs a line would join chance results"
    assert plots.reliability([replace(one, n=50) for one in BINS]).data[1].mode == "lines+markers"
    assert plots.reliability([]).data


def test_the_learning_curve_has_its_interval(drawn):
    band, line = drawn["learning"].data
    assert list(line.x) == [20, 40]
    np.testing.assert_allclose(line.y, [40, 60])
    np.testing.assert_allclose(band.y, [50, 70, 50, 30])


def test_the_leak_gap_shows_claim_truth_and_guessing(drawn):
    bars = drawn["leak"].data[0]
    np.testing.assert_allclose(bars.y, [92, 45, 53])
    assert [list(c) for c in bars.customdata] == [
        ["segments", "row"], ["segments", "artist"], ["songs", "artist"],
    ]  # fmt: skip
    np.testing.assert_allclose(bars.error_y.array, [0, 7, 8], atol=1e-9)
    np.testing.assert_allclose(bars.error_y.arrayminus, [0, 7, 11], atol=1e-9)
    assert bars.error_y.width == 0, "what has no interval would get a cap"
    assert drawn["leak"].data[1].y[0] == pytest.approx(28)


# --- features -----------------------------------------------------------------------------------
def test_violins_hold_each_genres_segments():
    songs = table(per_genre=8)
    songs.songs.at[0, "genres"] = ("jazz", "metal")
    drawn = plots.distributions(songs, "parts", genres=["jazz", "metal"])
    assert [trace.name for trace in drawn.data] == ["jazz", "metal"]
    assert [len(trace.y) for trace in drawn.data] == [8 * 4, 9 * 4]
    expected = songs.X[:, 0][np.isin(songs.song, range(8))]
    np.testing.assert_allclose(drawn.data[0].y, np.sort(expected))


def test_large_violins_are_thinned_and_keep_their_shape():
    songs = table(per_genre=300, segments=10)
    drawn = plots.distributions(songs, "noise", genres=["jazz"]).data[0].y
    whole = songs.X[:, 2][songs.song < 300]
    assert len(drawn) == 2000 < len(whole)
    levels = [0, 0.25, 0.5, 0.75, 1]
    np.testing.assert_allclose(np.quantile(drawn, levels), np.quantile(whole, levels), atol=2e-3)


def test_the_ranking_says_what_is_measured(drawn):
    figure = drawn["ranking"]
    assert figure.data[0].x[-1] == max(figure.data[0].x) > 0.9
    assert figure.data[0].y[0] == figure.data[0].customdata[0] == "constant"
    assert "eta squared" in figure.layout.xaxis.title.text


def test_points_carry_song_ids_and_plain_titles():
    songs = table(per_genre=4)
    songs.songs.at[1, "title"] = "<b>Loud</b> & %{x}"
    drawn = plots.scatter(songs, "parts", "noise", genres=["jazz", "metal"])
    by_name = {trace.name: trace for trace in drawn.data}
    assert list(by_name["jazz"].customdata) == ["s0", "s1", "s2", "s3"]
    means = explore.song_means(songs)
    np.testing.assert_allclose(by_name["metal"].x, means["parts"].iloc[8:])
    assert by_name["jazz"].text[1].startswith("Artist 1 – &lt;b>Loud&lt;/b> &amp; % {x}")
    assert by_name["jazz"].text[0].startswith("Title 0<br>jazz")


def test_flagged_songs_are_ringed(drawn):
    ring = drawn["map"].data[-1]
    assert ring.name == "check this label" and list(ring.customdata) == ["s2"]
    assert ring.marker.symbol == "circle-open"


def test_many_points_are_left_to_the_graphics_card():
    n = 2000
    found = pd.DataFrame(
        {"x": np.arange(n), "y": 0.0, "genre": "jazz", "title": "t", "song_id": "s", "flag": False}
    )
    assert plots.song_map(found).data[0].type == "scattergl"


@pytest.mark.parametrize(
    ("column", "unit"),
    [("spec_cent", "Hz"), ("rolloff_std", "Hz"), ("tempo", "beats a minute"), ("mfcc1", "no unit"),
     ("contrast3", "dB"), ("beats", "count")],
)  # fmt: skip
def test_units(column, unit):
    assert plots.unit(column) == unit
