"""Entries of lists of songs, and what the readers of all kinds of lists need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from genrefit.metadata import artist_and_title
from genrefit.sources.urls import is_url

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: an absolute address, and what the list says about the song.

    `is_list` tells that the address is known to be a list itself, such as a feed of an OPML file.
    """

    address: str
    title: str = ""
    artist: str | None = None
    seconds: float | None = None
    is_list: bool = False


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
    if reference.lower().startswith("file:"):
        return _path_of_file_url(reference)
    if _DRIVE.match(reference) or reference.startswith("\\\\"):
        return reference.replace("\\", "/")
    if _SCHEME.match(reference):
        return None  # another scheme, such as mailto: or rtsp:
    # A backslash parts folders where there is no slash; "AC\DC/x.mp3" has one in a name.
    path = reference if "/" in reference else reference.replace("\\", "/")
    return str(Path(base).expanduser().parent / path)


def joined_base(reference: str, base: str) -> str:
    """Return the base that an xml:base or <base href> sets within a list at `base`."""
    if not is_url(base) and not is_url(reference):
        resolved = resolve_reference(reference.rstrip("/") + "/x", base)
        return resolved or base
    return resolve_reference(reference, base) or base


def _path_of_file_url(reference: str) -> str | None:
    """Return the path of file:/x, file:///x, file://localhost/x and file:///C:/x."""
    rest = reference[len("file:") :].replace("\\", "/")
    if rest.startswith("//"):
        try:
            host = urlsplit(f"file:{rest}").netloc
        except ValueError:
            return None
        rest = rest[2 + len(host) :]
        if host and host.lower() not in ("localhost", "127.0.0.1"):
            rest = f"//{host}{rest}"  # a Windows share
    path = unquote(rest, errors="surrogateescape")
    return path[1:] if _DRIVE.match(path[1:]) else path or None


def entry_from_text(address: str, text: str, *, seconds: float | None = None) -> Entry:
    """Return the entry of an address that the list describes as "Artist - Title"."""
    artist, title = artist_and_title(text)
    return Entry(address, title, artist, seconds)


def parse_seconds(text: str | None, *, unit: float = 1.0) -> float | None:
    """Read "213", "213.5" or "3:33"; None for nothing, nonsense, 0 and the -1 of streams."""
    try:
        total = 0.0
        for part in (text or "").strip()[:32].split(":"):
            total = total * 60 + float(part)
    except ValueError:
        return None
    return total * unit if 0 < total < 1e9 else None
