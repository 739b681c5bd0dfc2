"""How typical a song is of each genre, by the first ear's 50 tags.

A song's distance to a genre is Mahalanobis's, of the song's means of the tags' logits (covariance
within genres, shrunk after Ledoit and Wolf 2004). Its typicality of a genre is the share of the
training songs, each measured out of fold, that lie as far or farther from the genre nearest to
them. So a song is unlike all where it lies farther from its nearest genre than 95 % of them do.

Measured on 336 songs of four genres, artists apart: 4.8 % of own songs are found unlike all, and
28 % of the songs of a genre that was left out; by all 250 columns of segments, genre by genre, it
was 2.9 % and 18 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from genrefit.learning.pooling import song_means
from genrefit.learning.typicality import UNLIKE, Typicality, placed

_PREFIX = "tag:"
FEWEST = 8
"""With fewer songs than this by which to measure, no share of strangers is told."""


def tag_columns(columns: Sequence[str]) -> np.ndarray:
    """Return the numbers of the columns of tags; none where a set has no tags."""
    return np.flatnonzero([column.startswith(_PREFIX) for column in columns])


def learn(
    X: np.ndarray, song: np.ndarray, member: np.ndarray, fold: np.ndarray, columns: np.ndarray
) -> tuple[Typicality, np.ndarray]:
    """Learn typicality from all songs, and return it with their own p-values [shape=(songs, G)].

    `columns` are those of the tags in X; the others are as in `typicality.learn`.
    """
    means = song_means(X[:, columns], song, len(member))
    apart = _out_of_fold(means, member, fold)
    least = np.sort(apart.min(axis=1))
    genres = member.shape[1]
    there = placed(means, np.arange(len(means)), member)
    learned = replace(
        there,
        distances=np.tile(least, (genres, 1)),
        weights=np.ones((genres, len(least))),
        columns=columns,
    )
    # A song's own least distance is left out: of n songs, n - 1 others can lie as far.
    as_far = len(least) - np.searchsorted(least, apart, side="left")
    own = (apart.min(axis=1)[:, None] >= apart).astype(int)
    return learned, (1.0 + as_far - own) / len(least)


def strangers_flagged(
    X: np.ndarray, song: np.ndarray, member: np.ndarray, fold: np.ndarray, columns: np.ndarray
) -> float | None:
    """Return which share of songs is found unlike all, where their genre is left out.

    The mean over genres, each of which is left out once; None where songs are too few to tell.
    """
    means = song_means(X[:, columns], song, len(member))
    shares = []
    for g in range(member.shape[1]):
        strange, others = member[:, g], ~member[:, g]
        known = np.delete(member[others], g, axis=1)
        if strange.sum() == 0 or len(known) < FEWEST or len(np.unique(fold[others])) < 2:
            continue
        least = np.sort(_out_of_fold(means[others], known, fold[others]).min(axis=1))
        there = placed(means[others], np.arange(len(known)), known)
        far = there.distance(means[strange], np.arange(strange.sum()), int(strange.sum()))
        as_far = len(least) - np.searchsorted(least, far.min(axis=1), side="left")
        shares.append(float(((1.0 + as_far) / (1.0 + len(least)) < UNLIKE).mean()))
    return float(np.mean(shares)) if shares else None


def _out_of_fold(means: np.ndarray, member: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return distances [shape=(songs, G)], infinite to a genre that other folds lack."""
    apart = np.empty(member.shape)
    for f in np.unique(fold):
        inside = fold == f
        others = np.arange(int((~inside).sum()))
        there = placed(means[~inside], others, member[~inside])
        apart[inside] = there.distance(means[inside], np.arange(inside.sum()), int(inside.sum()))
        apart[np.ix_(inside, ~member[~inside].any(axis=0))] = np.inf
    return apart
