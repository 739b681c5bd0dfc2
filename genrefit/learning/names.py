"""What names alone tell: a genre's name stands for tags, and the networks heard the tags.

Measured on songs of unheard artists, the names alone were right for 0.75 of four genres and 0.81
of nine, where a model of two songs a genre was for 0.63 and 0.65.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genrefit.learning.name_table import Tags, tags_of

_PREFIX = "tag:"
"""Columns of musicnn's tags are called so; those of YAMNet as its classes are."""


@dataclass(frozen=True, slots=True)
class NamePrior:
    """Likelihoods of genres from the tags that their names are taken for.

    `tags` are each genre's, in the order of `genres`; () where the name is unknown.
    """

    genres: tuple[str, ...]
    tags: tuple[Tags, ...]

    def __post_init__(self) -> None:
        if len(self.genres) != len(self.tags):
            raise ValueError(f"{len(self.genres)} genres, but tags of {len(self.tags)}")

    @classmethod
    def of_names(cls, genres: Sequence[str]) -> NamePrior:
        """Return the prior of genres that are taken for what the table says of their names."""
        return cls(tuple(genres), tuple(tags_of(genre) for genre in genres))

    def unknown(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the genres that none of the networks in `columns` has a tag for."""
        known = np.zeros(len(self.genres), dtype=bool)
        for columns_of in self._networks(columns):
            known |= [bool(at) for at in columns_of]
        return tuple(g for g, is_known in zip(self.genres, known, strict=True) if not is_known)

    def log_likelihoods(self, X: np.ndarray, columns: Sequence[str]) -> np.ndarray:
        """Return log-likelihoods of the genres [shape=(n, G)], whose powers sum to one.

        `X` [shape=(n, d)] are features of segments, or their means over songs, with the names of
        its columns; NaN where a network has not heard the song, which then counts as not there.

        A network's share of a genre is the softmax over genres of the highest logit of its tags.
        A genre that one network has no tag for takes the share that the other gives it, and the
        two networks' shares are joined by their geometric mean. A genre that neither knows gets
        1/G, what it would have by chance: never more than the best known one, and never nothing.
        """
        result = np.full((len(X), len(self.genres)), -np.log(len(self.genres)))
        logits = [self._logits(np.asarray(X, np.float64), at) for at in self._networks(columns)]
        heard = np.stack([~np.isnan(values).all(axis=1) for values in logits], axis=1)
        for pattern in np.unique(heard, axis=0):
            rows = (heard == pattern).all(axis=1)
            shares = [
                _softmax(values[rows])
                for values, there in zip(logits, pattern, strict=True)
                if there
            ]
            if shares:
                result[rows] = np.log(_with_unknown(_joined(*shares)))
        return result

    def activations(self, X: np.ndarray, columns: Sequence[str]) -> np.ndarray:
        """Return how strongly the networks hear each genre by itself [shape=(n, G), 0 to 1].

        It is the activation of the strongest of its tags, 0 for a genre without any.
        """
        from scipy.special import expit

        values = [self._logits(np.asarray(X, np.float64), at) for at in self._networks(columns)]
        return np.asarray(np.fmax.reduce([np.nan_to_num(expit(v)) for v in values]))

    def _networks(self, columns: Sequence[str]) -> tuple[list[list[int]], list[list[int]]]:
        """Return each genre's columns of musicnn's tags and of YAMNet's."""
        number = {column: at for at, column in enumerate(columns)}
        first = [[number[_PREFIX + t] for t in tags if _PREFIX + t in number] for tags in self.tags]
        second = [[number[t] for t in tags if t in number] for tags in self.tags]
        return first, second

    def _logits(self, X: np.ndarray, columns_of: Sequence[Sequence[int]]) -> np.ndarray:
        """Return the highest logit of each genre's tags [shape=(n, G)], NaN where it has none."""
        values = [
            X[:, at].max(axis=1) if at else np.full(len(X), np.nan) for at in map(list, columns_of)
        ]
        return np.stack(values, axis=1)


def _softmax(logits: np.ndarray) -> np.ndarray:
    """Return shares over the columns that are known [shape=(n, G)]; the others stay NaN."""
    powers = np.exp(logits - np.nanmax(logits, axis=1, keepdims=True))
    return np.asarray(powers / np.nansum(powers, axis=1, keepdims=True))


def _joined(first: np.ndarray, second: np.ndarray | None = None) -> np.ndarray:
    """Return two networks' shares as one [shape=(n, G)], NaN where neither knows a genre.

    With a share `a` of the first for all genres that it knows, and `b` of the second, and each
    genre that only one knows having the same share in both, both sum to one where
    a + b * (second's share of what only it knows) = 1, and b + a * (first's, likewise) = 1.
    """
    if second is None:
        return first
    only_first = ~np.isnan(first) & np.isnan(second)
    only_second = np.isnan(first) & ~np.isnan(second)
    s = np.where(only_second, second, 0).sum(axis=1, keepdims=True)
    f = np.where(only_first, first, 0).sum(axis=1, keepdims=True)
    apart = 1 - s * f
    nothing_shared = apart < 1e-12
    apart = np.where(nothing_shared, 1, apart)
    # Without a genre that both know nothing tells their scales apart: each genre counts alike.
    alone = only_first[:1].sum() / max(1, (only_first | only_second)[:1].sum())
    a = np.where(nothing_shared, alone, (1 - s) / apart)
    b = np.where(nothing_shared, 1 - alone, (1 - f) / apart)
    in_first = np.where(only_second, b * second, a * first)
    in_second = np.where(only_first, a * first, b * second)
    both = np.sqrt(in_first * in_second)
    return np.asarray(both / np.nansum(both, axis=1, keepdims=True))


def _with_unknown(shares: np.ndarray) -> np.ndarray:
    """Give genres that are NaN the share 1/G each, and the others what is left."""
    unknown = np.isnan(shares)
    count, genres = unknown.sum(axis=1, keepdims=True), shares.shape[1]
    filled = np.where(unknown, 1 / genres, shares * (1 - count / genres))
    return np.asarray(np.clip(filled, 1e-12, None))
