"""Artist and title out of the names that files and videos go by, and when two artists are one."""

from __future__ import annotations

import re
import unicodedata

_DASH = re.compile(r"\s+[-‐‑‒–—―]\s+")
_TRACK_NUMBER = re.compile(r"^\d{1,3}[.)]?\s+[-‐‑‒–—―]\s+|^\d{1,3}[.)]\s+")
_NO_ARTIST = frozenset(
    ("", "various", "various artists", "va", "unknown", "unknown artist", "n a", "none")
)
_GUESTS = re.compile(r"\s*[\(\[]?\b(?:feat|ft|featuring)\b\.?.*$", re.IGNORECASE)


def artist_and_title(name: str) -> tuple[str | None, str]:
    """Split "Artist - Title" at its first dash between spaces; the artist is None without one.

    A track number in front ("03 - Artist - Title") is dropped.
    """
    name = " ".join(name.split())
    numbered = _TRACK_NUMBER.sub("", name)
    parts = _DASH.split(numbered, maxsplit=1)
    if len(parts) == 2 and all(part.strip() for part in parts):
        return parts[0].strip(), parts[1].strip()
    return None, numbered.strip() or name


def fold_artist(artist: str) -> str:
    """Return the form in which spellings of one artist are equal.

    Case, accents, punctuation, a leading "The", guests ("feat. ...") and YouTube's "- Topic" do
    not count: "The Beatles" is "beatles". Where nothing is left the artist stays as given.
    """
    text = _GUESTS.sub("", re.sub(r"\s+-\s+Topic$", "", artist))
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("&", " and ")
    text = " ".join(re.sub(r"[^\w\s]", " ", text).split())
    return text.removeprefix("the ") or artist.casefold()


def names_an_artist(text: str) -> bool:
    """Tell whether a tag names an artist, rather than saying that there is none or several.

    "Various Artists", "<unknown>" and "N/A" name none: songs tagged so have nothing in common.
    """
    return fold_artist(text).strip() not in _NO_ARTIST
