"""What a home holds before and after a test."""

from __future__ import annotations

from pathlib import Path

from genrefit.config import Home
from genrefit.library import open_library
from genrefit.records import Features, Song
from tests.support import tables


def left_behind(home: Home) -> list[Path]:
    """Return what lies in a home's folder for temporary files."""
    return list(home.work.iterdir()) if home.work.exists() else []


def fill_library(home, genres, *, sets=("classic",), artists=None, segments=3):
    """Put songs of drawn features into the home's library."""
    drawn = {name: tables.drawn(genres, segments=segments, features=name) for name in sets}
    with open_library(home) as library:
        for i, names in enumerate(genres):
            artist = artists[i] if artists else f"artist {i}"
            song = Song(f"s{i}", f"k{i}", f"file:///{i}", f"title {i}", artist, 30.0, f"c{i}",
                        tuple(names))  # fmt: skip
            rows = slice(i * segments, (i + 1) * segments)
            library.add(song, {n: Features(t.start[rows], t.X[rows]) for n, t in drawn.items()})
