"""The last scored songs of a home, so that a reload of the dashboard does not lose them.

Only numbers are kept, no sound.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from genrefit.config import Home
from genrefit.scoring.scorer import ScoredSong
from genrefit.storage import erase, write_whole

log = logging.getLogger(__name__)

MOST = 100
"""So many songs are kept, the latest: one takes 5 to 30 kB."""


def file(home: Home) -> Path:
    """Return where they are kept."""
    return home.data / "scored.json"


def songs(home: Home) -> list[ScoredSong]:
    """Return the kept songs, the latest first; none where the file is absent or damaged."""
    known = {field.name for field in fields(ScoredSong)}
    try:
        rows = json.loads(file(home).read_text(encoding="utf-8"))
        kept = [ScoredSong(**{k: v for k, v in row.items() if k in known}) for row in rows]
    except (OSError, ValueError, TypeError, AttributeError):
        return []
    return [song for song in kept if isinstance(song.likelihoods, dict) and song.likelihoods]


def keep(home: Home, latest: Sequence[ScoredSong]) -> None:
    """Keep songs, the latest first, before those that are kept already; the oldest go.

    One that is scored again by the same model takes the place of what it was.
    """
    older = [song for song in songs(home) if not any(is_same(song, new) for new in latest)]
    rows = [song.to_json() | {"means": song.means} for song in [*latest, *older][:MOST]]
    try:
        write_whole(file(home), json.dumps(rows, ensure_ascii=False))
    except OSError as error:  # they are on the page all the same
        log.warning("the scored songs cannot be kept: %s", error)


def is_same(one: ScoredSong, other: ScoredSong) -> bool:
    """Tell whether both are of one file or address, scored by one model."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("source", "title", "artist", "seconds", "model")
    )


def forget(home: Home) -> None:
    """Keep none any more."""
    erase(file(home), within=home.data)
