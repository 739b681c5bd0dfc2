"""The records that a report on a model is made of.

Fields of default None may be missing in report.json: earlier versions wrote fewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from genrefit.learning.metrics import ReliabilityBin


@dataclass(frozen=True, slots=True)
class GenreMetrics:
    """How well one genre is recognised; `support` is the number of true segments or songs."""

    precision: float
    recall: float
    f1: float
    jaccard: float
    support: int


@dataclass(frozen=True, slots=True)
class LevelMetrics:
    """All metrics of one level (segments or songs); losses in nats, the others 0 to 1."""

    accuracy: float
    balanced_accuracy: float
    jaccard_macro: float
    log_loss: float
    ece: float
    majority: float
    genres: dict[str, GenreMetrics]
    intervals: dict[str, tuple[float, float]] | None = None

    def interval(self, metric: str) -> tuple[float, float]:
        """Return the 95 % interval of a metric; of no width where none was measured."""
        value: float = getattr(self, metric)
        return (self.intervals or {}).get(metric, (value, value))


@dataclass(frozen=True, slots=True)
class LeakyMetrics:
    """What a split that parts the segments of a song claims."""

    accuracy: float
    log_loss: float


@dataclass(frozen=True, slots=True)
class PartSize:
    """What one part of the split holds; `genres` counts songs."""

    songs: int
    segments: int
    artists: int
    genres: dict[str, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pipeline that was compared: song log loss (nats) and accuracy out of fold.

    `rows` is the most rows that one of its fits used.
    """

    pipeline: str
    parameters: dict[str, Any]
    log_loss: float
    test_log_loss: float | None = None
    accuracy: float | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Song accuracy and its 95 % interval, after learning from `songs` songs."""

    songs: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class UntypicalShares:
    """The shares of training songs that are untypical of their genre, and of every genre.

    `strangers` is the share that is found unlike all where their own genre is left out.
    """

    untypical: float
    unlike_all: float
    strangers: float | None = None


@dataclass(frozen=True, slots=True)
class TemperatureValues:
    """How much the fit is softened (above 1) or sharpened, for segments and songs."""

    segment: float
    song: float


@dataclass(frozen=True, slots=True)
class JudgedSong:
    """A song that was judged: `genres` are its true ones, `truth` the one that the guess is held
    against; `segments` are the starts (s) of its segments by true and guessed genre."""

    song_id: str
    title: str
    artist: str | None
    truth: str
    genres: tuple[str, ...]
    guess: str
    likelihoods: dict[str, float]
    segments: dict[str, dict[str, tuple[float, ...]]] | None = None


@dataclass(frozen=True, slots=True)
class CrossValidated:
    """How good fits are on songs that they never heard, nor their artists: each judged once.

    Maps are keyed by level ("segments", "songs"). `mistakes` are the songs guessed wrong. All songs
    were dealt into folds `repeats` times, and each song's log-likelihoods averaged.
    """

    songs: LevelMetrics
    segments: LevelMetrics | None = None
    confusion: dict[str, tuple[tuple[int, ...], ...]] | None = None
    mistakes: tuple[JudgedSong, ...] | None = None
    reliability: dict[str, tuple[ReliabilityBin, ...]] | None = None
    repeats: int | None = None

    def level(self, level: str) -> LevelMetrics | None:
        """Return the metrics of "segments" or "songs"; None for segments in older reports."""
        return self.songs if level == "songs" else self.segments


@dataclass(frozen=True, slots=True)
class Voices:
    """What the names of the genres, the songs, and both together are worth on the same songs.

    Each song was judged once, out of fold. In the model for use `weights` ("songs", "names") are
    what the log-likelihoods of each count, and `biases` what is added by genre. `unknown` are the
    genres whose names say nothing; `sentences` tell all of it in words.
    """

    names: LevelMetrics
    songs: LevelMetrics
    both: LevelMetrics
    weights: dict[str, float]
    biases: dict[str, float]
    unknown: tuple[str, ...]
    sentences: tuple[str, ...]
