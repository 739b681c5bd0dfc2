"""Songs laid out in two dimensions by their features."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from genrefit.errors import LibraryError
from genrefit.explore.ranking import song_means
from genrefit.formatting import percent
from genrefit.records import SongTable, Table

FEWEST = 4
"""A map, neighbours and outliers need as many songs."""


MANY_ROWS = 4
"""With so many times more songs than features, directions come from the features' covariance:
of 100,000 songs and 250 features in a fraction of the time that a decomposition of all takes."""


def song_map(
    table: Table | SongTable, *, method: str = "pca", seed: int = 0, flagged: Collection[str] = ()
) -> pd.DataFrame:
    """Lay songs out in two dimensions so that songs of similar features lie close together.

    `method` is "pca" (the two directions in which standardized song means differ most) or "tsne"
    (van der Maaten and Hinton 2008: keeps neighbours together, distances mean little). Columns:
    x, y, genre (the song's first, "" where none), genres, title, artist, song_id, flag (is it
    among `flagged`?). attrs: method, and x and y with the axes' names.
    """
    if method not in ("pca", "tsne"):
        raise LibraryError(f"no map {method!r}; there are pca and tsne")
    _check_enough(table)
    scores, shares = principal_components(standardized(table))
    if method == "pca":
        xy = np.pad(scores[:, :2], ((0, 0), (0, max(0, 2 - scores.shape[1]))))
        explained = [*shares[:2], 0.0, 0.0]
        names = [
            f"direction {i + 1} ({percent(explained[i])} of the differences)" for i in range(2)
        ]
    else:
        xy, names = _tsne(scores, seed), ["t-SNE 1 (no unit)", "t-SNE 2 (no unit)"]
    songs = table.songs
    points = pd.DataFrame(
        {
            "x": xy[:, 0],
            "y": xy[:, 1],
            "genre": [genres[0] if genres else "" for genres in songs["genres"]],
            "genres": list(songs["genres"]),
            "title": list(songs["title"]),
            "artist": list(songs["artist"]),
            "song_id": list(songs["song_id"]),
            "flag": [song_id in set(flagged) for song_id in songs["song_id"]],
        }
    )
    points.attrs = {"method": method, "x": names[0], "y": names[1]}
    return points


def _check_enough(table: Table | SongTable) -> None:
    if len(table.songs) < FEWEST:
        raise LibraryError(
            f"a map needs {FEWEST} songs with the feature set {table.features!r}, but there are "
            f"{len(table.songs)}: collect more"
        )


def standardized(table: Table | SongTable) -> pd.DataFrame:
    """Return song means with mean 0 and standard deviation 1, without features that never vary."""
    means = song_means(table)
    deviation = means.std(ddof=0)
    varies = deviation > 1e-9 * means.abs().mean()
    return (means.loc[:, varies] - means.mean()[varies]) / deviation[varies]


def principal_components(Z: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the songs' principal components holding 95 % of the variance, two at least, and each
    one's share of it. Signs are fixed: a direction's largest loading is positive."""
    values = Z.to_numpy()
    if len(values) > MANY_ROWS * values.shape[1]:
        variances, directions = np.linalg.eigh(values.T @ values)
        S, directions = np.sqrt(np.maximum(variances[::-1], 0)), directions.T[::-1]
    else:
        _, S, directions = np.linalg.svd(values, full_matrices=False)
    total = max(float((S**2).sum()), 1e-12)
    shares = S**2 / total
    count = max(2, int(np.searchsorted(np.cumsum(shares), 0.95)) + 1)
    directions = directions[:count]
    largest = np.abs(directions).argmax(axis=1)
    signs = np.where(directions[np.arange(len(directions)), largest] < 0, -1.0, 1.0)
    return values @ (directions * signs[:, None]).T, shares[:count]


def _tsne(scores: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(30.0, (len(scores) - 1) / 3)
    # OpenMP's threads wait for each other by spinning: beside a busy job two of them took 24 s
    # for 56 songs where one took 1 s.
    with threadpool_limits(limits=1):
        tsne = TSNE(perplexity=perplexity, init="pca", random_state=seed)
        return np.asarray(tsne.fit_transform(scores))
