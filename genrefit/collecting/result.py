"""What a collection did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CollectionResult:
    """How many songs a collection added or refreshed (`done`), how many failed, and how many it
    skipped, because they were there already or had failed before; `notes` are sentences for
    the user. `failed_sources` is how many sources could not be listed."""

    done: int
    failed: int
    skipped: int
    notes: tuple[str, ...]
    seconds: float
    failed_sources: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self) | {"notes": list(self.notes)}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> CollectionResult:
        """Return the record that `to_json` wrote, or a version that called the notes problems."""
        notes = tuple(fields["notes"] if "notes" in fields else fields["problems"])
        return cls(
            fields["done"],
            fields["failed"],
            fields["skipped"],
            notes,
            fields["seconds"],
            fields.get("failed_sources", 0),
        )
