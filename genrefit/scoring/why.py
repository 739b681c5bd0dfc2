"""Why a model says of a song what it says: songs alike, segments that spoke, tags that weighed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from genrefit.features.side_by_side import columns_of
from genrefit.query import Query
from genrefit.query.ast import genres_of
from genrefit.scoring.known_songs import KnownSongs, Model, known_songs
from genrefit.scoring.scorer import ScoredSong, Scorer

ALIKE, MOMENTS, WEIGHTS = 3, 2, 5
"""How many songs of each genre, segments of each side and tags of each side are named."""
SAME = 0.01
"""A song of the library that is so near, in standard deviations a feature, is the song itself."""
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class AlikeSong:
    """A song of the library and how far it is, in standard deviations a feature."""

    song_id: str
    title: str
    artist: str | None
    address: str
    distance: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A segment by its start (s), and what it gave the two genres."""

    start: float
    likelihoods: dict[str, float]


@dataclass(frozen=True, slots=True)
class Weight:
    """A feature and by how much it moved the song from the second genre to the first.

    `amount` is a difference of log-odds (nats) to a song that has the library's mean there.
    """

    feature: str
    amount: float


@dataclass(frozen=True, slots=True)
class Why:
    """What spoke for the first of two genres, and what for the second.

    `unnamed` is the sum over the features that have no name (the neurons of the ear).
    """

    genres: tuple[str, str]
    alike: dict[str, tuple[AlikeSong, ...]]
    spoke_for: tuple[Moment, ...]
    spoke_against: tuple[Moment, ...]
    weighed_for: tuple[Weight, ...]
    weighed_against: tuple[Weight, ...]
    unnamed: float

    def to_json(self) -> dict[str, Any]:
        """Return the form of the command line and of the HTTP interface."""
        return asdict(self)


def why(
    model: Model,
    mean: Sequence[float],
    timeline: Sequence[Mapping[str, Any]],
    likelihoods: Mapping[str, float],
    *,
    known: KnownSongs,
    about: Sequence[str] = (),
    itself: str | None = None,
) -> Why:
    """Return what spoke for a song's best genre against its second.

    `mean` [shape=(d,)] is the song's mean over segments of what the model reads, `timeline` and
    `likelihoods` are those of a scored song. `about` are genres to ask about in place of the best
    ones, as those of a query; `itself` is the song's own id where it is in the library.
    """
    ranked = sorted(likelihoods, key=lambda genre: -likelihoods[genre])
    first, second = list(dict.fromkeys([*(g for g in about if g in likelihoods), *ranked]))[:2]
    values = np.asarray(mean, dtype=np.float64)
    moments = [Moment(float(s["start"]), {g: float(s["likelihoods"][g]) for g in (first, second)})
               for s in timeline]  # fmt: skip
    moments.sort(key=lambda moment: -_log_ratio(moment.likelihoods, first, second))
    spoke_for = [m for m in moments if m.likelihoods[first] > m.likelihoods[second]]
    spoke_against = [m for m in reversed(moments) if m.likelihoods[first] < m.likelihoods[second]]
    weights = _weights(model, values, known.means, first, second)
    named = sorted((w for w in weights if not _is_neuron(w.feature)), key=lambda w: -w.amount)
    return Why(
        genres=(first, second),
        alike={genre: _alike(values, known, genre, itself) for genre in (first, second)},
        spoke_for=tuple(spoke_for[:MOMENTS]),
        spoke_against=tuple(spoke_against[:MOMENTS]),
        weighed_for=tuple(w for w in named[:WEIGHTS] if w.amount > 0),
        weighed_against=tuple(w for w in named[: -WEIGHTS - 1 : -1] if w.amount < 0),
        unnamed=float(sum(w.amount for w in weights if _is_neuron(w.feature))),
    )


def why_of(model: Model, song: ScoredSong, *, known: KnownSongs, query: Query | None = None) -> Why:
    """Return why a model says what it says of a scored song; with a query, of its genres."""
    return why(
        model,
        song.means or (),
        song.timeline,
        song.likelihoods,
        known=known,
        about=in_order(query) if query else (),
    )


class Explained:
    """Adds to scored songs why a scorer's model says so."""

    def __init__(self, scorer: Scorer, query: Query | None) -> None:
        from genrefit.library import open_library

        self._model, self._query = scorer.model, query
        if scorer.home.library.exists():
            with open_library(scorer.home, create=False) as library:
                self._known = known_songs(library, scorer.model)
        else:
            self._known = KnownSongs((), np.zeros((0, len(columns_of(scorer.model.sets)))))

    def __call__(self, song: ScoredSong) -> ScoredSong:
        """Return the song with its `why`."""
        told = why_of(self._model, song, known=self._known, query=self._query)
        return replace(song, why=told.to_json())


def in_order(query: Query) -> list[str]:
    """Return the genres that a query names, in the order in which it does."""
    text = str(query)
    return sorted(genres_of(query.clause), key=lambda genre: (text.find(genre), genre))


def _log_ratio(p: Mapping[str, float], first: str, second: str) -> float:
    return float(np.log(max(p[first], _LEAST)) - np.log(max(p[second], _LEAST)))


def _is_neuron(column: str) -> bool:
    return column.startswith("ear") and column[3:].isdigit()


def _alike(
    mean: np.ndarray, known: KnownSongs, genre: str, itself: str | None
) -> tuple[AlikeSong, ...]:
    """Return the songs of a genre that are nearest by standardised means, without the song."""
    if len(known.songs) < 2:
        return ()
    heard = ~np.isnan(known.means).any(axis=0) & ~np.isnan(mean)
    deviation = known.means[:, heard].std(axis=0)
    varies = deviation > 0
    gaps = (known.means[:, heard] - mean[heard])[:, varies] / deviation[varies]
    distance = np.sqrt((gaps**2).mean(axis=1))
    found = []
    for row in np.argsort(distance, kind="stable"):
        song = known.songs[int(row)]
        if genre in song.genres and song.song_id != itself and distance[row] > SAME:
            found.append(AlikeSong(song.song_id, song.title, song.artist, song.address,
                                   float(distance[row])))  # fmt: skip
        if len(found) == ALIKE:
            break
    return tuple(found)


def _weights(
    model: Model, mean: np.ndarray, means: np.ndarray, first: str, second: str
) -> list[Weight]:
    """Return how much each feature moved the log-odds of two genres.

    The song is heard again with one feature after another at the library's mean. In a linear model
    that is coefficient times deviation, exactly; it holds of any other model too.
    """
    if not len(means):
        return []
    heard = [
        i for i in range(len(mean)) if not np.isnan(mean[i]) and not np.isnan(means[:, i]).all()
    ]
    usual = np.nanmean(means[:, heard], axis=0)
    X = np.tile(mean.astype(np.float32), (len(heard) + 1, 1))
    X[np.arange(len(heard)), heard] = usual
    P = model.songs(X, np.arange(len(X)), len(X))
    a, b = model.genres.index(first), model.genres.index(second)
    odds = np.log(np.maximum(P[:, a], _LEAST)) - np.log(np.maximum(P[:, b], _LEAST))
    columns = columns_of(model.sets)  # of all sets that it reads, the fit's first
    return [Weight(columns[i], float(odds[-1] - odd)) for i, odd in zip(heard, odds, strict=False)]
