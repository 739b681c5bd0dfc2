"""What the genres' names say of the songs that are trained on, by the ears that heard them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from genrefit.config import Home
from genrefit.features.side_by_side import columns_of
from genrefit.learning import built_in
from genrefit.learning.name_table import Tags, tags_of
from genrefit.learning.names import NamePrior
from genrefit.learning.voices import SETS, NamesHeard, means_where_heard
from genrefit.library import Library
from genrefit.records import Table


@dataclass(frozen=True, slots=True, eq=False)
class TrainingNames:
    """What genres' names are taken for, and the tables of the sets beside the one of the fit."""

    taken_for: Mapping[str, Tags]
    others: tuple[Table, ...] = ()

    def prior(self, table: Table, genres: Sequence[str]) -> NamePrior | None:
        """Return the names' voice; None where it is not heard, or knows none of the genres."""
        if table.features not in SETS:
            return None
        # A person may have said that a name stands for nothing: that is no lack.
        tags = tuple(
            self.taken_for[genre] if genre in self.taken_for else tags_of(genre) for genre in genres
        )
        prior = NamePrior(tuple(genres), tags)
        known = len(genres) - len(prior.unknown(columns_of(SETS[table.features])))
        return prior if known else None

    def heard(self, prior: NamePrior, table: Table) -> NamesHeard:
        """Return what the names say of a table's songs, and of its segments."""
        tags = {tag for own in prior.tags for tag in own}
        blocks, columns = [], []
        for one in (table, *self.others):
            used = [at for at, name in enumerate(one.columns) if name.removeprefix("tag:") in tags]
            blocks.append(one.X[:, used] if one is table else _beside(table, one, used))
            columns += [one.columns[at] for at in used]
        X = np.hstack(blocks)
        return NamesHeard(
            prior.log_likelihoods(means_where_heard(X, table.song, len(table.songs)), columns),
            prior.log_likelihoods(X, columns),
        )


def training_names(home: Home, library: Library, features: str) -> TrainingNames:
    """Return what the names of a home's genres are taken for, and the other ear's table."""
    prior = built_in.prior(home)
    taken_for = dict(zip(prior.genres, prior.tags, strict=True))
    others = SETS.get(features, (features,))[1:]
    return TrainingNames(taken_for, tuple(library.table(name) for name in others))


def _beside(table: Table, other: Table, used: Sequence[int]) -> np.ndarray:
    """Return columns of another table in the rows of the same songs and starts, NaN elsewhere."""
    X = np.full((len(table.X), len(used)), np.nan, np.float32)
    values, ends = other.X[:, used], np.searchsorted(other.song, np.arange(len(other.songs) + 1))
    number = {song_id: at for at, song_id in enumerate(other.songs["song_id"])}
    first = np.searchsorted(table.song, np.arange(len(table.songs) + 1))
    for at, song_id in enumerate(table.songs["song_id"]):
        if (there := number.get(song_id)) is None:
            continue
        mine, theirs = slice(*first[at : at + 2]), slice(*ends[there : there + 2])
        _, here, found = np.intersect1d(table.start[mine], other.start[theirs], return_indices=True)
        X[mine][here] = values[theirs][found]
    return X
