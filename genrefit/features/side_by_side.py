"""Several feature sets of one song as one array, for models that read more than one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from genrefit.features.sets import FEATURE_SETS
from genrefit.records import Features


def columns_of(sets: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns of feature sets that stand side by side."""
    return tuple(column for name in sets for column in FEATURE_SETS[name].columns)


def side_by_side(sets: Sequence[str], features: Mapping[str, Features]) -> np.ndarray:
    """Return the columns of several feature sets of one song [shape=(n, d), float32].

    A row is a segment of the first set, which must be among `features`; another set's columns are
    NaN where the song lacks it, or it has no segment that begins at the same time.
    """
    starts = features[sets[0]].starts
    blocks = [_at(starts, features.get(name), len(FEATURE_SETS[name].columns)) for name in sets]
    return np.hstack(blocks)


def _at(starts: np.ndarray, features: Features | None, width: int) -> np.ndarray:
    """Return the rows of a feature set that begin at `starts`, NaN where there is none."""
    if features is not None and np.array_equal(features.starts, starts):
        return np.asarray(features.values, np.float32)
    rows = np.full((len(starts), width), np.nan, np.float32)
    if features is not None:
        _, here, there = np.intersect1d(starts, features.starts, return_indices=True)
        rows[here] = features.values[there]
    return rows
