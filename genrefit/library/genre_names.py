"""The names of genres: which are allowed, and when two spellings are one genre."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from genrefit.errors import GenreError
from genrefit.records import Genre

LONGEST_NAME = 100
"""The most letters that a genre's name may have."""


def checked_name(text: str) -> str:
    """Return a genre's name without needless spaces; GenreError where it can be none.

    Every character that can be printed is allowed; the query language says names such as
    "50%" or "Rock, Pop" in quotes.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not any(c.isalnum() for c in name):
        raise GenreError(f"{name!r} is no name for a genre: it needs at least one letter or digit")
    if len(name) > LONGEST_NAME:
        raise GenreError(
            f"'{name[:20]}…' is no name for a genre: it has {len(name):,} letters, and "
            f"{LONGEST_NAME} are the most"
        )
    if not name.isprintable():
        raise GenreError(f"{name!r} is no name for a genre: it holds invisible characters")
    return name


def fold(name: str) -> str:
    """Return the form in which spellings of one genre are equal: "Hip-Hop" gives "hip hop"."""
    return " ".join(re.sub(r"[\s_\-‐‑‒–—]+", " ", name).casefold().split())


def find(genres: Mapping[str, Genre], name: str) -> Genre:
    """Return the genre of that name, whatever its spelling; GenreError where there is none."""
    for genre in genres.values():
        if fold(genre.name) == fold(name):
            return genre
    known = f"there are {', '.join(genres)}" if genres else "there are none yet"
    raise GenreError(f"there is no genre {name!r}; {known}")


def refuse_twins(names: Iterable[str], where: str) -> None:
    """GenreError, beginning with `where`, if two of the names are spellings of one genre."""
    seen: dict[str, str] = {}
    for name in names:
        twin = seen.setdefault(fold(name), name)
        if twin != name:
            raise GenreError(f"{where}: {twin!r} and {name!r} are one genre: keep one of them")
