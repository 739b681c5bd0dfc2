"""Artist and title out of what tags, lists and the names of files and videos say.

The rule: a file's own tag comes before what a list says of it, and that before the file's name.
Track numbers and what says nothing of the song ("(Official Video)", "[HD]") are left off.
`genrefit.artist_names` tells when two artists are one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from genrefit.artist_names import (
    LONGEST,
    WORDS,
    artist_keys,
    fold_artist,
    guests_in_title,
    joined_parts,
    names_an_artist,
    separate_artists,
)

__all__ = [
    "artist_and_title",
    "artist_keys",
    "artists_of_songs",
    "artists_text",
    "clean_title",
    "fold_artist",
    "names_an_artist",
    "settle",
]

_DASHES = "-‐‑‒–—―"
_DASH = re.compile(rf"\s+[{_DASHES}]\s+")
_TRACK_NUMBER = re.compile(
    r"^(?:(?:cd|disc|disk)\s*\d{1,2}\s*[-‐‑‒–—―.]\s*)?"
    r"(?:[(\[]\d{1,3}[)\]]\s*|\d{1,2}[-.]\d{2,3}[.)]?\s+(?:[-‐‑‒–—―]\s+)?|"
    r"\d{1,3}[.)]?\s+[-‐‑‒–—―]\s+|\d{1,3}[.)]\s+|0\d{1,2}\s+)(?=\S)",
    re.IGNORECASE,
)
_TWO_DIGITS = re.compile(r"^[1-9]\d\s+(?=.*\S\s+[-‐‑‒–—―]\s+\S)")
_NUMBER_BANDS = re.compile(
    r"(?:10 years|12 stones|13 senses|16 horsepower|18 visions|20 fingers|21 savage|22 gz|"
    r"22 pistepirkko|23 skidoo|28 days|30 seconds|30 odd|36 crazyfists|38 special|40 below|"
    r"40 watt|42 dugg|49 winchester|50 cent|50 foot|54 40|59 times|60 ft|65 days|69 boyz|"
    r"80 kidz|88 fingers|90 day|92 legendary|95 south|96 rock|98 degrees|98 mute|99 posse|"
    r"10 cc|10 000|11 acorn|12 rods|14 bis|17 hippies)\b",
    re.IGNORECASE,
)
"""Artists whose name begins like a track number without a leading zero."""
_MIDDLE_NUMBER = re.compile(r"^(?:.*?\s[-‐‑‒–—―]\s+)??\d{2}[.)]?\s+[-‐‑‒–—―]\s+(?=\S)")

_NOISE = frozenset(WORDS["noise"])
_BESIDE_NOISE = frozenset(WORDS["beside_noise"])
_BRACKETS = re.compile(r"[(\[（【「{]([^()\[\]（）【】「」{}]{1,60})[)\]）】」}]")
_LAST_STEP = re.compile(r"\s[|｜/•~]+\s")
_LAST_WORDS = re.compile(
    r"\s+(?:official\s+(?:(?:music|lyrics?|hd|4k)\s+)?(?:video|audio|visuali[sz]er|clip)|HD|HQ|4K|"
    r"(?:720|1080|2160)p)$",
    re.IGNORECASE,
)


def artist_and_title(name: str) -> tuple[str | None, str]:
    """Split "Artist - Title" at its first dash between spaces; the artist is None without one.

    A track number in front ("03 - Artist - Title", "03 Artist - Title"), "Various Artists" before
    the artist, and what says nothing of the song are dropped.
    """
    name = " ".join(name.split())
    if " " not in name and name.count("_") > 1:
        name = " ".join(name.replace("_", " ").split())
    cleaned = _without_track_number(clean_title(name))
    artist, title = _parted(cleaned)
    if artist is not None and not names_an_artist(artist):
        inner, rest = _parted(title)
        return (inner, rest) if inner else (None, title)
    return artist, title or name


def _parted(name: str) -> tuple[str | None, str]:
    parts = _DASH.split(name, maxsplit=1)
    if len(parts) == 2 and all(part.strip() for part in parts):
        artist, title = (part.strip() for part in parts)
        return artist, _MIDDLE_NUMBER.sub("", title)
    return None, name.strip()


def _without_track_number(name: str) -> str:
    if match := _TRACK_NUMBER.match(name):
        return name[match.end() :]
    if (match := _TWO_DIGITS.match(name)) and not _NUMBER_BANDS.match(name):
        return name[match.end() :]
    return name


def clean_title(title: str) -> str:
    """Return a title without "(Official Video)", "[HD]", "| Lyrics" and the like.

    A title of nothing else stays as it is.
    """
    title = " ".join(title.split())
    if len(title) > LONGEST:
        return title
    text = _BRACKETS.sub(lambda match: " " if _is_noise(match[1]) else match[0], title)
    text = " ".join(text.split())
    # " - " parts artist from title, so that the last of only one is never taken for noise.
    for separator, least in ((_LAST_STEP, 1), (_DASH, 2)):
        while len(steps := list(separator.finditer(text))) >= least and _is_noise(
            text[steps[-1].end() :]
        ):
            text = text[: steps[-1].start()]
    while match := _LAST_WORDS.search(text):
        text = text[: match.start()]
    return text if text and text[-1] not in _DASHES else title


def _is_noise(text: str) -> bool:
    words = re.findall(r"\w+", text.casefold())
    return any(word in _NOISE for word in words) and all(
        word in _NOISE or word in _BESIDE_NOISE or word.isdigit() for word in words
    )


def artists_text(values: str | Iterable[str] | None) -> str | None:
    """Return one text for several artists, which `artist_keys` takes apart again; None for nobody.

    A single value stays as it is written, but for line breaks.
    """
    texts = [values] if isinstance(values, str) else list(values or ())
    lines = [" ".join(line.split()) for text in texts for line in re.split("[\0\r\n]+", text)]
    named = [line for line in lines if line and names_an_artist(line)]
    return named[0] if len(named) == 1 else "; ".join(separate_artists(named)) or None


def artists_of_songs(
    songs: Sequence[tuple[str | Iterable[str] | None, str]],
) -> list[tuple[str, ...]]:
    """Return the artist keys of songs that are given as (artists, title), guests included.

    Without artists, those of a title such as "Artist - Title" are taken.
    An artist of one of the songs is known for all of them: "Jay-Z & Kanye West" has the key of
    "Jay-Z" where a song is by Jay-Z alone, or by "Jay-Z, Rihanna".
    """
    named = [
        (*separate_artists(artists or artist_and_title(title)[0]), *guests_in_title(title))
        for artists, title in songs
    ]
    names = {name for several in named for name in several}
    within: Counter[str] = Counter()
    for name in {fold_artist(name): name for name in names}.values():
        within.update({fold_artist(inner) for inner in joined_parts(name)})
    known = {fold_artist(name) for name in names}
    known |= {key for key, times in within.items() if times > 1}
    return [artist_keys(several, known=known) for several in named]


def settle(
    tags: Mapping[str, Iterable[str] | str],
    *,
    listed: tuple[str | None, str] = (None, ""),
    name: str = "",
) -> tuple[str | None, str]:
    """Settle artist and title: by a file's tags, else by what a list says, else by its name.

    `tags` are values by lower-case name. Where the artist is tagged and the list has artist and
    title in the other order ("Title - Artist"), its title is the list's "artist".
    """
    tagged = next(
        (
            text
            for key in ("artist", "artists", "author", "album_artist", "albumartist")
            if (text := artists_text(tags.get(key)))
        ),
        None,
    )
    title = _first(tags.get("title"))
    list_artist, list_title = listed
    named_artist, named_title = artist_and_title(name) if name else (None, "")
    if tagged is None and not list_artist and title:
        # Some taggers write "Artist - Title" into the title alone.
        in_title = artist_and_title(title)
        if in_title[0] and not named_artist:
            return in_title
    if tagged and list_artist and fold_artist(list_title) == fold_artist(tagged):
        list_title = list_artist
    artist = tagged or artists_text(list_artist) or named_artist
    return artist, clean_title(title) if title else list_title or named_title


def _first(values: Iterable[str] | str | None) -> str:
    texts = (values,) if isinstance(values, str) else tuple(values or ())
    return next((text.strip() for text in texts if text.strip()), "")
