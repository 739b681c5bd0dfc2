"""Segments in and out: JSON lines in the seed's form, CSV and Parquet.

A row is a segment: the song's file name, its genre, and a column a feature. Our own exports add
song_id, artist, seconds, start, features and version, so that they come back as what they were.
Rows without those are taken for the seed's published ones (feature set `seed`).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.errors import LibraryError
from genrefit.features import FEATURE_SETS
from genrefit.library import genres as definitions
from genrefit.library.songs import Library, open_library
from genrefit.metadata import artist_and_title
from genrefit.records import Features, Song
from genrefit.storage import whole_file

FORMATS = ("jsonl", "csv", "parquet")


@dataclass(slots=True)
class _Gathered:
    """The rows of one song as they come."""

    song_id: str
    name: str
    artist: str | None
    seconds: float | None
    features: str
    genres: list[str] = field(default_factory=list)
    first_genre: str = ""
    starts: list[float] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)


def import_segments(home: Home, path: Path) -> dict[str, int]:
    """Add the songs of a JSON lines file (.gz or plain) to the library.

    Returns counts: songs, segments, known (songs that were there already). LibraryError names the
    first line that cannot be read; nothing is then imported.
    """
    songs = list(_gather(path).values())
    with open_library(home) as library:
        before = set(library.sets())
        for gathered in songs:
            _store(library, gathered)
        named = sorted({genre for gathered in songs for genre in gathered.genres})
    _define(home, named)
    return {
        "songs": len(songs),
        "segments": sum(len(gathered.starts) for gathered in songs),
        "known": sum(gathered.song_id in before for gathered in songs),
    }


def _gather(path: Path) -> dict[str, _Gathered]:
    songs: dict[str, _Gathered] = {}
    for number, line in _lines(path):
        try:
            _take(songs, json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LibraryError(
                f"{path}, line {number}: {_reason(error)}; nothing was imported"
            ) from error
    if not songs:
        raise LibraryError(f"{path} holds no segments: one JSON object a line is expected")
    return songs


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return "this is not a JSON object"
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    return str(error)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    if not path.is_file():
        raise LibraryError(f"there is no file {path}")
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except (gzip.BadGzipFile, EOFError, UnicodeDecodeError) as error:
        raise LibraryError(
            f"{path} is damaged or no text ({error}); nothing was imported"
        ) from error


def _take(songs: dict[str, _Gathered], row: dict[str, Any]) -> None:
    """Add one row to its song."""
    features = row.get("features", "seed")
    if features not in FEATURE_SETS:
        raise ValueError(f"there is no feature set {features!r}")
    chosen = FEATURE_SETS[features]
    if row.get("version", chosen.version) != chosen.version:
        raise ValueError(f"feature set {features} is of version {row['version']}, not known here")
    name, genre = str(row["song"]), str(row["genre"])
    values = [float(row[column]) for column in chosen.columns]
    if not all(math.isfinite(value) for value in values):
        raise ValueError("a feature is not a finite number")
    song_id = row.get("song_id") or hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
    song = songs.get(song_id)
    if song is None:
        song = songs[song_id] = _Gathered(
            song_id, name, row.get("artist"), row.get("seconds"), features, first_genre=genre
        )
    if genre not in song.genres:
        song.genres.append(genre)
    # A song in two genres stands there once for each; its segments are the same.
    if genre == song.first_genre:
        song.starts.append(float(row.get("start", len(song.starts) * SEGMENT_SECONDS)))
        song.values.append(values)


def _store(library: Library, gathered: _Gathered) -> None:
    artist, title = artist_and_title(Path(gathered.name).stem)
    key = f"import:{gathered.song_id}"
    library.add(
        Song(
            song_id=gathered.song_id,
            key=key,
            address=gathered.name,
            title=title,
            artist=gathered.artist or artist,
            seconds=gathered.seconds,
            content=key,
            genres=tuple(gathered.genres),
        ),
        {
            gathered.features: Features(
                np.asarray(gathered.starts, np.float32), np.asarray(gathered.values, np.float32)
            )
        },
    )


def _define(home: Home, names: list[str]) -> None:
    """Let imported genres stand among the defined ones, so that pages and queries know them."""
    for name in names:
        definitions.add(home, name)


def rows(home: Home, features: str) -> pd.DataFrame:
    """Return one row a segment and genre, in the seed's form with our additions."""
    with open_library(home, create=False) as library:
        table = library.table(features)
    if not len(table.songs):
        raise LibraryError(
            f"no song in the library has the feature set {features!r}: nothing to export"
        )
    frame = pd.DataFrame(table.X, columns=list(table.columns))
    songs = table.songs.iloc[table.song].reset_index(drop=True)
    head = pd.DataFrame(
        {
            "song": _names(songs),
            "genre": songs["genres"],
            "song_id": songs["song_id"],
            "artist": songs["artist"],
            "seconds": songs["seconds"],
            "start": table.start,
            "features": features,
            "version": table.version,
        }
    )
    return pd.concat([head, frame], axis=1).explode("genre", ignore_index=True)


def _names(songs: pd.DataFrame) -> pd.Series:
    artists = songs["artist"].fillna("")
    joined = artists.where(artists == "", artists + " - ") + songs["title"]
    return joined.astype(object)


def export_segments(home: Home, path: Path, *, features: str, form: str | None = None) -> int:
    """Write all segments of a feature set to `path`; return how many rows.

    `form` is one of FORMATS, by default what the file's name says; LibraryError for any other.
    """
    form = form or _form(path)
    frame = rows(home, features)
    try:
        with whole_file(path, parents=False) as part:
            if form == "parquet":
                frame.to_parquet(part, index=False)
            elif form == "csv":
                frame.to_csv(part, index=False)
            else:
                _write_lines(frame, part, packed=path.suffix == ".gz")
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror}") from error
    return len(frame)


def _form(path: Path) -> str:
    suffix = path.suffixes[-2] if path.suffix == ".gz" and len(path.suffixes) > 1 else path.suffix
    form = {".jsonl": "jsonl", ".json": "jsonl", ".csv": "csv", ".parquet": "parquet"}.get(suffix)
    if form is None:
        raise LibraryError(
            f"{path.name}: name the file .jsonl, .csv or .parquet, so that its form is known"
        )
    return form


def _write_lines(frame: pd.DataFrame, path: Path, *, packed: bool) -> None:
    text = frame.to_json(orient="records", lines=True, double_precision=10, force_ascii=False)
    data = text.encode("utf-8")
    path.write_bytes(gzip.compress(data) if packed else data)
