"""Training: from the library's songs to a saved model and a report on how good it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace

from genrefit.config import Home
from genrefit.learning import model_names, pipelines, registry, training
from genrefit.learning.model_in_use import to_stay_in_use
from genrefit.learning.recipe import Recipe, estimated_seconds
from genrefit.learning.report import Report
from genrefit.learning.trained_on import of_training
from genrefit.learning.training_names import training_names
from genrefit.learning.training_table import chosen_table, with_songs_of
from genrefit.library import Library, open_library
from genrefit.processes import cores
from genrefit.records import Progress

__all__ = ["Recipe", "estimate", "train"]


def train(
    home: Home,
    recipe: Recipe,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    n_jobs: int | None = None,
) -> Report:
    """Train on the library's songs, save the model and return its report.

    `report.model` is the name it was saved under. TrainError, SplitError or ModelError say
    what stands in the way; Cancelled follows `cancelled()`, and nothing is saved then.
    """
    to_stay_in_use(home)  # a damaged choice is told before the work, not after it
    if recipe.name is not None:
        model_names.check_name(home, recipe.name, replace=recipe.replace)
    with open_library(home, create=False) as library:
        table, notes = chosen_table(library, recipe)
        names = training_names(home, library, table.features)
    trained = training.learn(
        table, recipe, names=names, notes=notes, on_progress=on_progress, cancelled=cancelled,
        n_jobs=n_jobs,
    )  # fmt: skip
    genres = trained.model.genres
    name = recipe.name or model_names.fresh_name(home, genres, table.features)
    registry.save(
        home,
        name=name,
        model=trained.model,
        card=trained.card,
        report=trained.report,
        out_of_fold=trained.out_of_fold,
        out_of_fold_segments=trained.out_of_fold_segments,
        replace_saved=recipe.replace,
        learned=of_training(table, recipe),
    )
    return replace(trained.report, model=name)


def estimate(
    home: Home, recipe: Recipe, *, n_jobs: int | None = None, library: Library | None = None
) -> float:
    """Return about how many seconds `train` will take; `library` where it is open already."""
    with nullcontext(library) if library else open_library(home, create=False) as library:
        table, _ = chosen_table(library, recipe)
    table, genres = with_songs_of(table, recipe.genres)
    pipelines.check(recipe.pipeline, table.columns, recipe.drop)
    seconds = estimated_seconds(
        recipe,
        rows=len(table.X),
        songs=len(table.songs),
        genres=len(genres),
        columns=table.columns,
    )
    return seconds / (n_jobs or cores())
