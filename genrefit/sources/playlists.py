"""Lists of songs: which kind one is, and what an M3U, PLS or XSPF playlist names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from genrefit.metadata import artist_and_title
from genrefit.sources.entries import Entry, entry_from_text, parse_seconds, resolve_reference
from genrefit.sources.feeds import read_feed, read_opml
from genrefit.sources.list_text import decode_text, xml_items
from genrefit.sources.music_libraries import read_itunes, read_rekordbox
from genrefit.sources.pages import read_html
from genrefit.sources.song_tables import is_song_table, read_song_table
from genrefit.sources.urls import ending_if_address, is_url

HEAD_BYTES = 65_536
"""So much of a list shows which kind it is."""
_ROOTS = {
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "playlist": "xspf",
    "opml": "opml",
    "plist": "itunes",
    "dj_playlists": "rekordbox",
    "asx": "asx",
    "smil": "asx",
}
_PLS = re.compile(r"\s*(File|Title|Length)(\d{1,9})\s*=(.*)", re.I)
_HTML = re.compile(rb"<(?:html|body|a|audio)[\s>]", re.I)
_NAME = re.compile(r"(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40})")


def kind_of(data: bytes, address: str) -> str | None:
    """Tell which of KINDS some bytes are, by what they hold first and then by the address.

    "hls" is a stream cut into pieces that only looks like a list, "cue" a cue sheet; None is none
    of these.
    """
    if b"#EXT-X-" in data:
        return "hls"
    head = decode_text(data[:HEAD_BYTES]).lstrip("\ufeff \t\r\n")
    if "\0" in head[:4096]:
        return None
    if head[:7].upper() == "#EXTM3U":
        return "m3u"
    if head.startswith("<"):
        return _ROOTS.get(_root(head), "html")
    name = ending_if_address(address)
    if name == ".cue":
        return "cue"
    if name in (".m3u", ".m3u8"):
        return "m3u"
    if _is_pls(head):
        return "pls"
    if _HTML.search(data[:HEAD_BYTES]):
        return "html"
    if is_song_table(head):
        return "csv"
    return "m3u" if _is_list_of_addresses(head, name) else None


def _root(head: str) -> str:
    """Return the name of an XML or HTML text's first element, in lower case."""
    at = 0
    while (at := head.find("<", at)) >= 0:
        for start, end in (("<?", "?>"), ("<!--", "-->"), ("<!", ">")):
            if head.startswith(start, at):
                past = head.find(end, at)
                if start == "<!" and 0 <= head.find("[", at) < past:
                    past = head.find("]>", at)
                if past < 0:
                    return ""
                at = past + 1
                break
        else:
            match = _NAME.match(head, at + 1)
            return match[1].lower() if match else ""
    return ""


def _is_pls(head: str) -> bool:
    lines = [line.strip() for line in head[:8192].splitlines()]
    telling = [line for line in lines if line and not line.startswith((";", "#"))][:20]
    if telling and telling[0].lower().startswith("[playlist]"):
        return True
    return any((match := _PLS.match(line)) and match[1].lower() == "file" for line in telling)


def _is_list_of_addresses(head: str, name: str | None) -> bool:
    """Tell whether a text holds nothing but addresses, or paths where it is a file of text."""
    lines = [line.strip() for line in head.splitlines()][:200]
    telling = [line for line in lines if line and not line.startswith(("#", ";"))]
    if telling and all(is_url(line) and " " not in line for line in telling):
        return True
    return name == ".txt" and bool(telling) and any(is_url(line) for line in telling)


def parse(kind: str, data: bytes, *, base: str, chosen: str | None = None) -> list[Entry]:
    """Return the songs that a list of this kind names: see `parse_with_playlists`."""
    return parse_with_playlists(kind, data, base=base, chosen=chosen)[0]


def parse_with_playlists(
    kind: str, data: bytes, *, base: str, chosen: str | None = None
) -> tuple[list[Entry], list[str]]:
    """Return the songs that a list of this kind names, in its order, each address once, and the
    names of the playlists that a music library holds.

    `base` is the list's own address, against which relative ones are resolved; `chosen` names one
    of several playlists. SourceError where the list is broken, or holds no such playlist.
    """
    found: Iterable[Entry]
    if kind in LIBRARIES:
        found, names = LIBRARIES[kind](data, base, chosen)
    else:
        found, names = KINDS[kind](data, base), []
    entries: dict[str, Entry] = {}
    for entry in found:
        entries.setdefault(entry.address, entry)
    return list(entries.values()), names


def _read_m3u(data: bytes, base: str) -> Iterator[Entry]:
    seconds, text = None, ""
    for line in decode_text(data).splitlines():
        line = line.strip()
        if line[:8].upper() == "#EXTINF:":
            seconds, text = parse_extinf(line[8:])
        if not line or line.startswith((";", "#")):
            continue
        address = resolve_reference(line, base)
        if address:
            yield entry_from_text(address, text, seconds=seconds)
        seconds, text = None, ""


def parse_extinf(line: str) -> tuple[float | None, str]:
    """Return seconds and text of what follows "#EXTINF:".

    Forms met: "213,A - T", "-1 tvg-id="a,b",A - T", "213.4 , A - T", "3:33,A - T", ",A - T" and
    "213 A - T", which lacks its comma.
    """
    quoted = False
    for at, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            return _first_seconds(line[:at]), line[at + 1 :].strip()
    if '"' in line and "," in line:  # a quotation mark that is never closed
        before, _, text = line.partition(",")
        return _first_seconds(before), text.strip()
    number, _, text = line.strip().partition(" ")
    seconds = parse_seconds(number)
    return (seconds, text.strip()) if seconds or number.startswith("-") else (None, line.strip())


def _first_seconds(text: str) -> float | None:
    words = text.split()
    return parse_seconds(words[0]) if words else None


def _read_pls(data: bytes, base: str) -> Iterator[Entry]:
    entries: dict[int, dict[str, str]] = {}
    for line in decode_text(data).splitlines():
        match = _PLS.match(line)
        if match:
            entries.setdefault(int(match[2]), {})[match[1].lower()] = match[3].strip()
    for _, entry in sorted(entries.items()):
        address = resolve_reference(entry.get("file", ""), base)
        if address:
            seconds = parse_seconds(entry.get("length"))
            yield entry_from_text(address, entry.get("title", ""), seconds=seconds)


def _read_xspf(data: bytes, base: str) -> Iterator[Entry]:
    for track in xml_items(data, base, ("track",)):
        fields = {name: text for name, _, text, _, _ in reversed(track)}
        around = next((b for name, _, _, _, b in track if name == "location"), track[0][4])
        reference = fields.get("location") or fields.get("identifier", "")
        address = resolve_reference(reference, around)
        if not address:
            continue
        artist, title = fields.get("creator"), fields.get("title", "")
        if not artist:
            artist, title = artist_and_title(title)
        yield Entry(address, title, artist, parse_seconds(fields.get("duration"), unit=0.001))


def _read_asx(data: bytes, base: str) -> Iterator[Entry]:
    """Read the lists of Windows Media: ASX's <ref href> and WPL's <media src>."""
    for item in xml_items(data, base, ("entry", "media")):
        fields = {name: text for name, _, text, _, _ in reversed(item) if text}
        for name, attributes, _, _, around in item:
            reference = attributes.get("href") if name == "ref" else attributes.get("src")
            if reference and (address := resolve_reference(reference, around)):
                artist, title = artist_and_title(fields.get("title", ""))
                yield Entry(address, title, fields.get("author") or artist)
                break


Reader = Callable[[bytes, str], Iterator[Entry]]
LIBRARIES: dict[str, Callable[[bytes, str, str | None], tuple[list[Entry], list[str]]]] = {
    "itunes": read_itunes,
    "rekordbox": read_rekordbox,
}
"""Readers of music libraries, which hold playlists to choose from by name."""
KINDS: dict[str, Reader] = {
    "m3u": _read_m3u,
    "pls": _read_pls,
    "xspf": _read_xspf,
    "feed": read_feed,
    "opml": read_opml,
    "csv": read_song_table,
    "asx": _read_asx,
    "html": read_html,
    "itunes": lambda data, base: iter(read_itunes(data, base, None)[0]),
    "rekordbox": lambda data, base: iter(read_rekordbox(data, base, None)[0]),
}
"""Readers by kind of list; each takes the list's bytes and its own address."""
