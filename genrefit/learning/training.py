"""A training run: from a table of songs to a model and a report on how good it is.

1. Split 64/16/20 into train, test and validation (see split.py).
2. Compare the candidates (pipelines and parameters) by five folds over train and test, of which
   the test part is one: least log loss over songs wins. This fits the temperatures as well.
3. Refit the winner on train and test: its likelihoods on validation make the report.
4. Refit it on everything: that is the model for use. Five folds over all songs, dealt three times
   where songs are few, give each song's out-of-fold likelihoods: they are what the report leads
   with, and they set this model's temperatures and its typicality.
Alongside, for the report: the same pipeline under the leaky `row` protocol, and a learning curve.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from genrefit.formatting import count
from genrefit.learning import card, pipelines, split
from genrefit.learning.cross_validation import FitProgress
from genrefit.learning.model import GenreModel
from genrefit.learning.recipe import Recipe
from genrefit.learning.report import ModelCard, Report
from genrefit.learning.training_names import TrainingNames
from genrefit.learning.training_run import TrainingRun
from genrefit.learning.training_table import with_songs_of
from genrefit.records import Progress, Table


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model, its report and its card, and out-of-fold likelihoods of all songs and segments.

    `out_of_fold` has a row a song (index song_id), `out_of_fold_segments` a row a segment (index
    song_id and start in seconds); both have a column a genre.
    """

    model: GenreModel
    report: Report
    card: ModelCard
    out_of_fold: pd.DataFrame
    out_of_fold_segments: pd.DataFrame


def learn(
    table: Table,
    recipe: Recipe,
    *,
    names: TrainingNames | None = None,
    notes: Sequence[str] = (),
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    n_jobs: int | None = None,
) -> Trained:
    """Train on a table and judge; nothing is saved. See the module's text for the steps.

    Where `names` are given, the model pools what the songs and what the genres' names say. `notes`
    are warnings that the report is to begin with.
    """
    began = time.perf_counter()
    table, genres = with_songs_of(table, recipe.genres)
    pipelines.check(recipe.pipeline, table.columns, recipe.drop)
    parts = split.split(table, genres=genres, protocol=recipe.protocol, seed=recipe.seed)
    prior = names.prior(table, genres) if names else None
    heard = names.heard(prior, table) if names and prior else None
    progress = FitProgress(on_progress)
    run = TrainingRun(
        table, genres, parts, recipe, progress, names=heard, cancelled=cancelled, n_jobs=n_jobs
    )
    chosen = run.compare()
    fits = run.finish(chosen)
    judged = run.judge(fits)
    trained, typical = run.final_model(fits, prior)
    report = run.report(chosen, fits, model=trained, typicality=typical, judged=judged)
    seconds = round(time.perf_counter() - began, 2)
    warnings = (*notes, *parts.warnings, *_unknown_artists(report, len(table.songs)))
    report = replace(report, warnings=warnings, seconds=seconds)
    song_ids = table.songs["song_id"].to_numpy(dtype=object)
    segments = pd.MultiIndex.from_arrays(
        [song_ids[table.song], table.start], names=["song_id", "start"]
    )
    return Trained(
        trained,
        report,
        card.model_card(table, trained, report),
        pd.DataFrame(judged.pooled.of_songs, index=song_ids, columns=list(genres)),
        pd.DataFrame(judged.pooled.of_segments, index=segments, columns=list(genres)),
    )


def _unknown_artists(report: Report, songs: int) -> list[str]:
    """Return, as a warning, how much of the evidence rests on songs of unknown artist."""
    if not report.unknown_artists or report.protocol != "artist":
        return []
    number = f"{report.unknown_artists} of {count(songs, 'song')}"
    return [
        f"{number} {'is' if report.unknown_artists == 1 else 'are'} of unknown artist, and each "
        "counts as an artist of its own: where some are by the same one, the numbers flatter"
    ]
