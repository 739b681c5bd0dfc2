"""Songs whose labels are worth a check, and songs unlike all others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from genrefit.explore.maps import FEWEST, principal_components, standardized
from genrefit.explore.ranking import genre_weights
from genrefit.formatting import percent
from genrefit.records import Table

NEIGHBOURS = 10
BLOCK = 500


def label_checks(table: Table, *, out_of_fold: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find songs that sit in another genre's region: labels worth a second look.

    Two witnesses: the song's ten nearest neighbours (standardized song means, each genre weighing
    the same), and, where given, the `out_of_fold` likelihoods of a model that had not heard the
    song (song_id by genre). A song is listed where a witness gives its own genres less than half
    of what chance would, and another genre more than half. Columns: song_id, title, artist,
    genres, other, doubt (0 to 1, the highest first: the mean over witnesses of the other genre's
    share), reason.
    """
    weight, genres = genre_weights(table)
    songs, witnesses = table.songs, []
    if len(songs) >= FEWEST and len(genres) > 1:
        witnesses.append(("neighbours", _neighbour_votes(table, weight)))
    if out_of_fold is not None:
        P = out_of_fold.reindex(index=songs["song_id"], columns=genres).fillna(0.0).to_numpy()
        witnesses.append(("model", P))
    rows = [
        row for i in range(len(songs)) if (row := _label_check(i, songs, weight, genres, witnesses))
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
    Z = standardized(table)
    distance, _ = nearest(principal_components(Z)[0], min(5, len(Z) - 1))
    logs = np.log(np.maximum(distance.mean(axis=1), 1e-9))
    middle = np.median(logs)
    spread = np.median(np.abs(logs - middle))
    odd = np.flatnonzero((spread > 0) & (0.6745 * (logs - middle) > threshold * spread))
    rows = []
    for i in sorted(odd, key=lambda i: -logs[i]):
        song, times = table.songs.iloc[i], float(np.exp(logs[i] - middle))
        most = Z.iloc[i].abs().nlargest(3).index
        traits = ", ".join(f"{name} ({Z.iloc[i][name]:+.1f} standard deviations)" for name in most)
        reason = f"{times:.1f} times as far from its nearest songs as is usual; mostly by {traits}"
        rows.append((song.song_id, song.title, song.artist, song.genres, times, reason))
    return pd.DataFrame(rows, columns=columns)


def nearest(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
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
    scores = principal_components(standardized(table))[0]
    _, near = nearest(scores, min(NEIGHBOURS, len(scores) - 1))
    votes = weight[near].sum(axis=1) / np.maximum(weight.sum(axis=0), 1e-12)
    return np.asarray(votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-12))


def _label_check(
    i: int,
    songs: pd.DataFrame,
    weight: np.ndarray,
    genres: list[str],
    witnesses: list[tuple[str, np.ndarray]],
) -> tuple[Any, ...] | None:
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
    text = f"{percent(shares[other])} {genres[other]} and {percent(shares[own].sum())} {label}"
    if witness == "neighbours":
        return f"the songs nearest to it are {text}"
    return f"a model that had not heard it says {text}"
