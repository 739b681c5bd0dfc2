"""Which songs are no independent evidence: those of one artist, and copies of one recording."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from genrefit.metadata import artists_of_songs


def artists(songs: pd.DataFrame) -> np.ndarray:
    """Number the artists of `songs` (columns artist, title) [shape=(songs,), int].

    Songs that share any artist are of one, and so are those that are linked by others: "A & B"
    joins the songs of A and of B. Copies of one recording are by one artist, whatever their tags
    say. A song of unknown artist is its own. The columns `artists` (a tuple of keys, else they are
    read from artist and title) and `recording` (what copies of one have in common) are optional.
    """
    by_artist = [tuple(("artist", key) for key in keys) for keys in _artist_keys(songs)]
    copies = same_recordings(songs)
    return connected([(*keys, *copy) for keys, copy in zip(by_artist, copies, strict=True)])


def of_unknown_artist(songs: pd.DataFrame) -> np.ndarray:
    """Tell which songs have no known artist [shape=(songs,), bool]."""
    return np.array([not keys for keys in _artist_keys(songs)], dtype=bool)


def same_recordings(songs: pd.DataFrame) -> list[tuple[Hashable, ...]]:
    """Return what each song has in common with copies of its recording, () where nothing."""
    if "recording" not in songs:
        return [()] * len(songs)
    return [() if _missing(name) else (("recording", name),) for name in songs["recording"]]


def connected(keys: Sequence[Sequence[Hashable]]) -> np.ndarray:
    """Number items such that those that share a key, or are linked by others, have one number.

    `keys[i]` are item i's [shape=(n,), int]; an item without any stands alone.
    """
    parent = list(range(len(keys)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    first: dict[Hashable, int] = {}
    for item, own in enumerate(keys):
        for key in own:
            parent[root(item)] = root(first.setdefault(key, item))
    roots = np.array([root(item) for item in range(len(keys))], dtype=np.int64)
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def _artist_keys(songs: pd.DataFrame) -> list[tuple[str, ...]]:
    if "artists" in songs:
        return [tuple(keys) for keys in songs["artists"]]
    named = [artist if isinstance(artist, str) else None for artist in songs["artist"]]
    titles = [title if isinstance(title, str) else "" for title in songs["title"]]
    return artists_of_songs(list(zip(named, titles, strict=True)))


def _missing(name: object) -> bool:
    return name is None or name == "" or (isinstance(name, float) and np.isnan(name))
