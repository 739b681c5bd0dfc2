"""Rankings of features."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit import explore
from genrefit.errors import LibraryError
from tests.support.explored import COLUMNS, table


def test_song_means_are_means():
    song_table = table()
    means = explore.song_means(song_table)
    np.testing.assert_allclose(
        means.loc["s7"], song_table.X[song_table.song == 7].mean(axis=0), rtol=1e-5
    )
    assert list(means.columns) == list(COLUMNS)


def test_separation_ranks_by_a_stated_measure():
    song_table = table(per_genre=60, turns=2.0)
    ranked = explore.separation(song_table).set_index("feature")
    assert ranked.index[0] == "parts" and ranked.loc["parts", "score"] > 0.9
    assert ranked.loc["noise", "score"] < 0.1 and ranked.loc["noise", "information"] < 0.15
    assert ranked.loc["constant", ["score", "information"]].eq(0).all()
    # `turns` has the same mean in all genres: only the information tells it from noise.
    assert ranked.loc["turns", "score"] < 0.1 and ranked.loc["turns", "information"] > 0.3
    assert "eta squared" in explore.separation(song_table).attrs["measure"]


def test_separation_is_the_analysis_of_variance():
    from sklearn.feature_selection import f_classif

    song_table = table(seed=3)
    means = explore.song_means(song_table)[["parts", "turns", "noise"]]
    F, _ = f_classif(means, [g[0] for g in song_table.songs["genres"]])
    between, within = 2, len(means) - 3
    expected = F * between / (F * between + within)
    ranked = explore.separation(song_table).set_index("feature")["score"]
    np.testing.assert_allclose(ranked[["parts", "turns", "noise"]], expected, rtol=1e-5)


def test_a_song_in_two_genres_counts_half_in_each():
    song_table = table(per_genre=10)
    alone = explore.separation(song_table).set_index("feature")["score"]
    song_table.songs.at[0, "genres"] = ("jazz", "metal")
    shared = explore.separation(song_table).set_index("feature")["score"]
    assert shared["parts"] < alone["parts"]


def test_separation_needs_two_genres():
    with pytest.raises(LibraryError, match="two genres"):
        explore.separation(table(genres=("jazz",)))
