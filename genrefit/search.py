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
from typing import Any

import numpy as np
import pandas as pd

from genrefit import query
from genrefit.config import Home
from genrefit.errors import QueryError
from genrefit.learning import registry
from genrefit.library import Library, open_library
from genrefit.records import Song
from genrefit.storage import whole_file

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


def library_likelihoods(
    home: Home, model_name: str, *, library: Library | None = None
) -> pd.DataFrame:
    """Return every song's likelihoods: the columns `FIELDS`, then one for each genre of the model.

    Songs that the model was trained on get out-of-fold likelihoods, so that they don't flatter
    themselves. attrs holds "genres" (of the model), "model", "out_of_fold" (how many songs those
    were) and "lacking" (how many songs were left out because they lack the model's feature set).
    """
    model = registry.load(home, model_name)
    with (
        contextlib.nullcontext(library) if library else open_library(home, create=False) as library
    ):
        songs, sets = library.songs(), library.feature_versions()
        there = [s for s in songs if sets.get(s.song_id, {}).get(model.features) == model.version]
        known = _out_of_fold(home, model_name, model.genres)
        heard = len(known.keys() & {song.song_id for song in there})
        unheard = [song for song in there if song.song_id not in known]
        known |= _scored(home, model_name, model, library, unheard)
    rows = [known[song.song_id] for song in there]
    P = np.stack(rows) if rows else np.zeros((0, len(model.genres)))
    told = pd.DataFrame(
        [tuple(getattr(song, field) for field in FIELDS) for song in there],
        columns=list(FIELDS),
        dtype=object,
    )
    found = pd.concat([told, pd.DataFrame(P, columns=list(model.genres))], axis=1)
    found.attrs = {
        "genres": tuple(model.genres),
        "model": model_name,
        "out_of_fold": heard,
        "lacking": len(songs) - len(there),
    }
    return found


def find(
    query_text: str, likelihoods: pd.DataFrame, *, least: float = 0.0, top: int | None = None
) -> list[Hit]:
    """Rank songs by their fit, best first: `top` of those with a fit of `least` or more.

    `likelihoods` is what `library_likelihoods` gives. A song that does not fit at all (0) is never
    a hit. Raises QueryError where the query cannot be understood.
    """
    if not 0.0 <= least <= 1.0:
        raise QueryError(f"the least fit is {least}, but fits go from 0 to 1: give a number there")
    if top is not None and top < 1:
        raise QueryError(f"{top} songs were asked for: ask for 1 or more")
    genres = likelihoods.attrs["genres"]
    asked = query.parse(query_text, genres)
    # By position, for a genre may be called "title" too.
    P = likelihoods.iloc[:, len(FIELDS) :].to_numpy(dtype=np.float64)
    fits = query.fits(asked, P, genres)
    order = np.argsort(-fits, kind="stable")
    order = order[(fits[order] >= least) & (fits[order] > 0)][:top]
    labelled = query.terms(asked, P[order], genres)
    terms = np.stack([values for _, values in labelled], axis=1).tolist()
    labels = [label for label, _ in labelled]
    columns: list[list[Any]] = [likelihoods.iloc[order, i].tolist() for i in range(len(FIELDS))]
    columns += [fits[order].tolist(), terms, P[order].tolist()]
    return [
        Hit(
            *(song_id, title, artist, address, seconds, labelled_as, fit),
            terms=dict(zip(labels, gave, strict=True)),
            likelihoods=dict(zip(genres, p, strict=True)),
        )
        for song_id, title, artist, address, seconds, labelled_as, fit, gave, p in zip(
            *columns, strict=True
        )
    ]


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
        told = [getattr(hit, field) for field in FIELDS[:-1]] + [" | ".join(hit.genres)]
        numbers = [hit.fit, *hit.terms.values(), *hit.likelihoods.values()]
        rounded = [f"{number:.6f}" for number in numbers]
        lines.writerow(rounded[:1] + told + rounded[1:])
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
    home: Home, name: str, model: Any, library: Library, songs: Sequence[Song]
) -> dict[str, np.ndarray]:
    """Return likelihoods of `songs` [shape=(G,) each]; what was scored before is remembered."""
    mark = _fingerprint(home, name, model)
    # Features follow from a song's content and their set's version, so these two tell whether a
    # remembered likelihood still holds.
    keys = {song.song_id: f"{song.song_id} {song.content}" for song in songs}
    remembered = _remembered(home, name, mark)
    fresh = [song for song in songs if keys[song.song_id] not in remembered]
    for start in range(0, len(fresh), BATCH):
        batch = fresh[start : start + BATCH]
        P = _likelihoods(model, library, batch)
        remembered |= {keys[song.song_id]: p for song, p in zip(batch, P, strict=True)}
    kept = {keys[song.song_id]: remembered[keys[song.song_id]] for song in songs}
    if fresh:
        _remember(home, name, mark, kept)
    return {song_id: kept[key] for song_id, key in keys.items()}


def _likelihoods(model: Any, library: Library, songs: Sequence[Song]) -> np.ndarray:
    found = [library.features(song.song_id, model.features) for song in songs]
    values = [features.values for features in found if features is not None]
    row = np.repeat(np.arange(len(values)), [len(v) for v in values])
    return model.songs(np.concatenate(values), row, len(values))


def _fingerprint(home: Home, name: str, model: Any) -> str:
    """Return a digest that differs for another model of the same name."""
    told = [registry.card(home, name).to_json(), model.features, model.version, list(model.genres)]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _remembered(home: Home, name: str, mark: str) -> dict[str, np.ndarray]:
    """Return likelihoods by key from the cache; none where it is absent, of another model, or cut
    off, for then they are simply computed again."""
    try:
        with np.load(home.data / "cache" / f"{name}.npz", allow_pickle=False) as cache:
            if str(cache["mark"]) == mark:
                return dict(zip(cache["keys"].tolist(), cache["P"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass
    return {}


def _remember(home: Home, name: str, mark: str, likelihoods: Mapping[str, np.ndarray]) -> None:
    path = home.data / "cache" / f"{name}.npz"
    # A full or read-only disk makes later finds slower, not wrong.
    with contextlib.suppress(OSError), whole_file(path) as part, part.open("wb") as file:
        np.savez(
            file,
            mark=np.array(mark),
            keys=np.array(list(likelihoods)),
            P=np.stack(list(likelihoods.values())),
        )
