"""Job results: one record a kind of job, stored as JSON in the job's row.

A collection gives collecting's own CollectionResult, the demo its DemoResult; a fetched ear gives
no result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol


class JobResult(Protocol):
    """What every kind's result offers."""

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name, fit for JSON."""
        ...


@dataclass(frozen=True, slots=True)
class TrainResult:
    """The name of the trained model."""

    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> TrainResult:
        """Return the record that `to_json` wrote."""
        return cls(str(fields["model"]))


@dataclass(frozen=True, slots=True)
class MapResult:
    """How many songs the song map holds."""

    songs: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> MapResult:
        """Return the record that `to_json` wrote."""
        return cls(int(fields["songs"]))


def result_from_json(kind: str, fields: Mapping[str, Any]) -> JobResult | None:
    """Return the result that a job of a kind stored.

    None where it cannot be read, such as one that another version of the program stored with
    other fields: the job's own sentence still says what it did.
    """
    try:
        if kind == "collect":
            from genrefit.collecting.run import CollectionResult

            return CollectionResult.from_json(fields)
        if kind == "demo":
            from genrefit.demo import DemoResult

            return DemoResult.from_json(fields)
        if kind == "train":
            return TrainResult.from_json(fields)
        if kind == "map":
            return MapResult.from_json(fields)
    except (KeyError, TypeError, ValueError):
        return None
    return None
