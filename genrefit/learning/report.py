"""The records of a report on a model and of its card: report.json and card.json.

Fields of default None may be missing there: models saved by earlier versions lack some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from genrefit.learning.metrics import ReliabilityBin
from genrefit.learning.record_json import record_from_json, record_to_json

WIDE = 0.4
"""An accuracy whose 95 % interval is wider tells little: 20 points to each side."""
FEW_SONGS = 20
"""So few songs tell little even where all are guessed right, which leaves no interval."""


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
    """Song accuracy on validation and its 95 % interval, after learning from `songs` songs."""

    songs: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class UntypicalShares:
    """The shares of training songs that are untypical of their genre, and of every genre."""

    untypical: float
    unlike_all: float


@dataclass(frozen=True, slots=True)
class TemperatureValues:
    """The temperatures by which likelihoods of segments and songs are calibrated."""

    segment: float
    song: float


@dataclass(frozen=True, slots=True)
class JudgedSong:
    """A song of validation: `genres` are its true ones, `truth` the one that the guess is held
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
class Report:
    """How good a model is, measured on songs that it never heard.

    Maps are keyed by level ("segments", "songs"), by part of the split, or by genre. `confusion`
    counts guesses, a row for each true genre. `wrong` are the songs of `validation` that were
    guessed wrong. `seconds` is the time the training took.
    """

    features: str
    pipeline: str
    parameters: dict[str, Any]
    protocol: str
    seed: int
    genres: tuple[str, ...]
    splits: dict[str, PartSize]
    segments: LevelMetrics
    songs: LevelMetrics
    confusion: dict[str, tuple[tuple[int, ...], ...]]
    reliability: dict[str, tuple[ReliabilityBin, ...]]
    learning_curve: tuple[CurvePoint, ...]
    validation: tuple[JudgedSong, ...]
    wrong: tuple[JudgedSong, ...]
    seconds: float
    row_protocol: dict[str, LeakyMetrics]
    cross_validated: dict[str, LevelMetrics] | None = None
    warnings: tuple[str, ...] | None = None
    dropped: tuple[str, ...] | None = None
    protocol_means: str | None = None
    grid: bool | None = None
    requested_pipeline: str | None = field(default=None, metadata={"key": "asked"})
    candidates: tuple[Candidate, ...] | None = None
    class_weights: dict[str, float] | None = None
    temperatures: TemperatureValues | None = None
    typicality: UntypicalShares | None = None
    model: str | None = None

    def level(self, level: str) -> LevelMetrics:
        """Return the metrics of "segments" or "songs" on validation."""
        return self.songs if level == "songs" else self.segments

    def headline_source(self) -> Literal["validation", "cross_validated"]:
        """Return which part the headline number is of: "cross_validated" where validation is too
        small to tell. Of the former each song is judged once, by a fit that heard neither it nor
        its artist.
        """
        if not (self.cross_validated or {}).get("songs") or self.protocol == "row":
            return "validation"
        low, high = self.songs.interval("accuracy")
        few = self.splits["validation"].songs < FEW_SONGS
        return "cross_validated" if few or high - low > WIDE else "validation"

    def headline(self) -> LevelMetrics:
        """Return the song metrics that a report leads with, see `headline_source`."""
        if self.cross_validated and self.headline_source() == "cross_validated":
            return self.cross_validated["songs"]
        return self.songs

    def to_json(self) -> dict[str, Any]:
        """Return the content of report.json."""
        return record_to_json(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Report:
        """Make a report of the content of report.json; KeyError where it lacks a field."""
        return record_from_json(cls, values)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is: all that is needed to know it again and to tell whether it fits.

    `fingerprint` is a digest of the training data, `sha256` the digests of the model's files;
    `sets` are all feature sets that it reads, `features` first. `taken_for` are the tags that each
    genre's name was taken for. `what` describes a built-in model, which has no further fields.
    """

    genres: tuple[str, ...]
    features: str
    version: int
    name: str | None = None
    built_in: bool | None = None
    what: str | None = None
    sets: tuple[str, ...] | None = None
    taken_for: dict[str, tuple[str, ...]] | None = None
    columns: tuple[str, ...] | None = None
    pipeline: str | None = None
    parameters: dict[str, Any] | None = None
    dropped: tuple[str, ...] | None = None
    protocol: str | None = None
    seed: int | None = None
    grid: bool | None = None
    requested_pipeline: str | None = field(default=None, metadata={"key": "asked"})
    seconds: float | None = None
    songs: int | None = None
    segments: int | None = None
    fingerprint: str | None = None
    versions: dict[str, str] | None = None
    date: str | None = None
    accuracy: float | None = None
    majority: float | None = None
    format: int | None = None
    sha256: dict[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the content of card.json, with the name and `built_in` where they are known."""
        return record_to_json(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ModelCard:
        """Make a card of the content of card.json; KeyError where it lacks a field."""
        return record_from_json(cls, values)
