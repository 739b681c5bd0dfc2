"""The table that a model is trained on: which songs, which feature set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from genrefit.errors import TrainError
from genrefit.features import FEATURE_SETS, unknown_sets_note
from genrefit.formatting import count
from genrefit.learning import split
from genrefit.learning.recipe import Recipe
from genrefit.library import Library
from genrefit.records import Table

PREFERRED = ("ear", "timbre", "classic")
"""Feature sets, the one that discriminates genres best first."""


def chosen_table(library: Library, recipe: Recipe) -> tuple[Table, list[str]]:
    """Return the table that a recipe trains on, and what the user should know of it."""
    names = {song.song_id: song.genres for song in library.songs()}
    known = {genre for genres in names.values() for genre in genres}
    wanted = set(recipe.genres) if recipe.genres is not None else known
    for genre in recipe.genres or ():
        if genre not in known:
            there = f"there are {', '.join(sorted(known))}" if known else "it is empty"
            raise TrainError(f"there is no song of {genre!r} in the library: {there}")
    songs = {song_id for song_id, genres in names.items() if wanted.intersection(genres)}
    current: dict[str, int] = dict.fromkeys(FEATURE_SETS, 0)
    versions = library.feature_versions()
    for song_id, sets in versions.items():
        for name, version in sets.items():
            if song_id in songs and name in FEATURE_SETS and FEATURE_SETS[name].version == version:
                current[name] += 1
    features = recipe.features or _best_features(current, len(songs))
    if features not in FEATURE_SETS:
        raise TrainError(
            f"there is no feature set {features!r}: choose one of {', '.join(FEATURE_SETS)}"
        )
    table = library.table(features, genres=recipe.genres)
    unknown = unknown_sets_note(name for sets in versions.values() for name in sets)
    notes = [unknown] if unknown else []
    if (lacking := len(songs) - len(table.songs)) and len(table.songs):
        notes.append(
            f"{lacking} of {len(songs)} songs have no {features!r} features in their current "
            "version and were left out; `genrefit collect --refresh` fetches them again"
        )
    if note := several_genres_note(table.songs, wanted):
        notes.append(note)
    return table, notes


def several_genres_note(songs: pd.DataFrame, genres: Collection[str]) -> str | None:
    """Return how many songs are in several of the genres, and what that does; None without any."""
    several = Counter(tuple(name for name in names if name in genres) for names in songs["genres"])
    several = Counter({names: n for names, n in several.items() if len(names) > 1})
    if not several:
        return None
    names, most = several.most_common(1)[0]
    total = several.total()
    return (
        f"{count(total, 'song')} of {len(songs):,} {'is' if total == 1 else 'are'} in "
        f"several genres, most often {' and '.join(names)} ({most:,}): each is learned as an equal "
        "part of all of its own, and any of them counts as a right guess; the more there are, the "
        "less those genres can be told apart"
    )


def _best_features(current: dict[str, int], songs: int) -> str:
    """Return the best feature set that all songs have, else the one that most have."""
    order = [*PREFERRED, *(name for name in FEATURE_SETS if name not in PREFERRED)]
    return max(order, key=lambda name: (current[name] == songs, current[name], -order.index(name)))


def with_songs_of(table: Table, genres: Sequence[str] | None) -> tuple[Table, tuple[str, ...]]:
    """Return the table of the songs of these genres (None: of any), and the genres, ascending.

    TrainError where there are fewer than two genres, or features that are not numbers.
    """
    known = {genre for names in table.songs["genres"] for genre in names}
    genres = tuple(sorted(known if genres is None else set(genres)))
    if len(genres) < 2:
        raise TrainError(
            f"a model tells genres apart, so it needs at least two: there "
            f"{'is only ' + repr(genres[0]) if genres else 'is none'} with "
            f"{table.features!r} features; collect songs of another"
        )
    keep = split.members(table.songs, genres).any(1) & (
        np.bincount(table.song, minlength=len(table.songs)) > 0
    )
    if not keep.all():
        table = _with_songs(table, keep)
    if not np.isfinite(table.X).all():
        bad = int((~np.isfinite(table.X)).any(axis=1).sum())
        raise TrainError(
            f"{bad} of {len(table.X)} segments have features that are not numbers: remove their "
            "songs, or collect them again"
        )
    return table, genres


def _with_songs(table: Table, keep: np.ndarray) -> Table:
    """Return the table of the songs to keep [shape=(songs,), bool], numbered anew."""
    rows = keep[table.song]
    return Table(
        table.X[rows],
        (np.cumsum(keep) - 1)[table.song[rows]],
        table.start[rows],
        table.songs[keep].reset_index(drop=True),
        table.columns,
        table.features,
        table.version,
    )
