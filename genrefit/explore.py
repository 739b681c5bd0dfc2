"""What the songs' features show without any model: what parts genres, maps, odd ones out."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from genrefit.errors import LibraryError
from genrefit.learning import pooling
from genrefit.records import Table

ETA_SQUARED = "share of the differences between songs that lies between genres (eta squared)"
FEWEST = 4
"""A map, neighbours and outliers need as many songs."""
NEIGHBOURS = 10
BINS = 8
BLOCK = 500


def song_means(table: Table) -> pd.DataFrame:
    """Return each song's mean of every feature; the index is song_id, columns are the table's."""
    present, number = np.unique(table.song, return_inverse=True)
    X = np.zeros((len(table.songs), len(table.columns)))
    X[present] = pooling.song_means(table.X, number, len(present))
    return pd.DataFrame(
        X,
        index=pd.Index(table.songs["song_id"], name="song_id"),
        columns=pd.Index(table.columns),
    )


def separation(table: Table) -> pd.DataFrame:
    """Rank features by how well they tell genres apart, over songs' means, best first.

    Columns: feature, score and information. `score` is eta squared (Fisher 1925), the share of a
    feature's variance between songs that lies between genres: 1 tells all apart, 0 none.
    `information` is the uncertainty coefficient (Theil 1970), the share of what there is to know
    of the genre that the feature, cut into 8 equally filled ranges, tells; it also sees relations
    that are no mere shift, and is corrected for chance after Miller and Madow (1955). A song in k
    genres counts 1/k in each. attrs["measure"] says in words what `score` is.
    """
    means = song_means(table)
    weight = _membership(table)[0]
    if min((weight.sum(axis=0) > 0).sum(), len(means)) < 2:
        raise LibraryError("features are ranked by how they part genres: that needs two genres")
    labelled = weight.sum(axis=1) > 0
    X, weight = means.to_numpy()[labelled], weight[labelled]
    found = pd.DataFrame(
        {
            "feature": list(means.columns),
            "score": _eta_squared(X, weight),
            "information": _information(X, weight),
        }
    ).sort_values("score", ascending=False, kind="stable", ignore_index=True)
    found.attrs["measure"] = ETA_SQUARED
    return found


def song_map(
    table: Table, *, method: str = "pca", seed: int = 0, flagged: Collection[str] = ()
) -> pd.DataFrame:
    """Lay songs out in two dimensions so that songs of similar features lie close together.

    `method` is "pca" (the two directions in which standardized song means differ most) or "tsne"
    (van der Maaten and Hinton 2008: keeps neighbours together, distances mean little). Columns:
    x, y, genre (the song's first, "" where none), genres, title, artist, song_id, flag (is it
    among `flagged`?). attrs: method, and x and y with the axes' names.
    """
    if method not in ("pca", "tsne"):
        raise LibraryError(f"no map {method!r}; there are pca and tsne")
    _enough(table)
    scores, shares = _principal(_standardized(table))
    if method == "pca":
        xy = np.pad(scores[:, :2], ((0, 0), (0, max(0, 2 - scores.shape[1]))))
        told = [*shares[:2], 0.0, 0.0]
        names = [f"direction {i + 1} ({told[i]:.0%} of the differences)" for i in range(2)]
    else:
        xy, names = _tsne(scores, seed), ["t-SNE 1 (no unit)", "t-SNE 2 (no unit)"]
    songs = table.songs
    found = pd.DataFrame(
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
    found.attrs = {"method": method, "x": names[0], "y": names[1]}
    return found


def label_checks(table: Table, *, out_of_fold: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find songs that sit in another genre's region: labels worth a second look.

    Two witnesses: the song's ten nearest neighbours (standardized song means, each genre weighing
    the same), and, where given, the `out_of_fold` likelihoods of a model that had not heard the
    song (song_id by genre). A song is listed where a witness gives its own genres less than half
    of what chance would, and another genre more than half. Columns: song_id, title, artist,
    genres, other, doubt (0 to 1, the highest first: the mean over witnesses of the other genre's
    share), reason.
    """
    weight, genres = _membership(table)
    songs, witnesses = table.songs, []
    if len(songs) >= FEWEST and len(genres) > 1:
        witnesses.append(("neighbours", _neighbour_votes(table, weight)))
    if out_of_fold is not None:
        P = out_of_fold.reindex(index=songs["song_id"], columns=genres).fillna(0.0).to_numpy()
        witnesses.append(("model", P))
    rows = [
        row for i in range(len(songs)) if (row := _doubted(i, songs, weight, genres, witnesses))
    ]
    columns = ["song_id", "title", "artist", "genres", "other", "doubt", "reason"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        "doubt", ascending=False, kind="stable", ignore_index=True
    )


def outliers(table: Table, *, threshold: float = 3.5) -> pd.DataFrame:
    """Find songs that sound like none of the others, the oddest first.

    A song's distance is the mean one to its five nearest neighbours; listed are those whose
    logarithm has a modified z-score over `threshold` (Iglewicz and Hoaglin 1993: 0.6745 times the
    distance from the median in units of the median absolute deviation). Columns: song_id, title,
    artist, genres, times (as far from its neighbours as is usual), reason.
    """
    columns = ["song_id", "title", "artist", "genres", "times", "reason"]
    if len(table.songs) < 2 * FEWEST:
        return pd.DataFrame([], columns=columns)
    Z = _standardized(table)
    distance, _ = _nearest(_principal(Z)[0], min(5, len(Z) - 1))
    logs = np.log(np.maximum(distance.mean(axis=1), 1e-9))
    middle = np.median(logs)
    spread = np.median(np.abs(logs - middle))
    odd = np.flatnonzero((spread > 0) & (0.6745 * (logs - middle) > threshold * spread))
    rows = []
    for i in sorted(odd, key=lambda i: -logs[i]):
        song, times = table.songs.iloc[i], float(np.exp(logs[i] - middle))
        most = Z.iloc[i].abs().nlargest(3).index
        told = ", ".join(f"{name} ({Z.iloc[i][name]:+.1f} standard deviations)" for name in most)
        reason = f"{times:.1f} times as far from its nearest songs as is usual; mostly by {told}"
        rows.append((song.song_id, song.title, song.artist, song.genres, times, reason))
    return pd.DataFrame(rows, columns=columns)


def _membership(table: Table) -> tuple[np.ndarray, list[str]]:
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
    found = []
    for values in X.T:
        edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
        ranges = np.eye(len(edges) + 1)[np.searchsorted(edges, values, side="right")]
        joint = ranges.T @ weight
        shared = genre + _entropy(ranges.sum(axis=0), n) - _entropy(joint.ravel(), n)
        found.append(np.clip(shared / genre, 0.0, 1.0) if genre > 0 else 0.0)
    return np.array(found)


def _entropy(counts: np.ndarray, n: int) -> float:
    """Entropy in nats with Miller and Madow's correction: (cells that hold any - 1) / 2n more."""
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum() + (len(p) - 1) / (2 * n))


def _enough(table: Table) -> None:
    if len(table.songs) < FEWEST:
        raise LibraryError(
            f"a map needs {FEWEST} songs with the feature set {table.features!r}, but there are "
            f"{len(table.songs)}: collect more"
        )


def _standardized(table: Table) -> pd.DataFrame:
    """Return song means with mean 0 and standard deviation 1, without features that never vary."""
    means = song_means(table)
    deviation = means.std(ddof=0)
    varies = deviation > 1e-9 * means.abs().mean()
    return (means.loc[:, varies] - means.mean()[varies]) / deviation[varies]


def _principal(Z: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the songs' principal components holding 95 % of the variance, two at least, and each
    one's share of it. Signs are fixed: a direction's largest loading is positive."""
    U, S, directions = np.linalg.svd(Z.to_numpy(), full_matrices=False)
    total = max(float((S**2).sum()), 1e-12)
    shares = S**2 / total
    kept = max(2, int(np.searchsorted(np.cumsum(shares), 0.95)) + 1)
    largest = np.abs(directions).argmax(axis=1)
    signs = np.where(directions[np.arange(len(directions)), largest] < 0, -1.0, 1.0)
    return (U * S * signs)[:, :kept], shares[:kept]


def _tsne(scores: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(30.0, (len(scores) - 1) / 3)
    # OpenMP's threads wait for each other by spinning: beside a busy job two of them took 24 s
    # for 56 songs where one took 1 s.
    with threadpool_limits(limits=1):
        return TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(scores)


def _nearest(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return distances and row numbers [shape=(n, k)] of each row's k nearest others.

    By brute force in blocks: importing scikit-learn for it would hold up a page for a second.
    """
    squares = (scores**2).sum(axis=1)
    near = np.empty((len(scores), k), dtype=np.int64)
    for start in range(0, len(scores), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(scores)))
        apart = squares[rows, None] + squares - 2 * scores[rows] @ scores.T
        apart[np.arange(len(rows)), rows] = np.inf
        near[rows] = np.argpartition(apart, k - 1, axis=1)[:, :k]
    distance = np.sqrt(((scores[near] - scores[:, None]) ** 2).sum(axis=2))
    order = np.argsort(distance, axis=1, kind="stable")
    return np.take_along_axis(distance, order, axis=1), np.take_along_axis(near, order, axis=1)


def _neighbour_votes(table: Table, weight: np.ndarray) -> np.ndarray:
    """Return the share of each genre among each song's neighbours [shape=(songs, G)].

    Votes are divided by the genre's size, so that a large genre is not everywhere by chance.
    """
    scores = _principal(_standardized(table))[0]
    _, near = _nearest(scores, min(NEIGHBOURS, len(scores) - 1))
    votes = weight[near].sum(axis=1) / np.maximum(weight.sum(axis=0), 1e-12)
    return votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-12)


def _doubted(
    i: int,
    songs: pd.DataFrame,
    weight: np.ndarray,
    genres: list[str],
    witnesses: list[tuple[str, np.ndarray]],
) -> tuple | None:
    """Return the row of one song whose label a witness doubts, else None."""
    own = weight[i] > 0
    if not own.any() or own.all():
        return None
    mean = np.mean([shares[i] for _, shares in witnesses], axis=0)
    other = int(np.where(own, -1.0, mean).argmax())
    chance = own.mean()
    reasons = []
    for witness, shares in witnesses:
        if shares[i][own].sum() < chance / 2 and shares[i][other] > 0.5:
            reasons.append(_reason(witness, genres, shares[i], own, other))
    if not reasons:
        return None
    song = songs.iloc[i]
    return (
        song.song_id,
        song.title,
        song.artist,
        song.genres,
        genres[other],
        float(mean[other]),
        "; ".join(reasons),
    )


def _reason(
    witness: str, genres: list[str], shares: np.ndarray, own: np.ndarray, other: int
) -> str:
    label = " and ".join(genre for genre, is_own in zip(genres, own, strict=True) if is_own)
    told = f"{shares[other]:.0%} {genres[other]} and {shares[own].sum():.0%} {label}"
    if witness == "neighbours":
        return f"the songs nearest to it are {told}"
    return f"a model that had not heard it says {told}"
