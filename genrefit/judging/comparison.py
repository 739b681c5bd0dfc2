"""Is one model better than another? Paired, on the songs that both know, with an interval."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genrefit.config import Home
from genrefit.formatting import count
from genrefit.judging.labelled_songs import LabelledSongs, labelled_songs
from genrefit.judging.resampling import mean_interval
from genrefit.learning import metrics

BETTER, WORSE, ALIKE = "better", "worse", "alike"


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean over songs of (this model's value minus the other's), and its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model beside another on `songs` songs that both judge without having heard them.

    `accuracy` above 0 and `log_loss` (nats) below 0 say that `model` is better. Both choose among
    `genres`, which both know.
    """

    model: str
    other: str
    songs: int
    artists: int
    genres: tuple[str, ...]
    accuracy: Difference
    log_loss: Difference

    @property
    def verdict(self) -> str:
        """BETTER or WORSE where chance does not explain the difference, else ALIKE.

        The log loss decides, which tells more on few songs, unless the accuracy contradicts it.
        """
        if self.log_loss.high < 0 <= self.accuracy.high:
            return BETTER
        if self.log_loss.low > 0 >= self.accuracy.low:
            return WORSE
        return ALIKE

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name, with the verdict."""
        return asdict(self) | {"genres": list(self.genres), "verdict": self.verdict}

    def sentences(self) -> str:
        """Return in plain sentences how much better or worse the model is."""
        points = self.accuracy
        more = "more" if points.mean >= 0 else "fewer"
        heads = {
            BETTER: f"{self.model} is better than {self.other}, the model in use",
            WORSE: f"{self.model} is worse than {self.other}, the model in use",
            ALIKE: f"{self.model} and {self.other}, the model in use, are about as good: what "
            "differs may be chance",
        }
        return (
            f"{heads[self.verdict]}. On {count(self.songs, 'song')} by "
            f"{count(self.artists, 'artist')} that both know, each judged by a fit that never "
            f"heard it, it is right for {abs(100 * points.mean):.0f} {more} of 100 "
            f"({100 * points.low:+.0f} to {100 * points.high:+.0f}); its log loss differs by "
            f"{self.log_loss.mean:+.2f} ({self.log_loss.low:+.2f} to {self.log_loss.high:+.2f}; "
            "below zero is better)."
        )


def compare(home: Home, model: str, other: str) -> Comparison | None:
    """Compare a model with another by the library's labels of today.

    None where they share fewer than two genres, or no song that both judge unheard.
    """
    ours, theirs = labelled_songs(home, model), labelled_songs(home, other)
    genres = [genre for genre in ours.genres if genre in theirs.genres]
    if len(genres) < 2:
        return None
    ours, theirs = ours.of_genres(genres), theirs.of_genres(genres)
    place = {song_id: row for row, song_id in enumerate(theirs.song_ids)}
    shared = [row for row, song_id in enumerate(ours.song_ids) if song_id in place]
    if not shared:
        return None
    same = [place[ours.song_ids[row]] for row in shared]
    right = _right(ours, shared) - _right(theirs, same)
    loss = _losses(ours, shared) - _losses(theirs, same)
    artist = ours.artist[shared]
    return Comparison(
        model=model,
        other=other,
        songs=len(shared),
        artists=len(np.unique(artist)),
        genres=tuple(genres),
        accuracy=Difference(float(right.mean()), *mean_interval(right, artist)),
        log_loss=Difference(float(loss.mean()), *mean_interval(loss, artist)),
    )


def compare_with_model_in_use(home: Home, model: str) -> Comparison | None:
    """Compare a model with the one in use; None where it is that one, or nothing can be told."""
    from genrefit.errors import GenrefitError
    from genrefit.learning import registry

    other = registry.in_use(home)
    if other is None or other == model:
        return None
    try:
        return compare(home, model, other)
    except GenrefitError:  # a model in use that is damaged or outdated is no measure
        return None


def _right(songs: LabelledSongs, rows: list[int]) -> np.ndarray:
    """Return 1 for each song whose likeliest genre is one of its own, else 0 [shape=(n,)]."""
    P, member = songs.P[rows], songs.member[rows]
    right: np.ndarray = member[np.arange(len(rows)), P.argmax(1)].astype(float)
    return right


def _losses(songs: LabelledSongs, rows: list[int]) -> np.ndarray:
    return metrics.losses(songs.P[rows], songs.member[rows])
