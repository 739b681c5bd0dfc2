"""Figures of one song's likelihoods."""

from __future__ import annotations


def test_bars_are_ranked_with_the_likeliest_on_top(drawn):
    bars = drawn["bars"].data[0]
    assert list(bars.y) == list(bars.customdata) == ["folk", "jazz"]
    assert list(bars.x) == [30, 70] and list(bars.text) == ["30%", "70%"]
