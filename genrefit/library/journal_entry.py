"""An entry of the journal as it is listed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

UNDID, REDID = "undid: ", "redid: "


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A change by its number: when it was made, what it did, and whether it is undone.

    `undoes` is the number of the entry that it undid, None for a change of its own.
    """

    number: int
    at: float
    what: str
    undone: bool
    undoes: int | None = None

    @property
    def date(self) -> str:
        """When it was made, in local time to the minute."""
        return datetime.fromtimestamp(self.at).isoformat(" ", "minutes")

    @property
    def is_undo(self) -> bool:
        """Whether it took a change back, so that undoing it does that change again."""
        return self.what.startswith(UNDID)

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self) | {"date": self.date}
