"""Every song of the library by a model: out of fold where it was trained on it, cached else."""

from __future__ import annotations

import contextlib
import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genrefit.config import Home
from genrefit.learning import registry
from genrefit.learning.stored_features import current_sets, features_of_songs
from genrefit.library import Library, open_library
from genrefit.records import Song
from genrefit.storage import whole_file

if TYPE_CHECKING:
    from genrefit.learning.registry import Model

FIELDS = ("song_id", "title", "artist", "address", "seconds", "genres", "held_out")
"""The first columns of `library_likelihoods`; a column for each genre of the model follows."""
BATCH = 500
"""So many songs are scored at once: 500 songs of 24 segments and 250 columns take 12 MB."""


def library_likelihoods(
    home: Home, model: str, *, loaded: Model | None = None, library: Library | None = None
) -> pd.DataFrame:
    """Return every song's likelihoods: the columns `FIELDS`, then one for each genre of the model.

    `loaded` is the model of that name where it is loaded already. Songs that the model was trained
    on get out-of-fold likelihoods, so that they don't flatter themselves: they are `held_out`.
    attrs holds "genres" (of the model), "model", "out_of_fold" (how many songs those were) and
    "lacking" (how many songs were left out because they lack the model's feature set).
    """
    loaded = loaded or registry.load(home, model)
    with (
        contextlib.nullcontext(library) if library else open_library(home, create=False) as library
    ):
        songs, versions = library.songs(), library.feature_versions()
        name, version = loaded.features, loaded.version
        usable = [s for s in songs if versions.get(s.song_id, {}).get(name) == version]
        by_song = _out_of_fold(home, model, loaded.genres)
        by_song |= _of_copies(library, by_song, [song.song_id for song in usable])
        held_out = by_song.keys() & {song.song_id for song in usable}
        others = [song for song in usable if song.song_id not in by_song]
        by_song |= _scored(home, model, loaded, library, others, versions)
    rows = [by_song[song.song_id] for song in usable]
    P = np.stack(rows) if rows else np.zeros((0, len(loaded.genres)))
    fields = pd.DataFrame(
        [
            (*(getattr(song, field) for field in FIELDS[:-1]), song.song_id in held_out)
            for song in usable
        ],
        columns=list(FIELDS),
        dtype=object,
    )
    likelihoods = pd.concat([fields, pd.DataFrame(P, columns=list(loaded.genres))], axis=1)
    likelihoods.attrs = {
        "genres": tuple(loaded.genres),
        "model": model,
        "out_of_fold": len(held_out),
        "lacking": len(songs) - len(usable),
    }
    return likelihoods


def _out_of_fold(home: Home, name: str, genres: Sequence[str]) -> dict[str, np.ndarray]:
    table = registry.out_of_fold(home, name)
    return dict(zip(table.index, table[list(genres)].to_numpy(dtype=np.float64), strict=True))


def _of_copies(
    library: Library, by_song: Mapping[str, np.ndarray], song_ids: Sequence[str]
) -> dict[str, np.ndarray]:
    """Return the likelihoods of songs that are copies of a recording that is judged already.

    The model was trained on that recording, so such a copy would flatter itself as well.
    """
    others = [song_id for song_id in song_ids if song_id not in by_song]
    if not others or not by_song:
        return {}
    recordings = library.recordings()
    judged = {recordings[song_id]: P for song_id, P in by_song.items() if song_id in recordings}
    return {
        song_id: judged[recording]
        for song_id in others
        if (recording := recordings.get(song_id)) in judged
    }


def _scored(
    home: Home,
    name: str,
    model: Model,
    library: Library,
    songs: Sequence[Song],
    versions: Mapping[str, Mapping[str, int]],
) -> dict[str, np.ndarray]:
    """Return likelihoods of `songs` [shape=(G,) each]; those scored before come from a cache."""
    fingerprint = _fingerprint(home, name, model)
    there = {song.song_id: current_sets(model.sets, versions[song.song_id]) for song in songs}
    # Features follow from a song's content and their set's version, so these tell whether a
    # cached likelihood still holds.
    keys = {
        song.song_id: " ".join((song.song_id, song.content, *there[song.song_id][1:]))
        for song in songs
    }
    cached = _read_cache(home, name, fingerprint)
    fresh = [song for song in songs if keys[song.song_id] not in cached]
    for start in range(0, len(fresh), BATCH):
        batch = fresh[start : start + BATCH]
        X, row = features_of_songs(
            library, model.sets, {s.song_id: there[s.song_id] for s in batch}
        )
        P = model.songs(X, row, len(batch))
        cached |= {keys[song.song_id]: p for song, p in zip(batch, P, strict=True)}
    likelihoods = {keys[song.song_id]: cached[keys[song.song_id]] for song in songs}
    if fresh:
        _write_cache(home, name, fingerprint, likelihoods)
    return {song_id: likelihoods[key] for song_id, key in keys.items()}


def _fingerprint(home: Home, name: str, model: Model) -> str:
    """Return a digest that differs for another model of the same name."""
    card = registry.card(home, name).to_json()
    text = json.dumps([card, model.features, model.version, model.genres], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _read_cache(home: Home, name: str, fingerprint: str) -> dict[str, np.ndarray]:
    """Return likelihoods by key from the cache; none where it is absent, of another model, or cut
    off, for then they are simply computed again."""
    try:
        with np.load(home.data / "cache" / f"{name}.npz", allow_pickle=False) as cache:
            if str(cache["mark"]) == fingerprint:
                return dict(zip(cache["keys"].tolist(), cache["P"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass
    return {}


def _write_cache(home: Home, name: str, fingerprint: str, P: Mapping[str, np.ndarray]) -> None:
    path = home.data / "cache" / f"{name}.npz"
    # A full or read-only disk makes later finds slower, not wrong.
    with contextlib.suppress(OSError), whole_file(path) as part, part.open("wb") as file:
        stacked = np.stack(list(P.values()))
        np.savez(file, mark=np.array(fingerprint), keys=np.array(list(P)), P=stacked)
