"""Web pages, playlists and feeds, read from the network as far as they are text."""

from __future__ import annotations

from dataclasses import dataclass

from genrefit.sources.failures import explain
from genrefit.sources.limits import PIECE_BYTES, Deadline, Limits
from genrefit.sources.playlists import kind_of
from genrefit.sources.restricted import open_yt_dlp

PAGE_BYTES = 8_000_000
"""A page or playlist longer than this is read so far and no further."""
HEAD_BYTES = 4096
"""What a response is shows in so many bytes at its beginning."""


@dataclass(frozen=True, slots=True)
class WebPage:
    """What is at a URL: its first bytes, its content type, and its URL after redirects."""

    data: bytes
    content_type: str
    url: str


def read_page(url: str, limits: Limits) -> WebPage:
    """Read what is at a URL: all of it where it is text, else only its beginning.

    SourceError where it cannot be read within `limits.listing_seconds`.
    """
    try:
        with open_yt_dlp(limits, Deadline(limits.listing_seconds, limits)) as ydl:
            response = ydl.urlopen(url)
            content_type = (response.headers.get("Content-Type") or "").lower()
            data = bytearray()  # grows in place: adding up bytes would copy all at every piece
            while len(data) < PAGE_BYTES:
                piece = response.read(PIECE_BYTES)
                data.extend(piece)
                if not piece:
                    break
                if len(data) <= HEAD_BYTES + PIECE_BYTES and _is_audio(bytes(data), content_type):
                    break
            response.close()
            return WebPage(bytes(data), content_type, response.url)
    except Exception as error:
        raise explain(error) from error


def _is_audio(head: bytes, content_type: str) -> bool:
    """Tell by the beginning of a response whether it is audio rather than text."""
    if b"\0" in head[:HEAD_BYTES]:
        return True
    typed = content_type.startswith(("audio/", "video/")) and "url" not in content_type
    return typed and len(head) >= 1024 and kind_of(head, "") is None
