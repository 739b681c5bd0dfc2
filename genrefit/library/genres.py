"""Genres of a home: read, added, changed and removed, each in one transaction of the library.

`genrefit.library.genre_tables` holds the rule by which genres.json follows the library.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from genrefit.config import EXAMPLE_GENRES, Home
from genrefit.errors import GenrefitError
from genrefit.library import genre_file
from genrefit.library.genre_names import LONGEST_NAME, checked_name, find, fold
from genrefit.library.library import open_library, use_library
from genrefit.records import Genre

__all__ = [
    "LONGEST_NAME",
    "TERMS",
    "add",
    "checked_name",
    "example",
    "find",
    "fold",
    "music_folders",
    "read",
    "remove",
    "remove_source",
    "remove_with_songs",
    "rename",
    "set_like",
    "written",
]

TERMS = (
    "Downloading from a site may be against its terms; songs of your own, as files or folders, "
    "always work."
)
"""Said once, where an address is entered."""


def read(home: Home) -> dict[str, Genre]:
    """Return the home's genres by name, in the user's order; nothing is made in a new home.

    GenreError where genres.json is not what it should be, saying where.
    """
    data = genre_file.content(home.genres)
    told = {} if data is None else genre_file.parse(data, home.genres)
    if not home.library.exists():
        return told
    with use_library(home) as library:
        return library.genres()


def written(home: Home) -> dict[str, Genre]:
    """Return the genres as genres.json has them, without opening the library.

    They are those of `read`, but for a change whose process was killed before it wrote the file.
    """
    data = genre_file.content(home.genres)
    return read(home) if data is None else genre_file.parse(data, home.genres)


def music_folders(home: Home) -> tuple[str, ...]:
    """Return the folders among the sources of the genres, below which lists may name files.

    None where the definitions cannot be read, which whoever needs the genres says.
    """
    folders = []
    with contextlib.suppress(GenrefitError):
        for source in dict.fromkeys(s for g in written(home).values() for s in g.sources):
            with contextlib.suppress(OSError, RuntimeError, ValueError):  # no name that can be one
                if Path(source).expanduser().is_dir():
                    folders.append(source)
    return tuple(folders)


def example() -> dict[str, Genre]:
    """Return the ten genres with their playlists that the product grew from."""
    return genre_file.parse(EXAMPLE_GENRES.read_bytes(), EXAMPLE_GENRES)


def add(home: Home, name: str, sources: Iterable[str] = ()) -> Genre:
    """Add a genre, or more sources to one that is there under any spelling."""
    name = checked_name(name)
    with open_library(home) as library:
        return library.define_genre(name, sources)


def remove(home: Home, name: str) -> Genre:
    """Remove a genre from the definitions and return it as it was. Songs stay in the library."""
    with open_library(home) as library:
        return library.undefine_genre(name)


def remove_with_songs(home: Home, name: str) -> tuple[Genre, int]:
    """Remove a genre and the songs that are in no other; return it and how many songs went."""
    with open_library(home) as library:
        genre = find(library.genres(), name)
        with library.changing_genres(f"removed the genre {genre.name} with its songs"):
            return library.undefine_genre(genre.name), library.drop_genre(genre.name)


def remove_source(home: Home, name: str, source: str) -> None:
    """Remove one source from a genre."""
    with open_library(home) as library:
        library.remove_source(name, source)


def set_like(home: Home, name: str, tags: Iterable[str] | None) -> Genre:
    """Say which of the ear's tags a genre is like, None to say nothing; return the genre."""
    with open_library(home) as library:
        return library.set_like(name, tags)


def rename(home: Home, old: str, new: str) -> tuple[str, str]:
    """Rename a genre in place, its songs included; return the old and the new name as spelt."""
    new = checked_name(new)
    with open_library(home) as library, library.transaction():
        genre = find(library.genres(), old)
        library.rename_genre(genre.name, new)
        return genre.name, new
