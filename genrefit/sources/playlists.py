"""Lists of songs in the forms that the world keeps them in, read without trusting them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from genrefit.errors import SourceError
from genrefit.metadata import artist_and_title
from genrefit.sources.urls import AUDIO, ending, is_url, youtube_id

_ROOT = re.compile(rb"<(?:[A-Za-z]+:)?([A-Za-z]+)[\s>/]")
_NOT_ROOT = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.S | re.I)
_EXTINF = re.compile(r'#EXTINF:\s*(-?[\d.]*)((?:\s+[\w-]+="[^"]*")*)\s*,(.*)', re.I)
_PLS = re.compile(r"\s*(File|Title|Length)(\d+)\s*=\s*(.*?)\s*$", re.I)
_NOT_SOUND = ("image/", "text/", "application/pdf", "application/zip", "application/epub")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a playlist: an absolute address, and what the list says about the song."""

    address: str
    title: str = ""
    artist: str | None = None
    seconds: float | None = None


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
    found: dict[str, Entry] = {}
    for entry in KINDS[kind](data, base):
        found.setdefault(entry.address, entry)
    return list(found.values())


def _absolute(reference: str, base: str) -> str | None:
    """Resolve a reference; None where it is nothing to fetch, or a page points at our own disk."""
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


def _named(address: str, text: str, *, seconds: float | None = None) -> Entry:
    artist, title = artist_and_title(text)
    return Entry(address, title, artist, seconds)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _seconds(text: str | None, *, unit: float = 1.0) -> float | None:
    """Read "213", "213.5" or "3:33"; None for nothing, nonsense, 0 and the -1 of streams."""
    try:
        total = 0.0
        for part in (text or "").strip().split(":"):
            total = total * 60 + float(part)
    except ValueError:
        return None
    return total * unit if 0 < total < 1e9 else None


def _m3u(data: bytes, base: str) -> Iterator[Entry]:
    seconds, text = None, ""
    for line in _text(data).splitlines():
        match = _EXTINF.match(line.strip())
        if match:
            seconds, text = _seconds(match[1]), match[3].strip()
        address = None if line.startswith("#") else _absolute(line, base)
        if address:
            yield _named(address, text, seconds=seconds)
            seconds, text = None, ""


def _pls(data: bytes, base: str) -> Iterator[Entry]:
    entries: dict[int, dict[str, str]] = {}
    for line in _text(data).splitlines():
        match = _PLS.match(line)
        if match:
            entries.setdefault(int(match[2]), {})[match[1].lower()] = match[3]
    for _, entry in sorted(entries.items()):
        address = _absolute(entry.get("file", ""), base)
        if address:
            yield _named(address, entry.get("title", ""), seconds=_seconds(entry.get("length")))


def _xml(data: bytes, base: str) -> Iterator[tuple[str, dict[str, str], str, int]]:
    """Yield (name without namespace, attributes, text, depth) of every element, in order."""
    from xml.etree.ElementTree import Element, ParseError

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

    def walk(element: Element, depth: int) -> Iterator[tuple[str, dict[str, str], str, int]]:
        name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
        yield name, dict(element.attrib), (element.text or "").strip(), depth
        for child in element:
            yield from walk(child, depth + 1)

    return walk(root, 0)


def _xspf(data: bytes, base: str) -> Iterator[Entry]:
    for track in _items(data, base, ("track",)):
        said = {name: text for name, _, text in reversed(track)}
        address = _absolute(said.get("location") or said.get("identifier", ""), base)
        if not address:
            continue
        artist, title = said.get("creator"), said.get("title", "")
        if not artist:
            artist, title = artist_and_title(title)
        yield Entry(address, title, artist, _seconds(said.get("duration"), unit=0.001))


def _feed(data: bytes, base: str) -> Iterator[Entry]:
    """RSS and Atom: an item's enclosures, or its link where that is a YouTube video."""
    for item in _items(data, base, ("item", "entry")):
        said = {name: text for name, _, text in reversed(item) if text}
        author = said.get("name") or said.get("author") or said.get("creator")
        for name, attributes, text in item:
            address = _absolute(_enclosed(name, attributes, text), base)
            if address:
                artist, title = artist_and_title(said.get("title", ""))
                yield Entry(address, title, artist or author, _seconds(said.get("duration")))
                break


def _enclosed(name: str, attributes: dict[str, str], text: str) -> str:
    """Return the address of sound that an element of a feed's item holds, "" where none."""
    kind = attributes.get("type", "").lower()
    address = attributes.get("url") or attributes.get("href") or (text if name == "link" else "")
    if name == "enclosure" or (name == "link" and attributes.get("rel") == "enclosure"):
        return "" if kind.startswith(_NOT_SOUND) else address
    if name == "content" and kind.startswith(("audio/", "video/")):
        return address
    return address if name == "link" and youtube_id(address) else ""


def _items(
    data: bytes, base: str, names: tuple[str, ...]
) -> Iterator[list[tuple[str, dict[str, str], str]]]:
    """Yield the elements inside each element that goes by one of these names."""
    inside: list[tuple[str, dict[str, str], str]] | None = None
    level = 0
    for name, attributes, text, depth in _xml(data, base):
        if inside is not None and depth <= level:
            yield inside
            inside = None
        if inside is not None:
            inside.append((name, attributes, text))
        elif name in names:
            inside, level = [], depth
    if inside is not None:
        yield inside


def _html(data: bytes, base: str) -> Iterator[Entry]:
    """Links to audio, audio elements, og:audio and the AudioObjects of JSON-LD."""
    from bs4 import BeautifulSoup, Tag

    soup = BeautifulSoup(data, "html.parser")
    root = soup.find("base", href=True)
    if isinstance(root, Tag):
        base = _absolute(str(root["href"]), base) or base
    for element in soup.find_all(["a", "audio", "source", "meta", "script"]):
        name = element.name
        if name == "script" and "ld+json" in str(element.get("type", "")):
            yield from _json_ld(element.get_text(), base)
        if name == "meta" and element.get("property") in ("og:audio", "og:audio:url"):
            reference = element.get("content")
        else:
            reference = element.get("href") if name == "a" else element.get("src")
        address = _absolute(str(reference or ""), base)
        if name == "script" or address is None:
            continue
        in_audio = name == "audio" or (name == "source" and element.find_parent("audio"))
        typed = str(element.get("type", "")).startswith("audio/")
        if in_audio or typed or name == "meta" or _ends_in_sound(address):
            yield _named(address, _label(element.get_text(" ", strip=True), address))


def _ends_in_sound(address: str) -> bool:
    try:
        return ending(address) in AUDIO
    except SourceError:
        return False  # a link that is no address at all


def _label(text: str, address: str) -> str:
    """A link's text, unless it only says "download" or repeats a cut-off file name."""
    shortened = text.endswith(("..", "..>", "…")) or PurePosixPath(text).suffix.lower() in AUDIO
    generic = text.casefold() in ("mp3", "ogg", "flac", "download", "listen", "play", "audio")
    return "" if shortened or generic else text


def _json_ld(text: str, base: str) -> Iterator[Entry]:
    import json

    try:
        todo = [json.loads(text)]
    except ValueError:
        return  # other people's scripts break; what the page links to otherwise still counts
    while todo:
        value = todo.pop(0)
        if isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            kinds = str(value.get("@type", ""))
            address = _absolute(str(value.get("contentUrl") or ""), base)
            if address and ("AudioObject" in kinds or _ends_in_sound(address)):
                yield _named(address, str(value.get("name") or ""))
            todo += [inner for inner in value.values() if isinstance(inner, list | dict)]


KINDS: dict[str, Callable[[bytes, str], Iterator[Entry]]] = {
    "m3u": _m3u,
    "pls": _pls,
    "xspf": _xspf,
    "feed": _feed,
    "html": _html,
}
"""Parsers by kind of list."""
