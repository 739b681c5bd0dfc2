"""Out-of-fold likelihoods, pooled by what was learned from the other folds' songs.

How the voices are pooled is itself learned, so a song's own likelihood must not have been learned
from, nor those of its artist's other songs: the weights for a fold come from the other folds.
"""

from __future__ import annotations

import numpy as np

from genrefit.learning.judged_songs import Judgement
from genrefit.learning.pooling import song_means
from genrefit.learning.voices import (
    NamesHeard,
    learn,
    learn_pools,
    log,
    segments_heard,
    songs_heard,
)


def judge_nested(
    P: np.ndarray, fold: np.ndarray, song: np.ndarray, member: np.ndarray, names: NamesHeard | None
) -> Judgement:
    """Return pooled likelihoods of all segments and songs from a fit's out-of-fold ones.

    P [shape=(n, G)], `fold` and `song` [shape=(n,)] each row's fold and song, which lies in one
    fold; `member` [shape=(songs, G), bool]; every song has a row.
    """
    songs = np.arange(len(member))
    of_songs, of_segments = np.empty(member.shape), np.empty(P.shape)
    for f in np.unique(fold):
        rows = np.flatnonzero(fold == f)
        pools = learn_pools(P, song, member, names, rows=np.flatnonzero(fold != f))
        own, number = np.unique(song[rows], return_inverse=True)
        of_segments[rows] = pools.segments(P[rows], segments_heard(names, rows))
        of_songs[own] = pools.songs(P[rows], number, len(own), songs_heard(names, own))
    return Judgement(songs, of_songs, np.arange(len(P)), of_segments)


def judge_without_names(
    P: np.ndarray, fold: np.ndarray, song: np.ndarray, member: np.ndarray
) -> np.ndarray:
    """Return songs' likelihoods [shape=(songs, G)] where the fit speaks alone, nested likewise."""
    of_fit = log(song_means(P, song, len(member)))
    of_song = fold[np.unique(song, return_index=True)[1]]
    result = np.empty(member.shape)
    for f in np.unique(of_song):
        inside = of_song == f
        result[inside] = learn(of_fit[~inside], None, member[~inside])(of_fit[inside], None)
    return result
