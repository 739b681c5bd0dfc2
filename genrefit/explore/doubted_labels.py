"""The labels of a home that are worth a check, one song at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from genrefit.config import Home
from genrefit.errors import LibraryError
from genrefit.explore.label_checks import alike, label_checks
from genrefit.explore.maps import standardized
from genrefit.features import FEATURE_SETS
from genrefit.learning import registry
from genrefit.learning.training_table import PREFERRED
from genrefit.library import Library
from genrefit.records import SongTable


@dataclass(frozen=True, slots=True)
class DoubtedLabel:
    """A song whose labels are doubted: why, by how much (0 to 1), and for which other genre.

    `likelihoods` are out of fold, by genre, empty without a model that knows the song. `near` are
    the songs most alike of its own genres and of the other: (genre, song_id, distance in units of
    the usual one between songs).
    """

    song_id: str
    title: str
    artist: str | None
    genres: tuple[str, ...]
    other: str
    doubt: float
    reason: str
    likelihoods: dict[str, float]
    near: tuple[tuple[str, str, float], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what `genrefit labels --json` and the HTTP interface show."""
        return {
            "song_id": self.song_id,
            "title": self.title,
            "artist": self.artist,
            "genres": list(self.genres),
            "other": self.other,
            "doubt": round(self.doubt, 4),
            "reason": self.reason,
            "likelihoods": {genre: round(p, 4) for genre, p in self.likelihoods.items()},
            "near": [
                {"genre": genre, "song_id": song_id, "distance": round(distance, 4)}
                for genre, song_id, distance in self.near
            ],
        }


def best_set(library: Library) -> str:
    """Return the feature set that most songs have, the best of those; LibraryError without any."""
    having: dict[str, int] = {}
    for sets in library.feature_versions().values():
        for name, version in sets.items():
            if name in FEATURE_SETS and FEATURE_SETS[name].version == version:
                having[name] = having.get(name, 0) + 1
    if not having:
        raise LibraryError("there are no songs to check yet: collect some first")
    order = [*PREFERRED, *(name for name in FEATURE_SETS if name not in PREFERRED)]
    return max(having, key=lambda name: (having[name], -order.index(name)))


def witness(home: Home, genres: set[str]) -> str | None:
    """Return the model that is asked too: the one in use, where it was trained on the user's songs
    and knows all these genres."""
    name = registry.in_use(home)
    if name is None or registry.is_built_in(name):
        return None
    return name if genres <= set(registry.card(home, name).genres) else None


def label_queue(
    home: Home,
    library: Library,
    *,
    features: str | None = None,
    most: int | None = None,
    near: int = 3,
) -> list[DoubtedLabel]:
    """Return the labels to check, the most doubtful first; confirmed ones are left out.

    At most `most` of them; `near` songs of each genre are looked up for each, 0 leaves that out.
    """
    if features is not None and features not in FEATURE_SETS:
        known = ", ".join(FEATURE_SETS)
        raise LibraryError(f"there is no feature set {features!r}; there are {known}")
    table = library.song_table(features or best_set(library))
    model = witness(home, {g for names in table.songs["genres"] for g in names})
    out_of_fold = registry.out_of_fold(home, model) if model else None
    found = label_checks(table, out_of_fold=out_of_fold, confirmed=library.confirmed_labels())
    found = found.head(len(found) if most is None else most)
    Z = standardized(table) if near and len(found) else None
    return [_doubted(row, table, Z, out_of_fold, near) for row in found.itertuples(index=False)]


def _doubted(
    row: Any,
    table: SongTable,
    Z: pd.DataFrame | None,
    out_of_fold: pd.DataFrame | None,
    near: int,
) -> DoubtedLabel:
    likelihoods = {}
    if out_of_fold is not None and row.song_id in out_of_fold.index:
        own = out_of_fold.loc[row.song_id].sort_values(ascending=False)
        likelihoods = {str(genre): float(p) for genre, p in own.items()}
    found = [
        (genre, song_id, distance)
        for genre in (*row.genres, row.other)
        if Z is not None
        for song_id, distance in alike(Z, table.songs, row.song_id, genre, most=near)
    ]
    artist = row.artist if isinstance(row.artist, str) else None
    return DoubtedLabel(
        song_id=row.song_id,
        title=row.title,
        artist=artist,
        genres=tuple(row.genres),
        other=row.other,
        doubt=float(row.doubt),
        reason=row.reason,
        likelihoods=likelihoods,
        near=tuple(found),
    )
