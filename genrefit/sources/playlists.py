"""Lists of songs: which kind one is, and what an M3U, PLS or XSPF playlist names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from genrefit.metadata import artist_and_title
from genrefit.sources.entries import (
    Entry,
    entry_from_text,
    parse_seconds,
    resolve_reference,
    xml_items,
)
from genrefit.sources.feeds import read_feed, read_html
from genrefit.sources.urls import ending

_ROOT = re.compile(rb"<(?:[A-Za-z]+:)?([A-Za-z]+)[\s>/]")
_NOT_ROOT = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.S | re.I)
_EXTINF = re.compile(r'#EXTINF:\s*(-?[\d.]*)((?:\s+[\w-]+="[^"]*")*)\s*,(.*)', re.I)
_PLS = re.compile(r"\s*(File|Title|Length)(\d{1,9})\s*=\s*(.*?)\s*$", re.I)


def kind_of(data: bytes, address: str) -> str | None:
    """Tell which of KINDS some bytes are, by what they hold first and then by the address.

    "hls" is a stream cut into pieces that only looks like a list; None is none of these.
    """
    head = data[:65_536].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"\0" in head[:4096]:
        return None
    if b"#EXT-X-" in data:
        return "hls"
    if head[:7].upper() == b"#EXTM3U":
        return "m3u"
    if head[:10].lower() == b"[playlist]":
        return "pls"
    if head.startswith(b"<"):
        match = _ROOT.search(_NOT_ROOT.sub(b"", head))
        root = match[1].decode().lower() if match else ""
        return {"rss": "feed", "feed": "feed", "rdf": "feed", "playlist": "xspf"}.get(root, "html")
    if re.search(rb"<(?:html|body|a\s|audio)", head, re.I):
        return "html"
    return "m3u" if ending(address) in (".m3u", ".m3u8") else None


def parse(kind: str, data: bytes, *, base: str) -> list[Entry]:
    """Return the songs that a list of this kind names, in its order, each address once.

    `base` is the list's own address, against which relative ones are resolved. SourceError where
    the list is broken.
    """
    entries: dict[str, Entry] = {}
    for entry in KINDS[kind](data, base):
        entries.setdefault(entry.address, entry)
    return list(entries.values())


def _decode_text(data: bytes) -> str:
    """Decode UTF-8, or else Windows-1252, in which older programs write playlists."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _read_m3u(data: bytes, base: str) -> Iterator[Entry]:
    seconds, text = None, ""
    for line in _decode_text(data).splitlines():
        match = _EXTINF.match(line.strip())
        if match:
            seconds, text = parse_seconds(match[1]), match[3].strip()
        address = None if line.startswith("#") else resolve_reference(line, base)
        if address:
            yield entry_from_text(address, text, seconds=seconds)
            seconds, text = None, ""


def _read_pls(data: bytes, base: str) -> Iterator[Entry]:
    entries: dict[int, dict[str, str]] = {}
    for line in _decode_text(data).splitlines():
        match = _PLS.match(line)
        if match:
            entries.setdefault(int(match[2]), {})[match[1].lower()] = match[3]
    for _, entry in sorted(entries.items()):
        address = resolve_reference(entry.get("file", ""), base)
        if address:
            seconds = parse_seconds(entry.get("length"))
            yield entry_from_text(address, entry.get("title", ""), seconds=seconds)


def _read_xspf(data: bytes, base: str) -> Iterator[Entry]:
    for track in xml_items(data, base, ("track",)):
        fields = {name: text for name, _, text in reversed(track)}
        address = resolve_reference(fields.get("location") or fields.get("identifier", ""), base)
        if not address:
            continue
        artist, title = fields.get("creator"), fields.get("title", "")
        if not artist:
            artist, title = artist_and_title(title)
        yield Entry(address, title, artist, parse_seconds(fields.get("duration"), unit=0.001))


KINDS: dict[str, Callable[[bytes, str], Iterator[Entry]]] = {
    "m3u": _read_m3u,
    "pls": _read_pls,
    "xspf": _read_xspf,
    "feed": read_feed,
    "html": read_html,
}
"""Readers by kind of list; each takes the list's bytes and its own address."""
