"""Who made a song, in a form in which two songs of one artist can be told to be so.

The rule, in order:

1. What surely stands between two artists parts them: ";", a line break, several values of one
   tag, " / ", "•", "、", and "feat." with all its kin. "A/B" is parted too, but for the names in
   _SLASH_NAMES ("AC/DC").
2. What may stand inside a band's name ("&", "and", ",", "x", "vs.", "with" ...) parts it only in
   addition: the whole is an artist ("Simon & Garfunkel"), and so is a part that is a full name
   ("Miles Davis & John Coltrane") or an artist on its own elsewhere among the songs.
3. Case, accents, width, spaces, punctuation, a leading or trailing "The", "- Topic" and "VEVO" do
   not count.
4. A name that says "nobody" or "several" in any of the languages of artist_names.toml is no artist.

Parting too much costs little, for songs that share any artist are only kept on one side of a
split; parting too little lets a model be tested on artists that it has heard.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path

WORDS: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
LONGEST = 1000
"""Of a longer text only so many characters are looked at, which bounds the work it can cause."""
_SLASH_NAMES = re.compile(
    r"\b(?:ac/dc|au/ra|bremer/mccoy|d/a/d|k/da|22/7|1/3|5/8erl|smith/kotzen|phantom/ghost|lsr/city|"
    r"she/her/hers|諭吉佳作/men)\b",
    re.IGNORECASE,
)
"""Names with a slash inside, those that Jellyfin and Picard know among them."""
_BETWEEN_ARTISTS = re.compile(r"\s*[;；\0\r\n\t•、]\s*|\s+/+\s+|//+|\s+·\s+")
_GUESTS = re.compile(
    r"(?<=\S)(?:\s+[(\[（【]?|[(\[（【])\s*(?:featuring\b|feat\b\.?|ft\.|ft(?=\s))\s*|"
    r"(?<=\S)\s*[(\[（【]\s*(?:with|w/|avec|mit|con|duet with)\s+",
    re.IGNORECASE,
)
_MAY_BE_BETWEEN = re.compile(
    r"\s*[,，&＆]\s*|\s+(?:\+|and|und|et|e|y|och|og|en|i|и|x|×|vs\.?|versus|with|w/|presents|pres\.)\s+",
    re.IGNORECASE,
)
_LAST_ARTICLE = re.compile(r"^(.+),\s*(the|a|die|der|das|les|los|las)$", re.IGNORECASE)
_ARTICLE = re.compile(
    r"(?:the|an?|his|her|their|my|der|die|das|seine|ihr|les?|la|ses|el|l[oa]s|sus?|il|gli|i|os|as)\s",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"\s+[-–—]\s+topic$|(?<=\w)vevo$", re.IGNORECASE)
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ı": "i"}
)


@lru_cache(maxsize=65_536)
def fold_artist(artist: str) -> str:
    """Return the form in which spellings of one artist are equal: "The Beatles" is "beatles".

    Where nothing is left ("!!!") the artist stays as given, in lower case.
    """
    text = unicodedata.normalize("NFKC", " ".join(artist[:LONGEST].split()))
    text = _CHANNEL.sub("", _GUESTS.split(text, maxsplit=1)[0])
    text = _LAST_ARTICLE.sub(r"\2 \1", text)
    text = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN_LETTERS)
    # Only the accents of Latin, Greek and Cyrillic go: those of kana and Indic scripts are letters.
    text = re.sub("[\u0300-\u036f]", "", text).replace("&", " and ").replace("+", " and ")
    words = "".join(_letter_or_space(char) for char in text).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return unicodedata.normalize("NFC", "".join(words)) or artist.strip().casefold()


def _letter_or_space(char: str) -> str:
    kind = unicodedata.category(char)[0]
    return char if kind in "LMN" else " "


_NOBODY_KEYS = frozenset(fold_artist(name) for name in WORDS["nobody"])


def names_an_artist(text: str) -> bool:
    """Tell whether a tag names an artist, rather than saying that there is none or several.

    "Various Artists", "<unknown>" and "N/A" name none: songs tagged so have nothing in common.
    """
    key = fold_artist(text).strip()
    return bool(key) and key not in _NOBODY_KEYS and not key.startswith("variousartists")


def separate_artists(artists: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return the artists that a text or several values of a tag surely name, each once.

    Guests ("feat.") are among them; names that say "nobody" are not.
    """
    values = (artists,) if isinstance(artists, str) else artists or ()
    found: dict[str, str] = {}
    for value in values:
        for text in _BETWEEN_ARTISTS.split(value[:LONGEST]):
            for with_slash in _GUESTS.split(text):
                name = with_slash.strip(" ()[]（）【】")
                if name and names_an_artist(name):
                    found.setdefault(fold_artist(name), name)
    return tuple(found.values())


def artist_keys(
    artists: str | Iterable[str] | None, *, known: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the folded keys of all artists that a text or several values name, ascending.

    Songs that share any key share an artist. `known` are keys of artists that stand on their own
    elsewhere. Empty where nobody is named.
    """
    keys: set[str] = set()
    for name in separate_artists(artists):
        keys.add(fold_artist(name))
        for part in _slash_parts(name):
            keys.add(fold_artist(part))
            for inner in joined_parts(part):
                if fold_artist(inner) in known or _is_full_name(inner):
                    keys.add(fold_artist(inner))
    return tuple(sorted(keys))


def joined_parts(name: str) -> list[str]:
    """Return the parts of "A, B & C", which may be artists; none where it is one name."""
    parts = [part.strip() for part in _MAY_BE_BETWEEN.split(name)]
    return [p for p in parts if p and names_an_artist(p)] if len(parts) > 1 else []


def _slash_parts(name: str) -> list[str]:
    kept = _SLASH_NAMES.sub(lambda match: match[0].replace("/", "\0"), name)
    parts = [part.replace("\0", "/").strip() for part in kept.split("/")]
    named = [part for part in parts if part and names_an_artist(part)]
    return named if len(parts) > 1 else [name]


def _is_full_name(part: str) -> bool:
    return " " in part and not _ARTICLE.match(part)


def guests_in_title(title: str) -> tuple[str, ...]:
    """Return the guests that a title names: "Song (feat. A & B)" has "A & B"."""
    found = _GUESTS.split(" ".join(title[:LONGEST].split()))[1:]
    return tuple(re.split(r"[()\[\]（）【】]", text)[0].strip() for text in found)
