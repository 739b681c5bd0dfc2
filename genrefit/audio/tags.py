"""What an audio file says of itself, whatever its container and encoding.

FFmpeg knows the tags of all containers, but only the first of several values in ID3v2, MP4 and
APE, and not which texts claim to be Latin-1; mutagen knows both for most containers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

from genrefit.legacy_text import repair_texts

_NAMES = {
    "artist": ("TPE1", "\xa9ART", "artist", "author", "TXXX:ARTISTS"),
    "album_artist": ("TPE2", "aART", "albumartist", "album artist", "wm/albumartist"),
    "title": ("TIT2", "\xa9nam", "title"),
    "album": ("TALB", "\xa9alb", "album", "wm/albumtitle"),
}
"""What is asked of mutagen, by the names that containers have for it."""


def collect_tags(
    source: str | os.PathLike[str] | BinaryIO, *found: Mapping[str, str]
) -> dict[str, str]:
    """Return a file's tags by lower-case name, in Unicode.

    `found` are FFmpeg's tags of the container and of the stream, the former first; undecodable
    bytes in them are lone surrogates. Several values of one tag are joined by "; ".
    """
    tags: dict[str, str] = {}
    for several in found:
        for name, text in several.items():
            tags.setdefault(name.lower(), text)
    legacy: set[str] = set()
    for name, (values, is_latin) in _values_by_mutagen(source).items():
        texts = [value for value in values if value.strip(" \0")]
        if texts:
            tags[name] = "; ".join(texts)
            legacy |= {name} if is_latin else set()
    return {
        name: text.strip(" \0\t\r\n") for name, text in repair_texts(tags, legacy=legacy).items()
    }


def _values_by_mutagen(
    source: str | os.PathLike[str] | BinaryIO,
) -> dict[str, tuple[list[str], bool]]:
    """Return values by name, and whether they claim to be Latin-1; nothing where it fails."""
    import mutagen

    tags = None
    # mutagen raises all kinds of errors on damaged files, which decoding will tell more of.
    with suppress(Exception):
        if not isinstance(source, str | os.PathLike):
            source.seek(0)
        file = mutagen.File(source)
        tags = None if file is None else file.tags
    if not tags:
        return {}
    values: dict[str, tuple[list[str], bool]] = {}
    with suppress(Exception):
        by_name = {str(key).lower(): value for key, value in tags.items()}
        for name, keys in _NAMES.items():
            for key in keys:
                if (found := by_name.get(key.lower())) is not None and name not in values:
                    values[name] = (_texts(found), _is_latin(found))
    return values


def _texts(value: Any) -> list[str]:
    """Return the texts of an ID3 frame, an APE value or a list of values."""
    texts: Iterable[Any] = getattr(value, "text", value)
    return [str(texts)] if isinstance(texts, str) else [str(text) for text in texts]


def _is_latin(value: Any) -> bool:
    return getattr(value, "encoding", None) == 0
