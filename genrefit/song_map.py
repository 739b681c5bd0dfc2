"""Maps of songs, computed by a background job and saved, so that pages read them from a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pandas as pd

from genrefit import explore
from genrefit.config import Home
from genrefit.errors import Cancelled
from genrefit.library import Library, open_library
from genrefit.records import Progress
from genrefit.storage import write_whole


def build(
    home: Home,
    *,
    features: str,
    method: str = "tsne",
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> pd.DataFrame:
    """Draw the map of all songs with `explore.song_map`, save it, and return it.

    LibraryError where there are too few songs; Cancelled when `cancelled()` is true in between.
    """
    with open_library(home, create=False) as library:
        stamp = _stamp(library, features)
        table = library.song_table(features)
    count = len(table.songs)
    if on_progress:
        on_progress(Progress("drawing the map", 0, count))
    if cancelled and cancelled():
        raise Cancelled("stopped before the map was drawn")
    points = explore.song_map(table, method=method, seed=seed)
    if cancelled and cancelled():
        raise Cancelled("stopped; the map was not kept")
    _save(_path(home, features, method, seed), stamp, points)
    if on_progress:
        on_progress(Progress("drawing the map", count, count))
    return points


def saved(
    home: Home,
    *,
    features: str,
    method: str = "tsne",
    seed: int = 0,
    library: Library | None = None,
) -> pd.DataFrame | None:
    """Return the saved map, as explore.song_map gives it; None where there is none.

    attrs["stale"] tells whether songs, genres or features have changed since it was drawn.
    """
    try:
        record = json.loads(_path(home, features, method, seed).read_text(encoding="utf-8"))
        points = pd.DataFrame(record["songs"])
        points["genres"] = [tuple(genres) for genres in points["genres"]]
        points.attrs = record["attrs"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError):
        return None  # written by another version: as good as none, and drawn anew on demand
    with nullcontext(library) if library else open_library(home, create=False) as library:
        points.attrs["stale"] = _stamp(library, features) != record["stamp"]
    return points


def _path(home: Home, features: str, method: str, seed: int) -> Path:
    return home.data / "maps" / f"{features}-{method}-{seed}.json"


def _stamp(library: Library, features: str) -> str:
    """Return a digest of what a map shows: songs, their names and genres, feature versions."""
    versions = library.feature_versions()
    seen = [
        (song.song_id, song.title, song.artist, song.genres, versions[song.song_id][features])
        for song in library.songs()
        if features in versions.get(song.song_id, {})
    ]
    return hashlib.blake2b(repr(seen).encode(), digest_size=16).hexdigest()


def _save(path: Path, stamp: str, points: pd.DataFrame) -> None:
    songs = points.to_dict("list")
    write_whole(path, json.dumps({"stamp": stamp, "attrs": points.attrs, "songs": songs}))
