"""genres.json: the genres as a text that a person may read and edit.

    {"jazz": ["/home/me/Music/Jazz"],
     "wedding": {"sources": [], "like": ["disco", "soul"]}}

A genre is the list of its sources, or an object where it has "like" tags too.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from genrefit.errors import GenreError
from genrefit.library.genre_names import checked_name, refuse_twins
from genrefit.records import Genre

MOST_BYTES = 10_000_000
"""A file larger than this is not one of ours."""


def content(path: Path) -> bytes | None:
    """Return what the file holds, None where there is none; GenreError where it is no file."""
    try:
        if not path.exists():
            return None
        if not path.is_file():
            raise GenreError(f"{path} is not a file: move it away")
        if path.stat().st_size > MOST_BYTES:
            raise GenreError(f"{path} is too large for a file of genres: mend it or move it away")
        return path.read_bytes()
    except OSError as error:
        raise GenreError(f"{path} cannot be read: {error.strerror}") from error


def digest(data: bytes) -> str:
    """Return what tells one content of the file from another."""
    return hashlib.sha256(data).hexdigest()


def parse(data: bytes, where: object) -> dict[str, Genre]:
    """Return the genres of a file by name, in its order; GenreError says what is wrong."""
    try:
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise GenreError(f"{where} is no text in UTF-8; mend it or move it away") from error
    except (ValueError, RecursionError) as error:
        raise GenreError(f"{where} is not valid JSON: {error}; mend it or move it away") from error
    if not isinstance(document, dict):
        raise GenreError(f'{where} should look like {{"jazz": ["address or folder", ...]}}')
    genres: dict[str, Genre] = {}
    for text, value in document.items():
        try:
            name = checked_name(text)
        except GenreError as error:
            raise GenreError(f"{where}: {error}") from error
        if name in genres:
            raise GenreError(f"{where}: the genre {name!r} stands there twice")
        genres[name] = _genre(name, value, where)
    refuse_twins(genres, str(where))
    return genres


def _genre(name: str, value: Any, where: object) -> Genre:
    if isinstance(value, dict) and set(value) <= {"sources", "like"}:
        sources, like = value.get("sources", []), value.get("like")
    else:
        sources, like = value, None
    if not _is_texts(sources):
        raise GenreError(f"{where}: the sources of {name!r} should be a list of texts")
    if like is not None and not _is_texts(like):
        raise GenreError(f'{where}: "like" of {name!r} should be a list of texts, or null')
    return Genre(name, tuple(sources), None if like is None else tuple(like))


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise ValueError(f"the genre {name!r} stands there twice")
    return dict(pairs)


def as_bytes(genres: Mapping[str, Genre]) -> bytes:
    """Return the genres as the content of a file."""
    document = {
        genre.name: list(genre.sources)
        if genre.like is None
        else {"sources": list(genre.sources), "like": list(genre.like)}
        for genre in genres.values()
    }
    try:
        return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
    except UnicodeEncodeError:  # the name of a folder that is not UTF-8
        return (json.dumps(document, indent=2) + "\n").encode()
