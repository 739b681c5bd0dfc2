"""A note on standard error where a model answers that no longer knows the library as it is."""

from __future__ import annotations

from genrefit.cli.output import print_note
from genrefit.config import Home


def print_stale_note(home: Home, name: str) -> None:
    """Say what changed in the library since a model was trained; nothing where nothing did."""
    from genrefit.learning import staleness

    for note in staleness.notes(home, name):
        print_note(note)
