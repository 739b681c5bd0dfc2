"""Feeds (RSS, Atom, OPML): the audio that they name."""

from __future__ import annotations

from collections.abc import Iterator

from genrefit.metadata import artist_and_title
from genrefit.sources.entries import Entry, parse_seconds, resolve_reference
from genrefit.sources.list_text import XmlElement, xml_elements, xml_items
from genrefit.sources.urls import AUDIO_ENDINGS, ending_if_address, is_youtube_video

_NOT_AUDIO = ("image/", "text/", "application/pdf", "application/zip", "application/epub")
_AUDIO = ("audio/", "video/", "application/ogg")
_ADDRESSES = {"enclosure": ("url", "href"), "content": ("url", "src"), "link": ("href",)}
"""Elements of an item that may name audio, with the attributes that hold its address."""


def read_feed(data: bytes, base: str) -> Iterator[Entry]:
    """Read RSS and Atom: the audio of each item, or its link where that is a YouTube video.

    Audio may be an enclosure, a <link rel="enclosure">, media:content or an Atom <content src>;
    of several the one that is typed as audio comes first, then one whose name ends like audio.
    """
    for item in xml_items(data, base, ("item", "entry")):
        fields = {name: text for name, _, text, _, _ in reversed(item) if text}
        candidates = [c for element in item[1:] if (c := _candidate(element))]
        if not candidates:
            continue
        _, address = max(candidates, key=lambda candidate: candidate[0])
        author = fields.get("author") or fields.get("creator") or fields.get("name")
        artist, title = artist_and_title(fields.get("title", ""))
        yield Entry(address, title, artist or author, parse_seconds(fields.get("duration")))


def _candidate(element: XmlElement) -> tuple[int, str] | None:
    """Return how surely an element names audio, and the address; None where it does not."""
    name, attributes, text, _, base = element
    if name not in _ADDRESSES:
        return None
    kind = attributes.get("type", "").lower()
    given = next((attributes[a] for a in _ADDRESSES[name] if attributes.get(a)), "")
    address = resolve_reference(given or (text if name == "link" else ""), base)
    if address is None:
        return None
    if is_youtube_video(address):
        return (1, address) if name == "link" else None
    if kind.startswith(_NOT_AUDIO) or (name == "link" and attributes.get("rel") != "enclosure"):
        return None
    if kind.startswith(_AUDIO) or attributes.get("medium", "").lower() in ("audio", "video"):
        return 4, address
    end = ending_if_address(address)
    if end in AUDIO_ENDINGS:
        return 3, address
    # An enclosure without a type may be served by a script whose name says nothing.
    untyped = name != "content" and not kind and end in ("", ".php", ".aspx", ".cgi")
    return (2, address) if untyped else None


def read_opml(data: bytes, base: str) -> Iterator[Entry]:
    """Read OPML: its feeds, which are lists of their own, and its audio."""
    for name, attributes, _, _, around in xml_elements(data, base):
        if name != "outline":
            continue
        title = attributes.get("title") or attributes.get("text", "")
        feed = resolve_reference(attributes.get("xmlurl", ""), around)
        if feed:
            yield Entry(feed, title, is_list=True)
            continue
        address = resolve_reference(attributes.get("url", ""), around)
        if address:
            artist, title = artist_and_title(title)
            yield Entry(address, title, artist)
