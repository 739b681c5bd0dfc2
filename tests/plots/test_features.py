"""Figures of feature distributions and the ranking of features."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit import plots
from tests.support.explored import table


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


@pytest.mark.parametrize(
    ("column", "unit"),
    [("spec_cent", "Hz"), ("rolloff_std", "Hz"), ("tempo", "beats a minute"), ("mfcc1", "no unit"),
     ("contrast3", "dB"), ("beats", "count")],
)  # fmt: skip
def test_units(column, unit):
    assert plots.unit(column) == unit
