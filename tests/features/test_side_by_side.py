"""Several feature sets of one song as one array."""

from __future__ import annotations

import numpy as np

from genrefit.features.sets import FEATURE_SETS
from genrefit.features.side_by_side import columns_of, side_by_side
from genrefit.records import Features

SETS = ("ear", "yamnet")
FIRST, SECOND = (len(FEATURE_SETS[name].columns) for name in SETS)


def drawn(starts: list[float], width: int) -> Features:
    rng = np.random.default_rng(len(starts))
    return Features(np.float32(starts), rng.normal(size=(len(starts), width)).astype(np.float32))


def test_columns_stand_in_the_order_of_the_sets():
    first, second = drawn([0, 10, 20], FIRST), drawn([0, 10, 20], SECOND)
    X = side_by_side(SETS, {"yamnet": second, "ear": first})
    assert X.shape == (3, len(columns_of(SETS)))
    np.testing.assert_array_equal(X[:, :FIRST], first.values)
    np.testing.assert_array_equal(X[:, FIRST:], second.values)
    assert columns_of(SETS)[FIRST:] == FEATURE_SETS["yamnet"].columns


def test_a_set_that_the_song_lacks_is_nan():
    X = side_by_side(SETS, {"ear": drawn([0, 10], FIRST)})
    assert np.isnan(X[:, FIRST:]).all() and not np.isnan(X[:, :FIRST]).any()


def test_segments_are_matched_by_when_they_begin():
    first, second = drawn([0, 10, 20], FIRST), drawn([10, 20, 30, 40], SECOND)
    X = side_by_side(SETS, {"ear": first, "yamnet": second})
    assert np.isnan(X[0, FIRST:]).all()
    np.testing.assert_array_equal(X[1:, FIRST:], second.values[:2])
