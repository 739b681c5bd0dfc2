"""Segments as JSON lines, CSV and Parquet: a row a segment and genre, in the seed's form.

Beside the seed's columns stand the song's own fields, so that an import gives back what went in.
Numbers are written in the fewest digits that tell them from every other of their precision.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from genrefit.config import Home
from genrefit.edges import csv_of_frame, json_text
from genrefit.errors import LibraryError
from genrefit.library.library import open_library
from genrefit.records import Table
from genrefit.storage import whole_file


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
    table = _table(home, features)
    try:
        with whole_file(path, parents=False) as part:
            write(table, part)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror}") from error
    times = table.songs["genres"].map(lambda names: max(len(names), 1)).to_numpy()
    return int(times[table.song].sum())


def _table(home: Home, features: str) -> Table:
    with open_library(home, create=False) as library:
        table = library.table(features)
    if not len(table.songs):
        raise LibraryError(
            f"no song in the library has the feature set {features!r}: nothing to export"
        )
    return table


def segment_rows(home: Home, features: str) -> pd.DataFrame:
    """Return one row a segment and genre, in the seed's form with our additions."""
    return _frame(_table(home, features))


def _frame(table: Table) -> pd.DataFrame:
    songs = table.songs.iloc[table.song].reset_index(drop=True)
    head = pd.DataFrame(
        {
            "song": [_name(t, a) for t, a in zip(songs["title"], songs["artist"], strict=True)],
            "genre": songs["genres"],
            "song_id": songs["song_id"],
            "title": songs["title"],
            "artist": songs["artist"],
            "genres": songs["genres"].map(lambda names: json.dumps(names, ensure_ascii=False)),
            "address": songs["address"],
            "seconds": songs["seconds"],
            "start": table.start,
            "features": table.features,
            "version": table.version,
        }
    )
    frame = pd.DataFrame(table.X, columns=list(table.columns))
    return pd.concat([head, frame], axis=1).explode("genre", ignore_index=True)


def _name(title: str, artist: str | None) -> str:
    return f"{artist} - {title}" if isinstance(artist, str) and artist else title


def _json_lines(table: Table) -> Iterator[bytes]:
    """Yield the lines of each song."""
    keys = [json.dumps(column) + ":" for column in table.columns]
    order = np.argsort(table.song, kind="stable")
    ends = np.searchsorted(table.song[order], np.arange(len(table.songs) + 1))
    for number, song in enumerate(table.songs.to_dict("records")):
        rows = order[ends[number] : ends[number + 1]]
        starts, values = table.start[rows].astype(str), table.X[rows].astype(str)
        heads = [_head(song, genre) for genre in (song["genres"] or (None,))]
        tail = f'"features":{json.dumps(table.features)},"version":{table.version}'
        lines = []
        for start, row in zip(starts.tolist(), values.tolist(), strict=True):
            cells = ",".join(map(str.__add__, keys, row)).replace(":nan", ":null")
            lines += [f'{head}"start":{start},{tail},{cells}}}\n' for head in heads]
        yield "".join(lines).encode()


def _head(song: Mapping[Any, Any], genre: str | None) -> str:
    title, artist, seconds = str(song["title"]), song["artist"], song["seconds"]
    artist = artist if isinstance(artist, str) else None
    fields = {
        "song": _name(title, artist),
        "genre": genre,
        "song_id": song["song_id"],
        "title": title,
        "artist": artist,
        "genres": list(song["genres"]),
        "address": song["address"],
        "seconds": seconds if isinstance(seconds, float) and seconds == seconds else None,
    }
    return json_text(fields)[:-1] + ","


def _write_json_lines(table: Table, path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(_json_lines(table))


def _write_compressed_json_lines(table: Table, path: Path) -> None:
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        file.writelines(_json_lines(table))


def _csv(table: Table) -> bytes:
    return csv_of_frame(_frame(table)).encode()


FORMATS: Mapping[str, Callable[[Table, Path], object]] = {
    ".jsonl": _write_json_lines,
    ".json": _write_json_lines,
    ".jsonl.gz": _write_compressed_json_lines,
    ".json.gz": _write_compressed_json_lines,
    ".csv": lambda table, path: path.write_bytes(_csv(table)),
    ".csv.gz": lambda table, path: path.write_bytes(gzip.compress(_csv(table))),
    ".parquet": lambda table, path: _frame(table).to_parquet(path, index=False),
}
"""By the ending of a file's name: what writes a table of segments to it."""
