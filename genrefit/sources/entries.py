"""Entries of lists of songs, and what the readers of all kinds of lists need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from genrefit.errors import SourceError
from genrefit.metadata import artist_and_title
from genrefit.sources.urls import is_url


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a playlist: an absolute address, and what the list says about the song."""

    address: str
    title: str = ""
    artist: str | None = None
    seconds: float | None = None


def resolve_reference(reference: str, base: str) -> str | None:
    """Resolve a reference against the list's address `base`.

    None where it is nothing to fetch, or where a list from the network names a local file.
    """
    reference = reference.strip()
    if not reference or reference.startswith("#"):
        return None
    if is_url(base):
        try:
            joined = urljoin(base, reference.replace("\\", "/"))
        except ValueError:
            return None
        return joined if is_url(joined) else None
    if is_url(reference):
        return reference
    if reference.lower().startswith("file://"):
        reference = unquote(urlsplit(reference).path)
    elif re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", reference):
        return None  # another scheme, such as mailto: or rtsp:
    return str(Path(base).expanduser().parent / reference.replace("\\", "/"))


def entry_from_text(address: str, text: str, *, seconds: float | None = None) -> Entry:
    """Return the entry of an address that the list describes as "Artist - Title"."""
    artist, title = artist_and_title(text)
    return Entry(address, title, artist, seconds)


def parse_seconds(text: str | None, *, unit: float = 1.0) -> float | None:
    """Read "213", "213.5" or "3:33"; None for nothing, nonsense, 0 and the -1 of streams."""
    try:
        total = 0.0
        for part in (text or "").strip().split(":"):
            total = total * 60 + float(part)
    except ValueError:
        return None
    return total * unit if 0 < total < 1e9 else None


def xml_items(
    data: bytes, base: str, names: tuple[str, ...]
) -> Iterator[list[tuple[str, dict[str, str], str]]]:
    """Yield, for each XML element of one of these names, the elements inside it.

    Each is (name without namespace, attributes, text). SourceError where the XML is broken, or
    defines entities.
    """
    inside: list[tuple[str, dict[str, str], str]] | None = None
    level = 0
    for name, attributes, text, depth in _xml_elements(data, base):
        if inside is not None and depth <= level:
            yield inside
            inside = None
        if inside is not None:
            inside.append((name, attributes, text))
        elif name in names:
            inside, level = [], depth
    if inside is not None:
        yield inside


def _xml_elements(data: bytes, base: str) -> Iterator[tuple[str, dict[str, str], str, int]]:
    """Yield (name without namespace, attributes, text, depth) of every element, in order."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data.lstrip(b" \t\r\n"))
    except (ParseError, DefusedXmlException, ValueError) as error:
        reason = "it defines entities" if isinstance(error, DefusedXmlException) else str(error)
        raise SourceError(
            f"{base} is a list that cannot be read ({reason}): mend it or use another",
            kind="broken list",
        ) from error

    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
        yield name, dict(element.attrib), (element.text or "").strip(), depth
        waiting += [(child, depth + 1) for child in reversed(element)]
