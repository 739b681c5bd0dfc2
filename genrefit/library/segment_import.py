"""Segments out of JSON lines: our own exports, and the seed's published form.

A row is a segment: its song, its genre, and a column a feature. Our exports have the song's title,
artist, address and genres in fields of their own, so that they come back as what they were. Rows
without a song_id are the seed's: `song` is a file's name, "Artist - Title.m4a".
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.errors import LibraryError
from genrefit.features import FEATURE_SETS
from genrefit.library import genres
from genrefit.library.library import Library, open_library
from genrefit.metadata import artist_and_title
from genrefit.records import Features, Song
from genrefit.sources.urls import AUDIO_ENDINGS

LONGEST_TEXT = 10_000
"""Letters that a title, an address or another text of a row may have."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held, how many of its songs were known, and whether anything changed."""

    songs: int
    segments: int
    known: int
    changed: bool

    def counts(self) -> dict[str, int]:
        """Return the counts by name, as `genrefit import --json` prints them."""
        return {"songs": self.songs, "segments": self.segments, "known": self.known}


@dataclass(slots=True)
class _ImportedSong:
    """The rows of one song as they come.

    `sets` are by feature set: the genre of the first row, and starts and values of its rows.
    """

    name: str
    song: Song
    genres: list[str] = field(default_factory=list)
    sets: dict[str, tuple[str | None, list[float], list[list[float]]]] = field(default_factory=dict)


def import_file(home: Home, path: Path) -> Imported:
    """Add the songs of a JSON lines file (.gz or plain) to the library, all of them or none.

    A genre that is defined, or in the library, under another spelling is joined. Songs that are
    known keep what they have and get what they lack. LibraryError names the first line that cannot
    be read, GenreError a name that no genre can have; nothing is then imported.
    """
    songs = _read_songs(path)
    with open_library(home) as library:
        newest = library.history(1)
        with library.changing_genres(f"imported {path.name}") as (_, defined):
            known = {song_id for (song_id,) in library.rows("SELECT song_id FROM songs")}
            stored = library.rows("SELECT DISTINCT genre FROM song_genres ORDER BY genre")
            names = [*defined, *(name for (name,) in stored)]
            spellings = _spellings(names, {name for song in songs for name in song.genres})
            for name in spellings.values():
                if name not in defined:
                    library.define_genre(name)
            for song in songs:
                _store(library, song, spellings, known=song.song.song_id in known)
        return Imported(
            songs=len(songs),
            segments=sum(max(len(s) for _, s, _ in song.sets.values()) for song in songs),
            known=sum(song.song.song_id in known for song in songs),
            changed=library.history(1) != newest,
        )


def _spellings(known: Iterable[str], imported: Iterable[str]) -> dict[str, str]:
    """Return for each imported name the one under which its genre is known, or comes in."""
    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(genres.fold(name), name)
    return {
        name: by_fold.setdefault(genres.fold(name), genres.checked_name(name))
        for name in sorted(imported)
    }


def _store(
    library: Library, imported: _ImportedSong, spellings: Mapping[str, str], *, known: bool
) -> None:
    """Store a song, or what the library lacks of one that is known."""
    song = imported.song
    sets = {
        name: Features(np.asarray(starts, np.float32), np.asarray(values, np.float32))
        for name, (_, starts, values) in imported.sets.items()
    }
    key = f"import:{song.song_id}"
    labels = tuple(dict.fromkeys(spellings[name] for name in imported.genres))
    song_id = song.song_id
    if known:
        for name in labels:
            library.join_genre(song_id, name)
    else:
        song_id = library.add(replace(song, key=key, content=key, genres=labels), sets)
    versions = dict(
        library.rows("SELECT name, version FROM features WHERE song_id = ?", (song_id,))
    )
    lacking = {n: f for n, f in sets.items() if versions.get(n) != FEATURE_SETS[n].version}
    if lacking:
        library.add_features(song_id, lacking)


def _read_songs(path: Path) -> list[_ImportedSong]:
    songs: dict[str, _ImportedSong] = {}
    for number, line in _lines(path):
        try:
            _add_row(songs, json.loads(line))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise LibraryError(
                f"{path}, line {number}: {_reason(error)}; nothing was imported"
            ) from error
    if not songs:
        raise LibraryError(f"{path} holds no segments: one JSON object a line is expected")
    return list(songs.values())


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError | RecursionError):
        return "this is not a JSON object"
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    if isinstance(error, OverflowError):
        return "a feature is not a finite number"
    return str(error)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    if not path.is_file():
        raise LibraryError(f"there is no file {path}")
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except (gzip.BadGzipFile, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise LibraryError(
            f"{path} is damaged or no text ({error}); nothing was imported"
        ) from error
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror}") from error


def _add_row(songs: dict[str, _ImportedSong], row: Any) -> None:
    """Add one row to its song; ValueError, TypeError or KeyError where it cannot be one."""
    if not isinstance(row, dict):
        raise ValueError("this is not a JSON object")
    features = _text(row.get("features", "seed"), "features")
    if features not in FEATURE_SETS:
        raise ValueError(f"there is no feature set {features!r}")
    chosen = FEATURE_SETS[features]
    if row.get("version", chosen.version) != chosen.version:
        raise ValueError(f"feature set {features} is of version {row['version']}, not known here")
    values = [_number(row[column]) for column in chosen.columns]
    name = _text(row["song"], "song")
    own_id = row.get("song_id")
    id_of_name = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
    song_id = id_of_name if own_id is None else _text(own_id, "song_id")
    genre = None if row["genre"] is None else _text(row["genre"], "genre")
    song = songs.get(song_id)
    if song is None:
        song = songs[song_id] = _ImportedSong(name, _song(row, song_id, name))
    elif song.name != name:
        raise ValueError(f"the song_id {song_id!r} stands for another song further up")
    song.genres += [g for g in _genres(row, genre) if g not in song.genres]
    # A song in two genres stands there once for each; its segments are the same.
    first_genre, starts, rows = song.sets.setdefault(features, (genre, [], []))
    if genre == first_genre:
        starts.append(_number(row.get("start", len(starts) * SEGMENT_SECONDS)))
        rows.append(values)


def _genres(row: Mapping[str, Any], genre: str | None) -> list[str]:
    listed = row.get("genres")
    if listed is None:
        return [] if genre is None else [genre]
    if not isinstance(listed, list):
        raise ValueError("'genres' is not a list of names")
    return [_text(name, "genres") for name in listed]


def _song(row: Mapping[str, Any], song_id: str, name: str) -> Song:
    """Return who a song is, by its own fields, else by its name."""
    artist = None if row.get("artist") is None else _text(row["artist"], "artist")
    if row.get("title") is not None:
        title = _text(row["title"], "title")
    elif row.get("song_id") is not None:  # an export of an earlier version: "Artist - Title"
        title = name.removeprefix(f"{artist} - ") if artist else name
    else:
        ending = Path(name).suffix.lower()
        file = name[: -len(ending)] if ending in AUDIO_ENDINGS else name
        named, title = artist_and_title(file)
        artist = artist or named
    seconds = None if row.get("seconds") is None else _number(row["seconds"], single=False)
    address = name if row.get("address") is None else _text(row["address"], "address")
    return Song(song_id, "", address, title, artist, seconds, "")


def _text(value: Any, what: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{what!r} is not a text")
    text = str(value)
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise ValueError(f"{what!r} is empty or longer than {LONGEST_TEXT:,} letters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{what!r} holds half a character") from error
    return text


def _number(value: Any, *, single: bool = True) -> float:
    if isinstance(value, bool) or value is None:
        raise ValueError("a feature is not a finite number")
    number = float(value)
    if not math.isfinite(number) or (single and not np.isfinite(np.float32(number))):
        raise ValueError("a feature is not a finite number")
    return number
