"""Maps of songs."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit import explore
from genrefit.errors import LibraryError
from tests.support.explored import cut, table


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
