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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.errors import LibraryError
from genrefit.features import FEATURE_SETS
from genrefit.library import genres
from genrefit.library.library import Library, open_library
from genrefit.metadata import artist_and_title
from genrefit.records import Features, Song
from genrefit.storage import whole_file


@dataclass(slots=True)
class _ImportedSong:
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
    """Add the songs of a JSON lines file (.gz or plain) to the library, all of them or none.

    A genre that is defined, or in the library, under another spelling is joined. Returns counts:
    songs, segments, known (songs that were there already). LibraryError names the first line that
    cannot be read, GenreError a name that no genre can have; nothing is then imported.
    """
    songs = list(_read_songs(path).values())
    with open_library(home) as library, library.changing_genres(f"imported {path.name}"):
        stored = library.rows("SELECT DISTINCT genre FROM song_genres ORDER BY genre")
        defined = library.genres()
        names = [*defined, *(name for (name,) in stored)]
        spellings = _spellings(names, {name for song in songs for name in song.genres})
        before = set(library.feature_versions())
        for name in spellings.values():
            if name not in defined:
                library.define_genre(name)
        for song in songs:
            _store(library, song, spellings)
    return {
        "songs": len(songs),
        "segments": sum(len(song.starts) for song in songs),
        "known": sum(song.song_id in before for song in songs),
    }


def _spellings(known: Iterable[str], imported: Iterable[str]) -> dict[str, str]:
    """Return for each imported name the one under which its genre is known, or comes in."""
    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(genres.fold(name), name)
    return {
        name: by_fold.setdefault(genres.fold(name), genres.checked_name(name))
        for name in sorted(imported)
    }


def _read_songs(path: Path) -> dict[str, _ImportedSong]:
    songs: dict[str, _ImportedSong] = {}
    for number, line in _lines(path):
        try:
            _add_row(songs, json.loads(line))
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


def _add_row(songs: dict[str, _ImportedSong], row: dict[str, Any]) -> None:
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
        song = songs[song_id] = _ImportedSong(
            song_id, name, row.get("artist"), row.get("seconds"), features, first_genre=genre
        )
    if genre not in song.genres:
        song.genres.append(genre)
    # A song in two genres stands there once for each; its segments are the same.
    if genre == song.first_genre:
        song.starts.append(float(row.get("start", len(song.starts) * SEGMENT_SECONDS)))
        song.values.append(values)


def _store(library: Library, imported: _ImportedSong, spellings: Mapping[str, str]) -> None:
    artist, title = artist_and_title(Path(imported.name).stem)
    key = f"import:{imported.song_id}"
    library.add(
        Song(
            song_id=imported.song_id,
            key=key,
            address=imported.name,
            title=title,
            artist=imported.artist or artist,
            seconds=imported.seconds,
            content=key,
            genres=tuple(dict.fromkeys(spellings[name] for name in imported.genres)),
        ),
        {
            imported.features: Features(
                np.asarray(imported.starts, np.float32), np.asarray(imported.values, np.float32)
            )
        },
    )


def segment_rows(home: Home, features: str) -> pd.DataFrame:
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


def export_segments(home: Home, path: Path, *, features: str) -> int:
    """Write all segments of a feature set to `path`; return how many rows.

    The file's name says its format, one of FORMATS; LibraryError for any other.
    """
    write = next((FORMATS[end] for end in FORMATS if path.name.lower().endswith(end)), None)
    if write is None:
        raise LibraryError(
            f"{path.name}: name the file .jsonl, .csv or .parquet, so that its form is known; "
            ".jsonl.gz and .csv.gz are compressed"
        )
    frame = segment_rows(home, features)
    try:
        with whole_file(path, parents=False) as part:
            write(frame, part)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror}") from error
    return len(frame)


def _json_lines(frame: pd.DataFrame) -> bytes:
    text = frame.to_json(orient="records", lines=True, double_precision=10, force_ascii=False)
    return str(text).encode()


def _csv(frame: pd.DataFrame) -> bytes:
    return str(frame.to_csv(index=False)).encode()


FORMATS: Mapping[str, Callable[[pd.DataFrame, Path], object]] = {
    ".jsonl": lambda frame, path: path.write_bytes(_json_lines(frame)),
    ".json": lambda frame, path: path.write_bytes(_json_lines(frame)),
    ".jsonl.gz": lambda frame, path: path.write_bytes(gzip.compress(_json_lines(frame))),
    ".json.gz": lambda frame, path: path.write_bytes(gzip.compress(_json_lines(frame))),
    ".csv": lambda frame, path: path.write_bytes(_csv(frame)),
    ".csv.gz": lambda frame, path: path.write_bytes(gzip.compress(_csv(frame))),
    ".parquet": lambda frame, path: frame.to_parquet(path, index=False),
}
"""By the ending of a file's name: what writes a table of segments to it."""
