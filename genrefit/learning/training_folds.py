"""The folds of a training run: over train and test, over all songs, and shares of the songs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from genrefit.learning import split
from genrefit.learning.cross_validation import Data
from genrefit.learning.recipe import CURVE, FOLDS, curve_folds, repeats
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
        """Return each row's fold: test is the first, train is dealt into the others, -1 is rest.

        Where a genre has too few songs to be in test, all songs take part, as in `all_songs`.
        """
        if not self.data.member[self.data.song[self.parts.test]].any(0).all():
            return self.all_songs()[0]
        fold = np.full(len(self.data.X), -1)
        fold[self.parts.test] = 0
        fold[self.parts.train] = 1 + self._deal(self.parts.train, FOLDS - 1)
        return fold

    def all_songs(self) -> list[np.ndarray]:
        """Return each row's fold over everything, for each time that all songs are dealt.

        The first time, validation and test are the first two folds; songs are kept whole always.
        """
        data, times = self.data, self._repeats()
        if self.leaky:
            return [self._whole(data.seed + time) for time in range(times)]
        fold = np.empty(len(data.X), dtype=np.int64)
        fold[self.parts.validation], fold[self.parts.test] = 0, 1
        fold[self.parts.train] = 2 + self._deal(self.parts.train, FOLDS - 2)
        return [fold, *(self._whole(data.seed + time) for time in range(1, times))]

    def learning_curve(
        self, fold: np.ndarray
    ) -> Iterator[tuple[float, int, np.ndarray, np.ndarray]]:
        """Yield (share, fold, rows to learn from, rows to judge) for a learning curve.

        Every song is judged once for each share where songs are few, else those of one fold, by
        what was learned from a share of the songs of the other folds. Where a share of some fold
        lacks a genre or has fewer songs than genres, it would tell nothing, so that share is left
        out.
        """
        for share in CURVE:
            dealt = [
                (share, f, self._share_of(np.flatnonzero(fold != f), share),
                 np.flatnonzero(fold == f))
                for f in range(self._curve_folds())
                if (fold == f).any()
            ]  # fmt: skip
            if all(self._tells(train) for _, _, train, _ in dealt):
                yield from dealt

    def later(self) -> int:
        """Return how many fits follow on comparing pipelines, at most."""
        return FOLDS * self._repeats() + len(CURVE) * self._curve_folds() + 2

    def _repeats(self) -> int:
        return repeats(len(self.data.member))

    def _curve_folds(self) -> int:
        return curve_folds(len(self.data.member))

    def _whole(self, seed: int) -> np.ndarray:
        whole = split.folds(self.data.member, self.group, n=FOLDS, seed=seed)
        values: np.ndarray = whole[self.data.song]
        return values

    def _share_of(self, rows: np.ndarray, share: float) -> np.ndarray:
        """Return the rows of a share of their songs, groups whole, stratified by genre."""
        songs, number = np.unique(self.data.song[rows], return_inverse=True)
        n = round(1 / min(CURVE))
        fold = split.folds(self.data.member[songs], self.group[songs], n=n, seed=self.data.seed)
        return rows[fold[number] < round(share / min(CURVE))]

    def _tells(self, rows: np.ndarray) -> bool:
        songs = np.unique(self.data.song[rows])
        member = self.data.member[songs]
        return bool(member.any(0).all()) and len(songs) >= member.shape[1]

    def _deal(self, rows: np.ndarray, n: int) -> np.ndarray:
        member, seed = self.data.member, self.data.seed
        if self.leaky:
            return split.row_folds(member[self.data.song[rows]], n=n, seed=seed)
        songs, number = np.unique(self.data.song[rows], return_inverse=True)
        return split.folds(member[songs], self.group[songs], n=n, seed=seed)[number]
