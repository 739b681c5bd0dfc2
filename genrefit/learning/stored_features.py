"""What a model reads of songs in the library: their feature sets side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from genrefit.features import FEATURE_SETS
from genrefit.features.side_by_side import side_by_side
from genrefit.library import Library


def current_sets(sets: Sequence[str], versions: Mapping[str, int]) -> tuple[str, ...]:
    """Return those of a model's feature sets that a song has in their current version.

    `versions` are those of the song's stored sets. The first set is always among them: songs
    that lack it cannot be scored.
    """
    first, *others = sets
    return (first, *(n for n in others if versions.get(n) == FEATURE_SETS[n].version))


def features_of_songs(
    library: Library, sets: Sequence[str], there: Mapping[str, Sequence[str]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the segments of songs [shape=(n, d)], and the number of each row's song [shape=(n,)].

    `there` names the sets that each song has, by song_id, as `current_sets`; columns of the other
    `sets` are NaN.
    """
    values = []
    for song_id, names in there.items():
        stored = {name: library.features(song_id, name) for name in names}
        values.append(side_by_side(sets, {k: v for k, v in stored.items() if v is not None}))
    return np.concatenate(values), np.repeat(np.arange(len(values)), [len(v) for v in values])
