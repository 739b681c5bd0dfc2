"""Maps of songs."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit import explore
from genrefit.errors import LibraryError
from tests.support.explored import cut, table


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_a_map_keeps_genres_together(method):
    song_table = table(per_genre=10)
    points = explore.song_map(song_table, method=method, seed=1, flagged=["s3"])
    assert list(points["song_id"]) == list(song_table.songs["song_id"])
    assert points["flag"].sum() == 1 and np.isfinite(points[["x", "y"]]).all(axis=None)
    xy = points[["x", "y"]].to_numpy()
    assert points.attrs["x"] and points.attrs["y"]
    np.testing.assert_allclose(explore.song_map(song_table, method=method, seed=1)[["x", "y"]], xy)
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2) + np.diag(np.full(len(xy), np.inf))
    nearest = points["genre"].to_numpy()[apart.argmin(axis=1)]
    assert (nearest == points["genre"]).mean() > 0.9


def test_the_pca_map_is_scikit_learns():
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    song_table = table()
    Z = StandardScaler().fit_transform(explore.song_means(song_table)[["parts", "turns", "noise"]])
    model = PCA(2).fit(Z)
    points = explore.song_map(song_table)
    np.testing.assert_allclose(points[["x", "y"]].abs(), np.abs(model.transform(Z)), atol=1e-5)
    assert f"({100 * model.explained_variance_ratio_[0]:.0f} % of" in points.attrs["x"]


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_maps_of_few_songs(method):
    assert len(explore.song_map(cut(table(), 4), method=method)) == 4
    with pytest.raises(LibraryError, match=r"needs 4 songs .* there are 3"):
        explore.song_map(cut(table(), 3), method=method)


def test_no_such_map():
    with pytest.raises(LibraryError, match="no map 'umap'"):
        explore.song_map(table(), method="umap")
