"""How far to trust the answer to a query: precision on the user's own labelled songs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genrefit.config import Home
from genrefit.formatting import count
from genrefit.judging.labelled_songs import LabelledSongs, labelled_songs
from genrefit.judging.resampling import drawn
from genrefit.query import Query, fits
from genrefit.query.truth import truth, why_unknowable

AT = (5, 10, 20)
LEAST_SONGS = 10
"""With fewer labelled songs nothing can be told of a query."""
DEEPEST = 4_000
"""So many ranked songs are resampled: far more than fill the first 20, whoever is not drawn."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the first `of` songs, the share that was asked for, and its 95 % interval."""

    of: int
    precision: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class QueryReport:
    """How a query ranks `songs` labelled songs, each judged by a fit that never heard it.

    `relevant` of them are what it asks for by their labels. Where that cannot be told,
    `unknowable` says why, and `precisions` is empty.
    """

    query: str
    model: str
    songs: int
    relevant: int
    precisions: tuple[Precision, ...]
    unknowable: str | None = None

    def sentence(self) -> str:
        """Return what to expect of the answer's first songs, or why nothing can be told."""
        if not self.precisions:
            return (
                f"how many of the first songs are what you asked cannot be told: {self.unknowable}"
            )
        last = self.precisions[-1]
        expected, low, high = (round(last.of * p) for p in (last.precision, last.low, last.high))
        between = f" ({low} to {high})" if high > low else ""
        text = (
            f"of the first {last.of}, expect {expected}{between} to be what you asked, by the "
            f"labels of {count(self.songs, 'song')} of yours"
        )
        if self.relevant < last.of:
            text += f"; only {self.relevant} of them are so labelled, so more cannot be"
        return text

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name, and the sentence."""
        return asdict(self) | {
            "precisions": [asdict(each) for each in self.precisions],
            "says": self.sentence(),
        }


def query_report(home: Home, query: Query, *, model: str) -> QueryReport:
    """Judge a query over a model's genres on the library's labelled songs."""
    return judged_query(query, labelled_songs(home, model), model=model)


def judged_query(
    query: Query, songs: LabelledSongs, *, model: str, at: Sequence[int] = AT
) -> QueryReport:
    """Judge a query on labelled songs that a model has not heard."""
    why = why_unknowable(query)
    total = len(songs.song_ids)
    if why is None and total < LEAST_SONGS:
        why = f"too few songs to tell: {count(total, 'labelled song')} that {model} judged unheard"
    if why is not None:
        return QueryReport(str(query), model, total, 0, (), why)
    asked = truth(query, songs.member, songs.genres)
    if not asked.any():
        why = f"none of your songs is labelled as {query}"
        return QueryReport(str(query), model, total, 0, (), why)
    fit = fits(query, songs.P, songs.genres)
    order = np.argsort(-fit, kind="stable")
    order = order[fit[order] > 0]
    depths = [k for k in at if k <= len(order)] or ([len(order)] if len(order) else [])
    artist = np.unique(songs.artist, return_inverse=True)[1].reshape(-1)
    precisions = tuple(_precision(asked[order], artist[order], artist.max() + 1, k) for k in depths)
    why = None if precisions else "no song fits it at all"
    return QueryReport(str(query), model, total, int(asked.sum()), precisions, why)


def _precision(asked: np.ndarray, artist: np.ndarray, artists: int, k: int) -> Precision:
    """Return the precision of the first k of ranked songs, with whole artists resampled.

    `asked` and `artist` [shape=(n,)] are in the order of the ranking. In each resample the songs
    of an artist drawn twice stand there twice, those of one not drawn are missing.
    """
    ranked = slice(0, DEEPEST)
    times = drawn(artists).astype(np.float32)[:, artist[ranked]]
    before = np.cumsum(times, axis=1) - times
    taken = np.clip(k - before, 0, times)
    filled = taken.sum(axis=1)
    hits = (taken * asked[ranked]).sum(axis=1)
    shares = hits[filled > 0] / filled[filled > 0]
    low, high = np.quantile(shares, [0.025, 0.975])
    return Precision(k, float(asked[:k].mean()), float(low), float(high))
