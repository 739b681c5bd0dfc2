"""Feeds (RSS, Atom) and web pages (HTML, JSON-LD): the audio that they name."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from pathlib import PurePosixPath

from genrefit.errors import SourceError
from genrefit.metadata import artist_and_title
from genrefit.sources.entries import (
    Entry,
    entry_from_text,
    parse_seconds,
    resolve_reference,
    xml_items,
)
from genrefit.sources.urls import AUDIO_ENDINGS, ending, is_youtube_video

_NOT_AUDIO = ("image/", "text/", "application/pdf", "application/zip", "application/epub")


def read_feed(data: bytes, base: str) -> Iterator[Entry]:
    """Read RSS and Atom: an item's enclosure, or its link where that is a YouTube video."""
    for item in xml_items(data, base, ("item", "entry")):
        fields = {name: text for name, _, text in reversed(item) if text}
        author = fields.get("name") or fields.get("author") or fields.get("creator")
        for name, attributes, text in item:
            address = resolve_reference(_audio_address(name, attributes, text), base)
            if address:
                artist, title = artist_and_title(fields.get("title", ""))
                yield Entry(address, title, artist or author, parse_seconds(fields.get("duration")))
                break


def _audio_address(name: str, attributes: dict[str, str], text: str) -> str:
    """Return the address of audio in an element of a feed's item, "" where it holds none."""
    kind = attributes.get("type", "").lower()
    address = attributes.get("url") or attributes.get("href") or (text if name == "link" else "")
    if name == "enclosure" or (name == "link" and attributes.get("rel") == "enclosure"):
        return "" if kind.startswith(_NOT_AUDIO) else address
    if name == "content" and kind.startswith(("audio/", "video/")):
        return address
    return address if name == "link" and is_youtube_video(address) else ""


def read_html(data: bytes, base: str) -> Iterator[Entry]:
    """Read a page: links to audio, audio elements, og:audio and the AudioObjects of JSON-LD."""
    from bs4 import BeautifulSoup, Tag

    soup = BeautifulSoup(data, "html.parser")
    root = soup.find("base", href=True)
    if isinstance(root, Tag):
        base = resolve_reference(str(root["href"]), base) or base
    for element in soup.find_all(["a", "audio", "source", "meta", "script"]):
        name = element.name
        if name == "script" and "ld+json" in str(element.get("type", "")):
            yield from _read_json_ld(element.get_text(), base)
        if name == "meta" and element.get("property") in ("og:audio", "og:audio:url"):
            reference = element.get("content")
        else:
            reference = element.get("href") if name == "a" else element.get("src")
        address = resolve_reference(str(reference or ""), base)
        if name == "script" or address is None:
            continue
        in_audio = name == "audio" or (name == "source" and element.find_parent("audio"))
        typed = str(element.get("type", "")).startswith("audio/")
        if in_audio or typed or name == "meta" or _links_to_audio(address):
            yield entry_from_text(address, _link_title(element.get_text(" ", strip=True)))


def _links_to_audio(address: str) -> bool:
    try:
        return ending(address) in AUDIO_ENDINGS
    except SourceError:
        return False  # a link that is no address at all


def _link_title(text: str) -> str:
    """Return a link's text, "" where it only says "download" or repeats a cut-off file name."""
    is_file_name = PurePosixPath(text).suffix.lower() in AUDIO_ENDINGS
    shortened = text.endswith(("..", "..>", "…"))
    generic = text.casefold() in ("mp3", "ogg", "flac", "download", "listen", "play", "audio")
    return "" if shortened or is_file_name or generic else text


def _read_json_ld(text: str, base: str) -> Iterator[Entry]:
    try:
        waiting = deque([json.loads(text)])
    except ValueError:
        return  # a broken script; the rest of the page still counts
    while waiting:
        value = waiting.popleft()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            kinds = str(value.get("@type", ""))
            address = resolve_reference(str(value.get("contentUrl") or ""), base)
            if address and ("AudioObject" in kinds or _links_to_audio(address)):
                yield entry_from_text(address, str(value.get("name") or ""))
            waiting += [inner for inner in value.values() if isinstance(inner, list | dict)]
