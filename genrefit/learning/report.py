"""The records of a report on a model and of its card: report.json and card.json.

Fields of default None may be missing there: models saved by earlier versions lack some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from genrefit.learning.metrics import ReliabilityBin
from genrefit.learning.record_json import record_from_json, record_to_json
from genrefit.learning.report_parts import (
    Candidate,
    CrossValidated,
    CurvePoint,
    GenreMetrics,
    JudgedSong,
    LeakyMetrics,
    LevelMetrics,
    PartSize,
    TemperatureValues,
    UntypicalShares,
    Voices,
)

__all__ = [
    "Candidate",
    "CrossValidated",
    "CurvePoint",
    "GenreMetrics",
    "JudgedSong",
    "LeakyMetrics",
    "LevelMetrics",
    "ModelCard",
    "PartSize",
    "Report",
    "TemperatureValues",
    "UntypicalShares",
    "Voices",
]


@dataclass(frozen=True, slots=True)
class Report:
    """How good a model is, measured on songs that it never heard.

    `cross_validated` judges every song once; `songs`, `segments`, `confusion`, `reliability`,
    `validation` and `wrong` (its songs guessed wrong) are of the fifth that was held back from the
    start, as the seed did. Maps are keyed by level ("segments", "songs"), by part of the split, or
    by genre; `confusion` counts guesses, a row for each true genre. `unknown_artists` is how many
    of the songs judged have no known artist; `voices` is None where the names had no say. `seconds`
    is the time the training took.
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
    cross_validated: CrossValidated | None = None
    warnings: tuple[str, ...] | None = None
    dropped: tuple[str, ...] | None = None
    protocol_means: str | None = None
    grid: bool | None = None
    requested_pipeline: str | None = field(default=None, metadata={"key": "asked"})
    candidates: tuple[Candidate, ...] | None = None
    class_weights: dict[str, float] | None = None
    temperatures: TemperatureValues | None = None
    typicality: UntypicalShares | None = None
    unknown_artists: int | None = None
    voices: Voices | None = None
    model: str | None = None

    def level(self, level: str) -> LevelMetrics:
        """Return the metrics of "segments" or "songs" on validation."""
        return self.songs if level == "songs" else self.segments

    def headline_source(self) -> Literal["validation", "cross_validated"]:
        """Return which part the headline number is of.

        "cross_validated", of which each song is judged once, by a fit that heard neither it nor
        its artist; "validation" under the leaky protocol "row", and in reports of old.
        """
        leaky = self.protocol == "row"
        return "validation" if leaky or not self.cross_validated else "cross_validated"

    def headline(self, level: str = "songs") -> LevelMetrics:
        """Return the metrics of a level that a report leads with, see `headline_source`.

        Reports of earlier versions were cross-validated over songs only.
        """
        every = self._leading()
        return (every and every.level(level)) or self.level(level)

    def headline_confusion(self, level: str) -> tuple[tuple[int, ...], ...]:
        """Return the counts of guesses that belong to `headline(level)`."""
        every = self._leading()
        return ((every and every.confusion) or self.confusion)[level]

    def headline_reliability(self, level: str) -> tuple[ReliabilityBin, ...]:
        """Return the bins of confidence that belong to `headline(level)`."""
        every = self._leading()
        return ((every and every.reliability) or self.reliability)[level]

    def mistakes(self) -> tuple[JudgedSong, ...]:
        """Return the songs guessed wrong, of those that the headline is about where known."""
        every = self._leading()
        return self.wrong if every is None or every.mistakes is None else every.mistakes

    def _leading(self) -> CrossValidated | None:
        return self.cross_validated if self.headline_source() == "cross_validated" else None

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
    genre's name was taken for, `voices` are sentences on what names and songs gave. `what`
    describes a built-in model, which has no further fields.
    """

    genres: tuple[str, ...]
    features: str
    version: int
    name: str | None = None
    built_in: bool | None = None
    what: str | None = None
    sets: tuple[str, ...] | None = None
    taken_for: dict[str, tuple[str, ...]] | None = None
    voices: tuple[str, ...] | None = None
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
