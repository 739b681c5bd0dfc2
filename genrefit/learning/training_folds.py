"""The folds of a training run: over train and test, over all songs, and shares of the songs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genrefit.learning import split
from genrefit.learning.cross_validation import Data
from genrefit.learning.recipe import CURVE, FOLDS
from genrefit.learning.split import Split


@dataclass(frozen=True, slots=True, eq=False)
class TrainingFolds:
    """How rows are dealt; `group` [shape=(songs,)] are the songs that stay together.

    `leaky` deals rows at random instead, as the protocol `row` does.
    """

    data: Data
    group: np.ndarray
    parts: Split
    leaky: bool

    def development(self) -> np.ndarray:
        """Return each row's fold: test is the first, train is dealt into the others, -1 is rest."""
        fold = np.full(len(self.data.X), -1)
        fold[self.parts.test] = 0
        fold[self.parts.train] = 1 + self._deal(self.parts.train, FOLDS - 1)
        return fold

    def all_songs(self) -> np.ndarray:
        """Return each row's fold over everything: validation and test are the first two."""
        if self.leaky:
            whole = split.folds(self.data.member, self.group, n=FOLDS, seed=self.data.seed)
            values: np.ndarray = whole[self.data.song]
            return values
        fold = np.empty(len(self.data.X), dtype=np.int64)
        fold[self.parts.validation], fold[self.parts.test] = 0, 1
        fold[self.parts.train] = 2 + self._deal(self.parts.train, FOLDS - 2)
        return fold

    def share_of(self, rows: np.ndarray, share: float) -> np.ndarray:
        """Return the rows of a share of their songs, groups whole, stratified by genre."""
        songs, number = np.unique(self.data.song[rows], return_inverse=True)
        n = round(1 / min(CURVE))
        fold = split.folds(self.data.member[songs], self.group[songs], n=n, seed=self.data.seed)
        return rows[fold[number] < round(share / min(CURVE))]

    def _deal(self, rows: np.ndarray, n: int) -> np.ndarray:
        member, seed = self.data.member, self.data.seed
        if self.leaky:
            return split.row_folds(member[self.data.song[rows]], n=n, seed=seed)
        songs, number = np.unique(self.data.song[rows], return_inverse=True)
        return split.folds(member[songs], self.group[songs], n=n, seed=seed)[number]
