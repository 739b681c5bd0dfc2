"""Figures of a model's calibration, learning curve and leak."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genrefit import plots
from tests.plots.conftest import BINS


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
