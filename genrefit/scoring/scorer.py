"""A loaded model that scores decoded songs, and what it says of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from genrefit import features, query
from genrefit.audio import decode
from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.errors import GenrefitError, ModelError
from genrefit.features.side_by_side import side_by_side
from genrefit.learning import registry
from genrefit.query import Query
from genrefit.records import Failure, Features
from genrefit.scoring.own_songs import OwnSongs

SOUNDS_LIKE_SEGMENTS = 6
"""With a model that does not use the ear, so many segments say what a song sounds like: all 24
would take longer than the score itself."""


@dataclass(frozen=True, slots=True)
class ScoredSong:
    """What a model says of one song; see `to_json` for what each field means."""

    source: str
    title: str
    artist: str | None
    seconds: float
    likelihoods: dict[str, float]
    typicality: dict[str, float]
    unlike_all: bool
    timeline: list[dict[str, Any]]
    sounds_like: dict[str, float]
    model: str
    fit: float | None = None
    terms: dict[str, float] | None = None
    not_music: str | None = None
    held_out: bool = False
    why: dict[str, Any] | None = None
    means: tuple[float, ...] | None = field(default=None, compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the form of the command line and of the HTTP interface.

        likelihoods: by genre, they sum to one. typicality: by genre, the share of the training
        songs (of that genre's own, for a model without the ear) that are at least as far from their
        genre (0.02: only 2 % are). unlike_all: too far from every genre. timeline: likelihoods by
        segment, `start` in seconds. fit and terms only where there is a query. held_out: the model
        was trained on this very recording, so its likelihoods are those of a fit that never heard
        it. not_music: "speech" or "silence or noise", null for music and where there is no second
        ear to tell. why: what spoke for the likeliest genre, only where it was asked for. The
        song's means of what the model reads (`means`) are left out.
        """
        content: dict[str, Any] = {
            "source": self.source,
            "title": self.title,
            "artist": self.artist,
            "seconds": self.seconds,
            "likelihoods": self.likelihoods,
            "typicality": self.typicality,
            "unlike_all": self.unlike_all,
            "timeline": self.timeline,
            "sounds_like": self.sounds_like,
            "model": self.model,
            "not_music": self.not_music,
            "held_out": self.held_out,
        }
        if self.fit is not None:
            content |= {"fit": self.fit, "terms": self.terms}
        return content if self.why is None else content | {"why": self.why}


def to_json(result: ScoredSong | Failure) -> dict[str, Any]:
    """Return a result of `score` in the form of the command line and of the HTTP interface."""
    if isinstance(result, Failure):
        return {"source": result.about, "error": result.reason}
    return result.to_json()


class Scorer:
    """A loaded model that scores one song after another."""

    def __init__(self, home: Home, *, model: str | None = None) -> None:
        """Load a model, by default the one in use; ModelError where that cannot be."""
        name = registry.name_or_in_use(home, model)
        self.name, self.home = name, home
        self.model = registry.load(home, name)
        self.own_songs = OwnSongs(home, name, self.model.genres)
        if not features.available(home, self.model.features):
            raise ModelError(
                f"the model {name!r} listens by the feature set {self.model.features!r}, which "
                "cannot be computed here: " + features.FEATURE_SETS[self.model.features].what
            )

    def parse(self, text: str | None) -> Query | None:
        """Parse a query over the model's genres; None where there is no text."""
        return query.parse(text, self.model.genres) if text else None

    def score(
        self,
        audio: decode.Audio,
        *,
        source: str,
        title: str,
        artist: str | None,
        query: Query | None = None,
        content: str | None = None,
    ) -> ScoredSong:
        """Score decoded audio. AudioError where it is too short or silent.

        `content` is the digest of its file: a song that the model was trained on is held out.
        """
        first, *others = self.model.sets
        sets = [first, *(name for name in others if features.available(self.home, name))]
        heard = features.extract(audio, sets, home=self.home)
        X, starts = side_by_side(self.model.sets, heard), heard[first].starts
        song = np.zeros(len(X), dtype=int)
        held_out = self.own_songs.held_out(content, heard) if content else None
        likelihoods = self.model.songs(X, song, 1) if held_out is None else held_out.song[None]
        of_segments = None if held_out is None else held_out.timeline(starts)
        if of_segments is None:
            of_segments = self.model.segments(X)
        typicality = self.model.typicality(X, song, 1)
        scored = ScoredSong(
            source=source,
            title=title,
            artist=artist,
            seconds=round(len(audio.y) / audio.sr, 2),
            likelihoods=self._by_genre(likelihoods[0]),
            typicality=self._by_genre(typicality[0]),
            unlike_all=bool(self.model.unlike_all(typicality)[0]),
            timeline=[
                {"start": float(start), "likelihoods": self._by_genre(row)}
                for start, row in zip(starts, of_segments, strict=True)
            ],
            sounds_like=self._sounds_like(audio, heard),
            model=self.name,
            not_music=self._not_music(audio, heard),
            held_out=held_out is not None,
            means=tuple(X.mean(axis=0, dtype=np.float64).tolist()),
        )
        return self._with_fit(scored, likelihoods, query)

    def _by_genre(self, row: np.ndarray) -> dict[str, float]:
        return {genre: float(p) for genre, p in zip(self.model.genres, row, strict=True)}

    def _with_fit(
        self, scored: ScoredSong, likelihoods: np.ndarray, wanted: Query | None
    ) -> ScoredSong:
        if wanted is None:
            return scored
        fit = query.fits(wanted, likelihoods, self.model.genres)
        terms = query.terms(wanted, likelihoods, self.model.genres)
        return replace(scored, fit=float(fit[0]), terms={label: float(v[0]) for label, v in terms})

    def _sounds_like(self, audio: decode.Audio, heard: Mapping[str, Features]) -> dict[str, float]:
        values = self._values("ear", audio, heard)
        return {} if values is None else features.sounds_like(values)

    def _not_music(self, audio: decode.Audio, heard: Mapping[str, Features]) -> str | None:
        """Return what the song is instead of music, None where it is music or none can tell."""
        values = self._values("yamnet", audio, heard)
        kind = None if values is None else features.not_music(values)
        return kind.kind if kind else None

    def _values(
        self, name: str, audio: decode.Audio, heard: Mapping[str, Features]
    ) -> np.ndarray | None:
        """Return an ear's rows, of some segments where its set was not computed for the model."""
        if name in heard:
            return heard[name].values
        if not features.available(self.home, name):
            return None
        try:
            return features.extract(_excerpt(audio), [name], home=self.home)[name].values
        except GenrefitError:
            # The chosen segments may all be silent where the song is not.
            return None


def _excerpt(audio: decode.Audio) -> decode.Audio:
    """Return some whole segments spread evenly over the song."""
    length = int(SEGMENT_SECONDS * audio.sr)
    count = len(audio.y) // length
    if count <= SOUNDS_LIKE_SEGMENTS:
        return audio
    chosen = np.linspace(0, count - 1, SOUNDS_LIKE_SEGMENTS).round().astype(int)
    return replace(
        audio, y=np.concatenate([audio.y[i * length : (i + 1) * length] for i in chosen])
    )
