"""What features show: rankings, maps, labels worth a second look, odd songs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genrefit import explore
from genrefit.errors import LibraryError
from genrefit.explore import odd_songs
from genrefit.records import Table

COLUMNS = ("parts", "turns", "noise", "constant")


def table(
    per_genre=20,
    *,
    genres=("jazz", "folk", "metal"),
    segments=4,
    seed=0,
    swap=(),
    odd=(),
    turns=0.0,
):
    """Songs whose `parts` differs by genre, whose `turns` too, or it goes to both sides in jazz.

    Songs numbered in `swap` carry the next genre's label; those in `odd` are far from all.
    """
    rng = np.random.default_rng(seed)
    n = per_genre * len(genres)
    genre = np.repeat(np.arange(len(genres)), per_genre)
    both_sides = np.tile([-1, 1], n)[:n] * turns * (genre == 0)
    turned = both_sides if turns else -3.0 * genre
    center = np.stack([4.0 * genre, turned, np.zeros(n), np.full(n, 7.0)], axis=1)
    spread = rng.normal(0, 0.5, (n, 4)) * [1, 1, 1, 0]
    means = center + spread
    means[list(odd), :3] += 40
    song = np.repeat(np.arange(n), segments)
    X = means[song] + rng.normal(0, 0.1, (n * segments, 4)) * [1, 1, 1, 0]
    labels = [genres[(g + (i in swap)) % len(genres)] for i, g in enumerate(genre)]
    songs = pd.DataFrame(
        {
            "song_id": [f"s{i}" for i in range(n)],
            "title": [f"Title {i}" for i in range(n)],
            "artist": [None if i % 5 == 0 else f"Artist {i}" for i in range(n)],
            "address": [f"/music/{i}.mp3" for i in range(n)],
            "seconds": 40.0,
            "genres": [(label,) for label in labels],
        }
    )
    start = np.tile(np.arange(segments) * 10.0, n)
    return Table(X.astype(np.float32), song, start, songs, COLUMNS, "classic", 1)


def cut(whole, keep):
    rows = whole.song < keep
    return Table(whole.X[rows], whole.song[rows], whole.start[rows], whole.songs.iloc[:keep],
                 whole.columns, whole.features, whole.version)  # fmt: skip


def test_song_means_are_means():
    given = table()
    means = explore.song_means(given)
    np.testing.assert_allclose(means.loc["s7"], given.X[given.song == 7].mean(axis=0), rtol=1e-5)
    assert list(means.columns) == list(COLUMNS)


def test_separation_ranks_by_a_stated_measure():
    given = table(per_genre=60, turns=2.0)
    found = explore.separation(given).set_index("feature")
    assert found.index[0] == "parts" and found.loc["parts", "score"] > 0.9
    assert found.loc["noise", "score"] < 0.1 and found.loc["noise", "information"] < 0.15
    assert found.loc["constant", ["score", "information"]].eq(0).all()
    # `turns` has the same mean in all genres: only the information tells it from noise.
    assert found.loc["turns", "score"] < 0.1 and found.loc["turns", "information"] > 0.3
    assert "eta squared" in explore.separation(given).attrs["measure"]


def test_separation_is_the_analysis_of_variance():
    from sklearn.feature_selection import f_classif

    given = table(seed=3)
    means = explore.song_means(given)[["parts", "turns", "noise"]]
    F, _ = f_classif(means, [g[0] for g in given.songs["genres"]])
    between, within = 2, len(means) - 3
    expected = F * between / (F * between + within)
    found = explore.separation(given).set_index("feature")["score"]
    np.testing.assert_allclose(found[["parts", "turns", "noise"]], expected, rtol=1e-5)


def test_a_song_in_two_genres_counts_half_in_each():
    given = table(per_genre=10)
    alone = explore.separation(given).set_index("feature")["score"]
    given.songs.at[0, "genres"] = ("jazz", "metal")
    shared = explore.separation(given).set_index("feature")["score"]
    assert shared["parts"] < alone["parts"]


def test_separation_needs_two_genres():
    with pytest.raises(LibraryError, match="two genres"):
        explore.separation(table(genres=("jazz",)))


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_a_map_keeps_genres_together(method):
    given = table(per_genre=10)
    found = explore.song_map(given, method=method, seed=1, flagged=["s3"])
    assert list(found["song_id"]) == list(given.songs["song_id"])
    assert found["flag"].sum() == 1 and np.isfinite(found[["x", "y"]]).all(axis=None)
    xy = found[["x", "y"]].to_numpy()
    assert found.attrs["x"] and found.attrs["y"]
    np.testing.assert_allclose(explore.song_map(given, method=method, seed=1)[["x", "y"]], xy)
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2) + np.diag(np.full(len(xy), np.inf))
    nearest = found["genre"].to_numpy()[apart.argmin(axis=1)]
    assert (nearest == found["genre"]).mean() > 0.9


def test_the_pca_map_is_scikit_learns():
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    given = table()
    Z = StandardScaler().fit_transform(explore.song_means(given)[["parts", "turns", "noise"]])
    model = PCA(2).fit(Z)
    found = explore.song_map(given)
    np.testing.assert_allclose(found[["x", "y"]].abs(), np.abs(model.transform(Z)), atol=1e-5)
    assert f"{model.explained_variance_ratio_[0]:.0%}" in found.attrs["x"]


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_maps_of_few_songs(method):
    assert len(explore.song_map(cut(table(), 4), method=method)) == 4
    with pytest.raises(LibraryError, match=r"needs 4 songs .* there are 3"):
        explore.song_map(cut(table(), 3), method=method)


def test_no_such_map():
    with pytest.raises(LibraryError, match="no map 'umap'"):
        explore.song_map(table(), method="umap")


def test_wrong_labels_are_found_and_explained():
    given = table(swap=(2, 41))
    found = explore.label_checks(given)
    assert set(found["song_id"]) == {"s2", "s41"}
    row = found.set_index("song_id").loc["s2"]
    assert row["genres"] == ("folk",) and row["other"] == "jazz"
    assert "nearest to it are" in row["reason"] and "jazz" in row["reason"]
    assert found["doubt"].between(0.5, 1).all()


def test_a_model_that_doubts_is_a_second_witness():
    given = table()
    P = pd.DataFrame(
        [[g == ("folk",), g == ("jazz",), g == ("metal",)] for g in given.songs["genres"]],
        index=given.songs["song_id"], columns=["folk", "jazz", "metal"], dtype=float,
    )  # fmt: skip
    assert explore.label_checks(given, out_of_fold=P).empty
    P.loc["s5"] = [0.05, 0.1, 0.85]
    found = explore.label_checks(given, out_of_fold=P.drop(index="s6"))
    assert list(found["song_id"]) == ["s5"]
    assert "a model that had not heard it says 85% metal and 10% jazz" in found["reason"][0]


def test_clean_labels_raise_no_doubt():
    assert explore.label_checks(table()).empty
    assert explore.label_checks(cut(table(), 3)).empty


def test_odd_songs_are_found_with_what_makes_them_odd():
    found = explore.outliers(table(odd=(17,)))
    assert list(found["song_id"]) == ["s17"]
    assert found["times"][0] > 3 and "standard deviations" in found["reason"][0]
    assert explore.outliers(cut(table(), 5)).empty


@pytest.mark.parametrize("n", [5, 40, 1200])
def test_neighbours_are_scikit_learns(n):
    from sklearn.neighbors import NearestNeighbors

    scores = np.random.default_rng(n).normal(size=(n, 7))
    k = min(10, n - 1)
    distance, near = odd_songs.nearest(scores, k)
    expected, others = NearestNeighbors(n_neighbors=k).fit(scores).kneighbors()
    np.testing.assert_allclose(distance, expected, atol=1e-9)
    np.testing.assert_array_equal(near, others)


def test_a_twin_is_a_neighbour_and_a_song_is_not_its_own():
    distance, near = odd_songs.nearest(np.array([[0.0], [0.0], [5.0]]), 1)
    assert near[0] == [1] and near[1] == [0]
    assert distance[0] == 0.0 and distance[2] == 5.0
