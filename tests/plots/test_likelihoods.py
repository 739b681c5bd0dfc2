"""Figures of one song's likelihoods."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit import plots
from tests.plots.conftest import GENRES, TIMELINE


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
