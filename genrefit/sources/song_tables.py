"""Tables of songs as CSV: from Exportify, Soundiiz, TuneMyMusic, or made by hand."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from genrefit.errors import SourceError
from genrefit.metadata import artist_and_title
from genrefit.sources.entries import Entry, parse_seconds, resolve_reference
from genrefit.sources.list_text import decode_text
from genrefit.sources.urls import is_url

_ADDRESS = ("url", "link", "address", "location", "file", "path", "filename", "uri")
_TITLE = ("title", "track name", "track", "song", "name", "song name")
_ARTIST = ("artist", "artists", "artist name", "artist name(s)", "artist names", "creator")
_SECONDS = ("seconds", "length", "duration")
_MILLISECONDS = ("duration (ms)", "track duration (ms)", "duration_ms")
_BY_ID = re.compile(r"spotify:|https?://(?:open|play)\.spotify\.com/", re.I)
LONGEST_FIELD = 100_000


def is_song_table(head: str) -> bool:
    """Tell whether a text begins like a table of songs: names of columns, an address among them."""
    header = _columns(head.split("\n", 1)[0])
    return len(header) > 1 and any(
        _column(header, names) is not None for names in (_TITLE, _ADDRESS)
    )


def read_song_table(data: bytes, base: str) -> Iterator[Entry]:
    """Read the rows that have an address.

    SourceError where none has one, as in a table of Spotify's ids, whose songs cannot be fetched.
    """
    text = decode_text(data)
    first, _, _ = text.partition("\n")
    header = _columns(first)
    rows = _rows(text, _delimiter(first))[1:]
    title, artist = _column(header, _TITLE), _column(header, _ARTIST)
    seconds, milliseconds = _column(header, _SECONDS), _column(header, _MILLISECONDS)
    read = by_id = 0
    for row in rows:
        reference = _address(row, header)
        if _BY_ID.match(reference):
            by_id += 1
            continue
        address = resolve_reference(reference, base)
        if not address:
            continue
        read += 1
        length = parse_seconds(_cell(row, milliseconds), unit=0.001)
        name, by = _cell(row, title), _cell(row, artist)
        if not by:
            split_artist, name = artist_and_title(name)
            by = split_artist or ""
        yield Entry(address, name, by or None, length or parse_seconds(_cell(row, seconds)))
    if not read:
        what = "only Spotify's ids, which cannot be fetched" if by_id else "no column of addresses"
        raise SourceError(
            f"{base} is a table of songs with {what}: add a column called URL with an address or "
            "a file for each song",
            kind="unsupported",
        )


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _columns(header: str) -> list[str]:
    header = header.strip("\ufeff\r\n ")
    rows = _rows(header, _delimiter(header))
    return [cell.strip().casefold() for cell in rows[0]] if rows else []


def _rows(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except csv.Error:  # a field that never ends, or a NUL: take the lines as they are
        return [line.split(delimiter) for line in text.splitlines() if line.strip()]


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _address(row: Sequence[str], header: Sequence[str]) -> str:
    """Return the row's address: of the columns that may hold one, a URL before a path or an id."""
    cells = [
        row[at].strip()
        for at, name in enumerate(header[: len(row)])
        if name in _ADDRESS or name.endswith((" url", " uri", " link"))
    ]
    cells = [cell for cell in cells if cell]
    fetched = [cell for cell in cells if is_url(cell) and not _BY_ID.match(cell)]
    return (fetched or cells or [""])[0]
