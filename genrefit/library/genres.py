"""Genre definitions: a JSON file of genre names and their sources, kept by hand or by program."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from filelock import FileLock

from genrefit.config import EXAMPLE_GENRES, Home
from genrefit.errors import GenreError
from genrefit.records import Genre
from genrefit.storage import write_whole

TERMS = (
    "Downloading from a site may be against its terms; songs of your own, as files or folders, "
    "always work."
)
"""Said once, where an address is entered."""


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


def read(home: Home) -> dict[str, Genre]:
    """Return the home's genres by name, in the file's order; none where there is no file.

    GenreError where the file is not what it should be, saying where.
    """
    if not home.genres.exists():
        return {}
    return _parse(home.genres.read_text(encoding="utf-8"), str(home.genres))


def example() -> dict[str, Genre]:
    """Return the ten genres with their playlists that the product grew from."""
    return _parse(EXAMPLE_GENRES.read_text(encoding="utf-8"), str(EXAMPLE_GENRES))


def _parse(text: str, where: str) -> dict[str, Genre]:
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except ValueError as error:
        raise GenreError(f"{where} is not valid JSON: {error}; mend it or move it away") from error
    if not isinstance(document, dict):
        raise GenreError(f'{where} should look like {{"jazz": ["address or folder", ...]}}')
    for name, sources in document.items():
        strings = isinstance(sources, list) and all(isinstance(s, str) for s in sources)
        if not strings:
            raise GenreError(f"{where}: the sources of {name!r} should be a list of texts")
    try:
        genres = {
            name: Genre(name, tuple(sources))
            for name, sources in ((checked_name(text), document[text]) for text in document)
        }
    except GenreError as error:
        raise GenreError(f"{where}: {error}") from error
    _refuse_twins(genres, where)
    return genres


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the genre {name!r} stands there twice")
    return dict(pairs)


def _refuse_twins(names: Iterable[str], where: str) -> None:
    seen: dict[str, str] = {}
    for name in names:
        twin = seen.setdefault(fold(name), name)
        if twin != name:
            raise GenreError(f"{where}: {twin!r} and {name!r} are one genre: keep one of them")


def write(home: Home, genres: Mapping[str, Genre]) -> None:
    """Write the definitions whole or not at all."""
    _refuse_twins(genres, str(home.genres))
    text = json.dumps(
        {genre.name: list(genre.sources) for genre in genres.values()},
        ensure_ascii=False,
        indent=2,
    )
    write_whole(home.genres, text + "\n")


@contextmanager
def locked(home: Home) -> Iterator[dict[str, Genre]]:
    """Yield the definitions, which no other program changes until the block ends."""
    home.data.mkdir(parents=True, exist_ok=True)
    with FileLock(home.data / "genres.lock", timeout=10):
        yield read(home)


@contextmanager
def _changed(home: Home) -> Iterator[dict[str, Genre]]:
    """Yield the definitions to change, and write them if the block succeeds."""
    with locked(home) as genres:
        yield genres
        write(home, genres)


def find(genres: Mapping[str, Genre], name: str) -> Genre:
    """Return the genre of that name, whatever its spelling; GenreError where there is none."""
    for genre in genres.values():
        if fold(genre.name) == fold(name):
            return genre
    known = f"there are {', '.join(genres)}" if genres else "there are none yet"
    raise GenreError(f"there is no genre {name!r}; {known}")


def add(home: Home, name: str, sources: Iterable[str] = ()) -> Genre:
    """Add a genre, or more sources to one that is there under any spelling."""
    name = checked_name(name)
    added = [s.strip() for s in sources if s.strip()]
    with _changed(home) as genres:
        try:
            old = find(genres, name)
        except GenreError:
            old = Genre(name)
        merged = tuple(dict.fromkeys([*old.sources, *added]))
        genres[old.name] = Genre(old.name, merged)
        return genres[old.name]


def remove(home: Home, name: str) -> Genre:
    """Remove a genre from the definitions and return it as it was. Songs stay in the library."""
    with _changed(home) as genres:
        return genres.pop(find(genres, name).name)


def remove_source(home: Home, name: str, source: str) -> None:
    """Remove one source from a genre."""
    with _changed(home) as genres:
        genre = find(genres, name)
        if source not in genre.sources:
            raise GenreError(f"{genre.name} has no source {source!r}")
        left = tuple(s for s in genre.sources if s != source)
        genres[genre.name] = Genre(genre.name, left)


def rename(home: Home, old: str, new: str) -> tuple[str, str]:
    """Rename a genre in place; return the old and the new name as they are spelt in the file."""
    new = checked_name(new)
    with _changed(home) as genres:
        genre = find(genres, old)
        if fold(new) != fold(genre.name) and any(fold(n) == fold(new) for n in genres):
            raise GenreError(f"there is a genre {new!r} already")
        renamed = {
            (new if name == genre.name else name): (
                Genre(new, value.sources) if name == genre.name else value
            )
            for name, value in genres.items()
        }
        genres.clear()
        genres.update(renamed)
        return genre.name, new
