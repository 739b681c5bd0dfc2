"""How well each feature tells genres apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from genrefit.errors import LibraryError
from genrefit.learning import pooling
from genrefit.records import SongTable, Table

ETA_SQUARED = "share of the differences between songs that lies between genres (eta squared)"
BINS = 8


def song_means(table: Table | SongTable) -> pd.DataFrame:
    """Return each song's mean of every feature; the index is song_id, columns are the table's."""
    if isinstance(table, SongTable):
        return _frame(table.means.astype(np.float64), table)
    present, number = np.unique(table.song, return_inverse=True)
    X = np.zeros((len(table.songs), len(table.columns)))
    X[present] = pooling.song_means(table.X, number, len(present))
    return _frame(X, table)


def _frame(X: np.ndarray, table: Table | SongTable) -> pd.DataFrame:
    ids = pd.Index(table.songs["song_id"], name="song_id")
    return pd.DataFrame(X, index=ids, columns=pd.Index(table.columns))


def separation(table: Table | SongTable) -> pd.DataFrame:
    """Rank features by how well they tell genres apart, over songs' means, best first.

    Columns: feature, score and information. `score` is eta squared (Fisher 1925), the share of a
    feature's variance between songs that lies between genres: 1 tells all apart, 0 none.
    `information` is the uncertainty coefficient (Theil 1970), the share of what there is to know
    of the genre that the feature, cut into 8 equally filled ranges, tells; it also sees relations
    that are no mere shift, and is corrected for chance after Miller and Madow (1955). A song in k
    genres counts 1/k in each. attrs["measure"] says in words what `score` is.
    """
    means = song_means(table)
    weight = genre_weights(table)[0]
    if min((weight.sum(axis=0) > 0).sum(), len(means)) < 2:
        raise LibraryError("features are ranked by how they part genres: that needs two genres")
    labelled = weight.sum(axis=1) > 0
    X, weight = means.to_numpy()[labelled], weight[labelled]
    ranked = pd.DataFrame(
        {
            "feature": list(means.columns),
            "score": _eta_squared(X, weight),
            "information": _information(X, weight),
        }
    ).sort_values("score", ascending=False, kind="stable", ignore_index=True)
    ranked.attrs["measure"] = ETA_SQUARED
    return ranked


def genre_weights(table: Table | SongTable) -> tuple[np.ndarray, list[str]]:
    """Return each song's weight in each genre [shape=(songs, G)], 1/k in each of k; and names."""
    lists = list(table.songs["genres"])
    genres = sorted({genre for names in lists for genre in names}, key=str.casefold)
    weight = np.array([[genre in names for genre in genres] for names in lists], dtype=float)
    weight = weight.reshape(len(lists), len(genres))
    return weight / np.maximum(weight.sum(axis=1, keepdims=True), 1), genres


def _eta_squared(X: np.ndarray, weight: np.ndarray) -> np.ndarray:
    size = weight.sum(axis=0)
    mean = X.mean(axis=0)
    of_genre = weight.T @ X / np.maximum(size, 1e-12)[:, None]
    between = size @ (of_genre - mean) ** 2
    total = ((X - mean) ** 2).sum(axis=0)
    varies = total > 1e-12 * np.maximum(1.0, mean**2) * len(X)
    return np.where(varies, between / np.where(varies, total, 1.0), 0.0)


def _information(X: np.ndarray, weight: np.ndarray) -> np.ndarray:
    n = len(X)
    genre = _entropy(weight.sum(axis=0), n)
    coefficients = []
    for values in X.T:
        edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
        ranges = np.eye(len(edges) + 1)[np.searchsorted(edges, values, side="right")]
        joint = ranges.T @ weight
        shared = genre + _entropy(ranges.sum(axis=0), n) - _entropy(joint.ravel(), n)
        coefficients.append(np.clip(shared / genre, 0.0, 1.0) if genre > 0 else 0.0)
    return np.array(coefficients)


def _entropy(counts: np.ndarray, n: int) -> float:
    """Entropy in nats with Miller and Madow's correction: (cells that hold any - 1) / 2n more."""
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum() + (len(p) - 1) / (2 * n))
