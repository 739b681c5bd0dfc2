"""Training: from the library's songs to a saved model and a report on how good it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from genrefit.config import Home
from genrefit.errors import TrainError
from genrefit.features import FEATURE_SETS
from genrefit.learning import course, pipelines, registry
from genrefit.learning.course import Recipe
from genrefit.library import Library, open_library
from genrefit.processes import cores
from genrefit.records import Progress, Table

__all__ = ["Recipe", "estimate", "train"]

PREFERRED = ("ear", "timbre", "classic")
"""Feature sets in the order of what they tell of genre."""


def train(
    home: Home,
    recipe: Recipe,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    n_jobs: int | None = None,
) -> dict[str, Any]:
    """Train on the library's songs, save the model and return its report.

    `report["model"]` is the name it was saved under. TrainError, SplitError or ModelError say
    what stands in the way; Cancelled follows `cancelled()`, and nothing is saved then.
    """
    if recipe.name is not None:
        registry.check_name(home, recipe.name, replace=recipe.replace)
    with open_library(home, create=False) as library:
        table, notes = chosen_table(library, recipe)
    trained = course.learn(
        table, recipe, notes=notes, on_progress=on_progress, cancelled=cancelled, n_jobs=n_jobs
    )
    genres = trained.model.genres
    name = recipe.name or registry.fresh_name(home, genres, table.features)
    registry.save(
        home,
        name=name,
        model=trained.model,
        card=trained.card,
        report=trained.report,
        out_of_fold=trained.out_of_fold,
        replace=recipe.replace,
    )
    return {**trained.report, "model": name}


def estimate(
    home: Home, recipe: Recipe, *, n_jobs: int | None = None, library: Library | None = None
) -> float:
    """Return about how many seconds `train` will take; `library` where it is open already."""
    with nullcontext(library) if library else open_library(home, create=False) as library:
        table, _ = chosen_table(library, recipe)
    table, genres = course.trimmed(table, recipe)
    pipelines.check(recipe.pipeline, table.columns, recipe.drop)
    return course.seconds(len(table.X), len(genres), table.columns, recipe) / (n_jobs or cores())


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
    for song_id, sets in library.feature_versions().items():
        for name, version in sets.items():
            if song_id in songs and name in FEATURE_SETS and FEATURE_SETS[name].version == version:
                current[name] += 1
    features = recipe.features or _best_features(current, len(songs))
    if features not in FEATURE_SETS:
        raise TrainError(
            f"there is no feature set {features!r}: choose one of {', '.join(FEATURE_SETS)}"
        )
    table = library.table(features, genres=recipe.genres)
    notes = []
    if (lacking := len(songs) - len(table.songs)) and len(table.songs):
        notes.append(
            f"{lacking} of {len(songs)} songs have no {features!r} features in their current "
            "version and were left out; `genrefit collect --refresh` fetches them again"
        )
    return table, notes


def _best_features(current: dict[str, int], songs: int) -> str:
    """Return the best feature set that all songs have, else the one that most have."""
    order = [*PREFERRED, *(name for name in FEATURE_SETS if name not in PREFERRED)]
    return max(order, key=lambda name: (current[name] == songs, current[name], -order.index(name)))
