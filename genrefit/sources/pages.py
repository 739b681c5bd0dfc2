"""Web pages (HTML, JSON-LD): the audio that they name."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from pathlib import PurePosixPath

from genrefit.errors import SourceError
from genrefit.sources.entries import Entry, entry_from_text, joined_base, resolve_reference
from genrefit.sources.list_text import decode_text
from genrefit.sources.urls import AUDIO_ENDINGS, ending_if_address

MOST_JSON_VALUES = 200_000
"""So many values of a page's JSON-LD are looked at."""


def read_html(data: bytes, base: str) -> Iterator[Entry]:
    """Read a page: links to audio, audio elements, og:audio and the AudioObjects of JSON-LD."""
    from bs4 import BeautifulSoup, Tag
    from bs4.exceptions import ParserRejectedMarkup

    try:
        soup = BeautifulSoup(_closed(decode_text(data)), "html.parser")
    except (AssertionError, RecursionError, ValueError, ParserRejectedMarkup) as error:
        raise SourceError(
            f"{base} is a page that cannot be read: its HTML is broken", kind="broken list"
        ) from error
    root = soup.find("base", href=True)
    if isinstance(root, Tag):
        base = joined_base(str(root["href"]), base)
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


def _closed(text: str) -> str:
    """Return a page without the beginnings of what is never closed.

    The parser would look for the end of each of them through the whole rest: 80 kB of "<!--" took
    it 12 s.
    """
    for beginning, end in (("<!--", "-->"), ("<![", "]"), ("<?", ">"), ("<", ">")):
        last = text.rfind(end) + 1
        text = text[:last] + text[last:].replace(beginning, " ")
    return text


def _links_to_audio(address: str) -> bool:
    return ending_if_address(address) in AUDIO_ENDINGS


def _link_title(text: str) -> str:
    """Return a link's text, "" where it only says "download" or repeats a cut-off file name."""
    is_file_name = PurePosixPath(text).suffix.lower() in AUDIO_ENDINGS
    shortened = text.endswith(("..", "..>", "…"))
    generic = text.casefold() in ("mp3", "ogg", "flac", "download", "listen", "play", "audio")
    return "" if shortened or is_file_name or generic else text


def _read_json_ld(text: str, base: str) -> Iterator[Entry]:
    try:
        waiting = deque([json.loads(text)])
    except (ValueError, RecursionError):
        return  # a broken script; the rest of the page still counts
    for _ in range(MOST_JSON_VALUES):
        if not waiting:
            return
        value = waiting.popleft()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            kinds = str(value.get("@type", ""))
            address = resolve_reference(str(value.get("contentUrl") or ""), base)
            if address and ("AudioObject" in kinds or _links_to_audio(address)):
                yield entry_from_text(address, str(value.get("name") or ""))
            waiting += [inner for inner in value.values() if isinstance(inner, list | dict)]
