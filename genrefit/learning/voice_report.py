"""What the names of the genres gave and what the songs gave, as numbers and in words."""

from __future__ import annotations

import numpy as np

from genrefit.features.side_by_side import columns_of
from genrefit.formatting import count
from genrefit.learning.evaluation import Evaluation, Level
from genrefit.learning.judged_songs import AllJudged
from genrefit.learning.model import GenreModel
from genrefit.learning.report_parts import LevelMetrics, Voices


def voices(evaluation: Evaluation, model: GenreModel, judged: AllJudged) -> Voices:
    """Return how good each voice of a model is on the same songs; it must have a prior."""
    if model.prior is None or judged.names is None:
        raise ValueError("this model has no names")

    def level(P: np.ndarray) -> LevelMetrics:
        return evaluation.metrics(Level(P, evaluation.data.member, evaluation.artist))

    names, songs = level(np.exp(judged.names)), level(judged.fit_alone.of_songs)
    both = level(judged.pooled.of_songs)
    pool = model.pools.song
    unknown = model.prior.unknown(columns_of(model.sets))
    return Voices(
        names=names,
        songs=songs,
        both=both,
        weights={"songs": pool.fit, "names": pool.names},
        biases=dict(zip(model.genres, map(float, pool.bias), strict=True)),
        unknown=unknown,
        sentences=(
            names_sentence(names, known=len(model.genres) - len(unknown), of=len(model.genres)),
            songs_sentence(songs, both, count=len(evaluation.data.member)),
        ),
    )


def names_sentence(names: LevelMetrics, *, known: int, of: int) -> str:
    """Return in a sentence what the names give."""
    silent = f", though {of - known} of the {of} names say nothing" if known < of else ""
    return (
        f"The names of your genres alone, before a single song is learned from, are right for "
        f"{_right(names)}{silent}."
    )


def songs_sentence(songs: LevelMetrics, both: LevelMetrics, *, count: int) -> str:
    """Return in a sentence what the songs give, alone and with the names."""
    gained = 100 * (both.accuracy - songs.accuracy)
    gain = f"{abs(gained):.0f} {'more' if gained > 0 else 'fewer'} than without the names"
    if round(gained) == 0:
        gain = "as many as without the names"
    return (
        f"Your {_songs(count)} alone are right for {_right(songs)}, and with the names for "
        f"{_right(both)}: {gain}; every one was judged by a fit that had not heard it."
    )


def _songs(number: int) -> str:
    return count(number, "song")


def _right(level: LevelMetrics) -> str:
    low, high = (round(100 * edge) for edge in level.interval("accuracy"))
    edges = f" ({low} to {high})" if high > low else ""
    return f"{round(100 * level.accuracy)} of 100 songs{edges}"
