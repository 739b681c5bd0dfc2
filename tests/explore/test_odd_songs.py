"""Labels worth a second look, odd songs, nearest neighbours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genrefit import explore
from genrefit.explore import neighbours
from tests.support.explored import cut, table


def test_wrong_labels_are_found_and_explained():
    given = table(swap=(2, 41))
    doubts = explore.label_checks(given)
    assert set(doubts["song_id"]) == {"s2", "s41"}
    row = doubts.set_index("song_id").loc["s2"]
    assert row["genres"] == ("folk",) and row["other"] == "jazz"
    assert "nearest to it are" in row["reason"] and "jazz" in row["reason"]
    assert doubts["doubt"].between(0.5, 1).all()


def test_a_model_that_doubts_is_a_second_witness():
    given = table()
    P = pd.DataFrame(
        [[g == ("folk",), g == ("jazz",), g == ("metal",)] for g in given.songs["genres"]],
        index=given.songs["song_id"], columns=["folk", "jazz", "metal"], dtype=float,
    )  # fmt: skip
    assert explore.label_checks(given, out_of_fold=P).empty
    P.loc["s5"] = [0.05, 0.1, 0.85]
    doubts = explore.label_checks(given, out_of_fold=P.drop(index="s6"))
    assert list(doubts["song_id"]) == ["s5"]
    assert "a model that had not heard it says 85 % metal and 10 % jazz" in doubts["reason"][0]


def test_clean_labels_raise_no_doubt():
    assert explore.label_checks(table()).empty
    assert explore.label_checks(cut(table(), 3)).empty


def test_odd_songs_are_found_with_what_makes_them_odd():
    odd_songs = explore.outliers(table(odd=(17,)))
    assert list(odd_songs["song_id"]) == ["s17"]
    assert odd_songs["times"][0] > 3 and "standard deviations" in odd_songs["reason"][0]
    assert explore.outliers(cut(table(), 5)).empty


@pytest.mark.parametrize("n", [5, 40, 1200])
def test_neighbours_are_scikit_learns(n):
    from sklearn.neighbors import NearestNeighbors

    scores = np.random.default_rng(n).normal(size=(n, 7))
    k = min(10, n - 1)
    distance, near = neighbours.nearest(scores, k)
    expected, others = NearestNeighbors(n_neighbors=k).fit(scores).kneighbors()
    np.testing.assert_allclose(distance, expected, atol=1e-9)
    np.testing.assert_array_equal(near, others)


def test_a_twin_is_a_neighbour_and_a_song_is_not_its_own():
    distance, near = neighbours.nearest(np.array([[0.0], [0.0], [5.0]]), 1)
    assert near[0] == [1] and near[1] == [0]
    assert distance[0] == 0.0 and distance[2] == 5.0
