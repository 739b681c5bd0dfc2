"""Which songs of the library fit a query: likelihoods of all songs, ranking, playlists out."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genrefit.config import Home
from genrefit.errors import QueryError
from genrefit.learning import registry
from genrefit.learning.stored_features import current_sets, features_of_songs
from genrefit.library import Library, open_library
from genrefit.query import Query, fits, parse, terms
from genrefit.records import Song
from genrefit.storage import whole_file

if TYPE_CHECKING:
    from genrefit.learning.registry import Model

FIELDS = ("song_id", "title", "artist", "address", "seconds", "genres")
"""The first columns of `library_likelihoods`; a column for each genre of the model follows."""
BATCH = 500
"""So many songs are scored at once: 500 songs of 24 segments and 250 columns take 12 MB."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A song that fits a query: how well, what each term gave, and its likelihoods."""

    song_id: str
    title: str
    artist: str | None
    address: str
    seconds: float | None
    genres: tuple[str, ...]
    fit: float
    terms: Mapping[str, float]
    likelihoods: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The songs of a library that fit a query, best first.

    `lacking` says how many songs were left out because they lack the model's feature set.
    """

    query: Query
    hits: list[Hit]
    lacking: int


def search_library(
    home: Home, text: str, *, model: str, least: float = 0.0, top: int | None = None
) -> Ranking:
    """Rank a library's songs by a query in words; the model is loaded and the text parsed once.

    QueryError where the query cannot be understood, before any song is scored.
    """
    loaded = registry.load(home, model)
    query = parse(text, loaded.genres)
    likelihoods = library_likelihoods(home, model, loaded=loaded)
    hits = find(query, likelihoods, least=least, top=top)
    return Ranking(query, hits, likelihoods.attrs["lacking"])


def library_likelihoods(
    home: Home, model: str, *, loaded: Model | None = None, library: Library | None = None
) -> pd.DataFrame:
    """Return every song's likelihoods: the columns `FIELDS`, then one for each genre of the model.

    `loaded` is the model of that name where it is loaded already. Songs that the model was trained
    on get out-of-fold likelihoods, so that they don't flatter themselves. attrs holds "genres" (of
    the model), "model", "out_of_fold" (how many songs those were) and "lacking" (how many songs
    were left out because they lack the model's feature set).
    """
    loaded = loaded or registry.load(home, model)
    with (
        contextlib.nullcontext(library) if library else open_library(home, create=False) as library
    ):
        songs, versions = library.songs(), library.feature_versions()
        name, version = loaded.features, loaded.version
        usable = [s for s in songs if versions.get(s.song_id, {}).get(name) == version]
        by_song = _out_of_fold(home, model, loaded.genres)
        out_of_fold = len(by_song.keys() & {song.song_id for song in usable})
        others = [song for song in usable if song.song_id not in by_song]
        by_song |= _scored(home, model, loaded, library, others, versions)
    rows = [by_song[song.song_id] for song in usable]
    P = np.stack(rows) if rows else np.zeros((0, len(loaded.genres)))
    fields = pd.DataFrame(
        [tuple(getattr(song, field) for field in FIELDS) for song in usable],
        columns=list(FIELDS),
        dtype=object,
    )
    likelihoods = pd.concat([fields, pd.DataFrame(P, columns=list(loaded.genres))], axis=1)
    likelihoods.attrs = {
        "genres": tuple(loaded.genres),
        "model": model,
        "out_of_fold": out_of_fold,
        "lacking": len(songs) - len(usable),
    }
    return likelihoods


def find(
    query: Query, likelihoods: pd.DataFrame, *, least: float = 0.0, top: int | None = None
) -> list[Hit]:
    """Rank songs by their fit, best first: `top` of those with a fit of `least` or more.

    `likelihoods` is what `library_likelihoods` gives. A song that does not fit at all (0) is never
    a hit. Raises QueryError where the query names a genre that the model does not know.
    """
    if not 0.0 <= least <= 1.0:
        raise QueryError(f"the least fit is {least}, but fits go from 0 to 1: give a number there")
    if top is not None and top < 1:
        raise QueryError(f"{top} songs were asked for: ask for 1 or more")
    genres = likelihoods.attrs["genres"]
    # By position, for a genre may be called "title" too.
    P = likelihoods.iloc[:, len(FIELDS) :].to_numpy(dtype=np.float64)
    fit = fits(query, P, genres)
    order = np.argsort(-fit, kind="stable")
    order = order[(fit[order] >= least) & (fit[order] > 0)][:top]
    labelled = terms(query, P[order], genres)
    values = np.stack([column for _, column in labelled], axis=1).tolist()
    labels = [label for label, _ in labelled]
    fields: list[list[Any]] = [likelihoods.iloc[order, i].tolist() for i in range(len(FIELDS))]
    contributions = [dict(zip(labels, row, strict=True)) for row in values]
    by_genre = [dict(zip(genres, row, strict=True)) for row in P[order].tolist()]
    rows = zip(*fields, fit[order].tolist(), contributions, by_genre, strict=True)
    return [Hit(*row) for row in rows]


def to_json(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """Return hits as JSON holds them; keys: song_id, title, artist, address, seconds, genres, fit,
    terms, likelihoods."""
    return [
        {field: getattr(hit, field) for field in FIELDS}
        | {
            "genres": list(hit.genres),
            "fit": hit.fit,
            "terms": dict(hit.terms),
            "likelihoods": dict(hit.likelihoods),
        }
        for hit in hits
    ]


def to_csv(hits: Sequence[Hit]) -> str:
    """Return hits as CSV with a header: a song a line, each term's and each genre's number last."""
    labels = list(hits[0].terms) if hits else []
    genres = list(hits[0].likelihoods) if hits else []
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(
        ["fit", *FIELDS]
        + [f"term {label}" for label in labels]
        + [f"likelihood {genre}" for genre in genres]
    )
    for hit in hits:
        fields = [getattr(hit, field) for field in FIELDS[:-1]] + [" | ".join(hit.genres)]
        numbers = [hit.fit, *hit.terms.values(), *hit.likelihoods.values()]
        rounded = [f"{number:.6f}" for number in numbers]
        lines.writerow(rounded[:1] + fields + rounded[1:])
    return text.getvalue()


def to_m3u(hits: Sequence[Hit]) -> str:
    """Return hits as an extended M3U playlist, best first; players take files and URLs alike."""
    lines = ["#EXTM3U"]
    for hit in hits:
        name = f"{hit.artist} - {hit.title}" if hit.artist else hit.title
        seconds = round(hit.seconds) if hit.seconds else -1
        lines += [f"#EXTINF:{seconds},{' '.join(name.split())}", hit.address]
    return "\n".join(lines) + "\n"


def _out_of_fold(home: Home, name: str, genres: Sequence[str]) -> dict[str, np.ndarray]:
    table = registry.out_of_fold(home, name)
    return dict(zip(table.index, table[list(genres)].to_numpy(dtype=np.float64), strict=True))


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
