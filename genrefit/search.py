"""Which songs of the library fit a query: likelihoods of all songs, ranking, playlists out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from genrefit.config import Home
from genrefit.edges import csv_text, m3u_address, one_line
from genrefit.errors import QueryError
from genrefit.learning import registry
from genrefit.library_likelihoods import FIELDS, library_likelihoods
from genrefit.query import Query, fits, parse, terms
from genrefit.sources.urls import is_url

__all__ = [
    "FIELDS",
    "Hit",
    "PlaylistEntry",
    "Ranking",
    "can_be_played",
    "find",
    "library_likelihoods",
    "search_library",
    "to_csv",
    "to_json",
    "to_m3u",
]


@dataclass(frozen=True, slots=True)
class Hit:
    """A song that fits a query: how well, what each term gave, and its likelihoods.

    `held_out` tells whether the model was trained on it: its likelihoods are then by a fit that
    never heard it.
    """

    song_id: str
    title: str
    artist: str | None
    address: str
    seconds: float | None
    genres: tuple[str, ...]
    held_out: bool
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
    """Return hits as JSON holds them; keys: those of FIELDS, fit, terms and likelihoods."""
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
    header = (
        ["fit", *FIELDS]
        + [f"term {label}" for label in labels]
        + [f"likelihood {genre}" for genre in genres]
    )
    rows = []
    for hit in hits:
        fields = [
            " | ".join(hit.genres) if field == "genres" else getattr(hit, field) for field in FIELDS
        ]
        numbers = [hit.fit, *hit.terms.values(), *hit.likelihoods.values()]
        rounded = [f"{number:.6f}" for number in numbers]
        rows.append(rounded[:1] + fields + rounded[1:])
    return csv_text(header, rows)


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """A song of a playlist; `address` is a path or a web address."""

    title: str
    artist: str | None
    address: str
    seconds: float | None


def can_be_played(address: str) -> bool:
    """Tell whether a player can find a song by its address: a bare name leads nowhere."""
    return is_url(address) or Path(address).is_absolute()


def to_m3u(hits: Sequence[Hit | PlaylistEntry]) -> str:
    """Return hits as an extended M3U playlist, best first; players take files and URLs alike."""
    lines = ["#EXTM3U"]
    for hit in hits:
        name = f"{hit.artist} - {hit.title}" if hit.artist else hit.title
        seconds = round(hit.seconds) if hit.seconds else -1
        lines += [f"#EXTINF:{seconds},{one_line(name)}", m3u_address(hit.address)]
    return "\n".join(lines) + "\n"
