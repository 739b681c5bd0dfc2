"""Songs whose labels are worth a check, ranked by confident learning.

After "Confident Learning: Estimating Uncertainty in Dataset Labels" (Northcutt, Jiang, Chuang
2021), by its published formulas: a song counts as one of another genre where its likelihood of that
genre is at least the mean one of the songs that are labelled so (an off-diagonal entry of the
confident joint), and the normalised margin ranks. The authors' own library is under the AGPL.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from genrefit.explore.maps import FEWEST, principal_components, standardized
from genrefit.explore.neighbours import nearest
from genrefit.explore.ranking import genre_weights
from genrefit.formatting import percent
from genrefit.records import SongTable, Table

NEIGHBOURS = 10
COLUMNS = ("song_id", "title", "artist", "genres", "other", "doubt", "reason")


def label_checks(
    table: Table | SongTable,
    *,
    out_of_fold: pd.DataFrame | None = None,
    confirmed: Collection[tuple[str, str]] = (),
) -> pd.DataFrame:
    """Find songs that sound like another genre than they are labelled: labels to check.

    Two witnesses: the song's ten nearest neighbours (standardized song means, each genre weighing
    the same), and, where given, the `out_of_fold` likelihoods of a model that had not heard the
    song (song_id by genre). A song is listed where a witness gives its own genres less than half
    of what chance would and another more than half, or where the model's likelihood of another
    genre is what songs of that genre have. Songs whose labels are all `confirmed`
    (song_id, genre) are left out. Columns: song_id, title, artist, genres, other, doubt (0 to 1,
    the highest first: half of one more than the other genre's share less the own ones', the mean
    over witnesses), reason.
    """
    weight, genres = genre_weights(table)
    songs, n = table.songs, len(table.songs)
    witnesses: list[tuple[str, np.ndarray, np.ndarray]] = []
    if n >= FEWEST and len(genres) > 1:
        votes = _neighbour_votes(table, weight)
        witnesses.append(("neighbours", votes, _outvoted(votes, weight > 0)))
    if out_of_fold is not None and len(genres) > 1:
        P = out_of_fold.reindex(index=songs["song_id"], columns=genres).to_numpy(float)
        known = np.isfinite(P).all(axis=1)
        filled, own = np.nan_to_num(P), weight > 0
        doubts = _off_diagonal(filled, own, known) | _outvoted(filled, own)
        witnesses.append(("model", P, known & doubts))
    if not witnesses:
        return pd.DataFrame([], columns=list(COLUMNS))
    own = weight > 0
    mean = np.nanmean(np.stack([shares for _, shares, _ in witnesses]), axis=0)
    other = np.where(own, -1.0, mean).argmax(axis=1)
    margin = (1 + mean[np.arange(n), other] - np.where(own, mean, 0).sum(axis=1)) / 2
    doubted = np.any([doubts for _, _, doubts in witnesses], axis=0)
    doubted &= own.any(axis=1) & ~own.all(axis=1) & ~_all_confirmed(songs, confirmed)
    rows = [
        (*_who(songs, i), genres[other[i]], float(margin[i]), _reason(i, genres, own[i], witnesses))
        for i in np.flatnonzero(doubted).tolist()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(
        "doubt", ascending=False, kind="stable", ignore_index=True
    )


def alike(
    Z: pd.DataFrame, songs: pd.DataFrame, song_id: str, genre: str, *, most: int = 3
) -> list[tuple[str, float]]:
    """Return the songs of a genre nearest to a song, as (song_id, distance), the nearest first.

    `Z` are standardized song means (`maps.standardized`), `songs` who they are. The distance is in
    units of the usual one between two songs.
    """
    among = np.array([genre in names and s != song_id for s, names in _labels(songs)], dtype=bool)
    apart = np.sqrt(((Z.to_numpy()[among] - Z.loc[song_id].to_numpy()) ** 2).sum(axis=1))
    ids = songs["song_id"].to_numpy()[among]
    order = np.argsort(apart, kind="stable")[:most]
    return [(str(ids[i]), float(apart[i] / np.sqrt(2 * Z.shape[1]))) for i in order]


def _labels(songs: pd.DataFrame) -> list[tuple[str, tuple[str, ...]]]:
    return list(zip(songs["song_id"], songs["genres"], strict=True))


def _who(songs: pd.DataFrame, i: int) -> tuple[Any, ...]:
    song = songs.iloc[i]
    return song.song_id, song.title, song.artist, song.genres


def _all_confirmed(songs: pd.DataFrame, confirmed: Collection[tuple[str, str]]) -> np.ndarray:
    said = set(confirmed)
    return np.array(
        [bool(names) and all((s, g) in said for g in names) for s, names in _labels(songs)],
        dtype=bool,
    )


def _off_diagonal(P: np.ndarray, own: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return which songs count as another genre in the confident joint [shape=(songs,), bool].

    A genre's threshold is the mean likelihood that the songs labelled so give it.
    """
    labelled = own & known[:, None]
    size = labelled.sum(axis=0)
    threshold = (P * labelled).sum(axis=0) / np.maximum(size, 1)
    sure = (np.where(size > 0, threshold, np.inf) <= P) & (P > 0)
    counted = np.where(sure, P, -1.0).argmax(axis=1)
    return np.asarray(sure.any(axis=1) & ~own[np.arange(len(P)), counted])


def _outvoted(votes: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return which songs lie among another genre's [shape=(songs,), bool]."""
    chance = own.mean(axis=1)
    most = np.where(own, 0.0, votes).max(axis=1)
    return np.asarray((np.where(own, votes, 0.0).sum(axis=1) < chance / 2) & (most > 0.5))


def _neighbour_votes(table: Table | SongTable, weight: np.ndarray) -> np.ndarray:
    """Return the share of each genre among each song's neighbours [shape=(songs, G)].

    Votes are divided by the genre's size, so that a large genre is not everywhere by chance.
    """
    scores = principal_components(standardized(table))[0].astype(np.float32)
    _, near = nearest(scores, min(NEIGHBOURS, len(scores) - 1))
    votes = np.zeros(weight.shape)
    for column in near.T:
        votes += weight[column]
    votes /= np.maximum(weight.sum(axis=0), 1e-12)
    return np.asarray(votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-12))


def _reason(
    i: int,
    genres: list[str],
    own: np.ndarray,
    witnesses: list[tuple[str, np.ndarray, np.ndarray]],
) -> str:
    label = " and ".join(genre for genre, is_own in zip(genres, own, strict=True) if is_own)
    reasons = []
    for witness, shares, doubts in witnesses:
        if not doubts[i]:
            continue
        other = int(np.where(own, -1.0, shares[i]).argmax())
        text = f"{percent(shares[i][other])} {genres[other]} and "
        text += f"{percent(shares[i][own].sum())} {label}"
        if witness == "neighbours":
            reasons.append(f"the songs nearest to it are {text}")
        else:
            reasons.append(f"a model that had not heard it says {text}")
    return "; ".join(reasons)
