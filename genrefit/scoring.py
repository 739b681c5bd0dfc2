"""Score songs: likelihoods by song and by segment, typicality, and a query's fit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genrefit import features, query, sources
from genrefit.audio import decode
from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.errors import Cancelled, GenrefitError, ModelError
from genrefit.learning import registry
from genrefit.records import Progress
from genrefit.storage import work_folder

DECODE_SECONDS = 60.0
"""A file that takes longer to decode is refused."""
SOUNDS_LIKE_SEGMENTS = 6
"""With a model that does not use the ear, so many segments say what a song sounds like: all 24
would take longer than the score itself."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What a model says of one song; see as_json for the keys' meaning."""

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


@dataclass(frozen=True, slots=True)
class NotScored:
    """An input that could not be scored, and why in one sentence."""

    source: str
    reason: str


class Scorer:
    """A loaded model (and query) that scores one song after another."""

    def __init__(self, home: Home, *, model: str | None = None, query_text: str | None = None):
        """ModelError where there is no model; QueryError where the query makes no sense."""
        name = model or registry.in_use(home)
        if name is None:
            raise ModelError(
                "there is no model yet: train one (genrefit train), or fetch the pretrained ear "
                "(genrefit ear) for answers without training"
            )
        self.name, self.home = name, home
        self.model = registry.load(home, name)
        if not features.available(home, self.model.features):
            raise ModelError(
                f"the model {name!r} listens by the feature set {self.model.features!r}, which "
                "cannot be computed here: " + features.FEATURE_SETS[self.model.features].what
            )
        self.query = query.parse(query_text, self.model.genres) if query_text else None

    def hear(self, sound: decode.Audio, *, source: str, title: str, artist: str | None) -> Scored:
        """Score decoded audio."""
        found = features.extract(sound, [self.model.features], home=self.home)[self.model.features]
        X, song = found.values, np.zeros(len(found.values), dtype=int)
        whole = self.model.songs(X, song, 1)
        typicality = self.model.typicality(X, song, 1)
        scored = Scored(
            source=source,
            title=title,
            artist=artist,
            seconds=round(len(sound.y) / sound.sr, 2),
            likelihoods=self._named(whole[0]),
            typicality=self._named(typicality[0]),
            unlike_all=bool(self.model.unlike_all(typicality)[0]),
            timeline=[
                {"start": float(start), "likelihoods": self._named(row)}
                for start, row in zip(found.starts, self.model.segments(X), strict=True)
            ],
            sounds_like=self._sounds_like(sound, found.values),
            model=self.name,
        )
        return self._with_fit(scored, whole)

    def _named(self, row: np.ndarray) -> dict[str, float]:
        return {genre: float(p) for genre, p in zip(self.model.genres, row, strict=True)}

    def _with_fit(self, scored: Scored, whole: np.ndarray) -> Scored:
        if self.query is None:
            return scored
        fit = query.fits(self.query, whole, self.model.genres)
        terms = query.terms(self.query, whole, self.model.genres)
        return replace(scored, fit=float(fit[0]), terms={label: float(v[0]) for label, v in terms})

    def _sounds_like(self, sound: decode.Audio, values: np.ndarray) -> dict[str, float]:
        if self.model.features == "ear":
            return features.sounds_like(values)
        if not features.available(self.home, "ear"):
            return {}
        try:
            heard = features.extract(_excerpt(sound), ["ear"], home=self.home)["ear"]
        except GenrefitError:
            # The picked moments may all be silent where the song is not: then nothing is said.
            return {}
        return features.sounds_like(heard.values)


def _excerpt(sound: decode.Audio) -> decode.Audio:
    """Return some whole segments spread evenly over the song."""
    length = int(SEGMENT_SECONDS * sound.sr)
    count = len(sound.y) // length
    if count <= SOUNDS_LIKE_SEGMENTS:
        return sound
    picked = np.linspace(0, count - 1, SOUNDS_LIKE_SEGMENTS).round().astype(int)
    return replace(
        sound, y=np.concatenate([sound.y[i * length : (i + 1) * length] for i in picked])
    )


def score(
    inputs: Sequence[str],
    *,
    home: Home,
    model: str | None = None,
    query: str | None = None,
    limits: sources.Limits | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Scored | NotScored]:
    """Yield a result for every song that the inputs (files, folders, playlists, URLs) name.

    What cannot be scored is yielded as NotScored and the others go on. ModelError and QueryError
    are raised before anything is listened to; Cancelled when `cancelled()` says so.
    """
    scorer = Scorer(home, model=model, query_text=query)
    limits = limits or sources.Limits()
    songs, refused = _listed(inputs, limits)
    yield from refused
    begun = time.monotonic()
    for done, song in enumerate(songs):
        if cancelled and cancelled():
            raise Cancelled(f"stopped after {done} of {len(songs)} songs")
        if on_progress:
            on_progress(_progress(done, len(songs), begun, song.title))
        yield score_listed(scorer, song, home=home, limits=limits, cancelled=cancelled)
    if on_progress:
        on_progress(_progress(len(songs), len(songs), begun, ""))


def _progress(done: int, total: int, begun: float, note: str) -> Progress:
    spent = time.monotonic() - begun
    rate = done / spent if done and spent else None
    return Progress(
        "scoring",
        done,
        total,
        per_minute=rate * 60 if rate else None,
        left_seconds=(total - done) / rate if rate else None,
        note=note,
    )


def _listed(
    inputs: Sequence[str], limits: sources.Limits
) -> tuple[list[sources.ListedSong], list[NotScored]]:
    songs: dict[str, sources.ListedSong] = {}
    refused = []
    for given in inputs:
        try:
            for song in sources.list_songs(str(given), limits=limits).songs:
                songs.setdefault(song.key, song)
        except GenrefitError as error:
            refused.append(NotScored(str(given), str(error)))
    return list(songs.values()), refused


def score_listed(
    scorer: Scorer,
    song: sources.ListedSong,
    *,
    home: Home,
    limits: sources.Limits,
    cancelled: Callable[[], bool] | None = None,
) -> Scored | NotScored:
    """Fetch, decode and score one listed song; its audio is erased unless it is the user's own."""
    try:
        with (
            work_folder(home.work) as folder,
            sources.fetch_song(song, folder=folder, limits=limits, cancelled=cancelled) as got,
        ):
            sound = decode.decode(got.path, timeout=DECODE_SECONDS)
            return scorer.hear(sound, source=song.address.text, title=got.title, artist=got.artist)
    except Cancelled:
        raise
    except GenrefitError as error:
        return NotScored(song.address.text, str(error))


def as_json(scored: Scored | NotScored) -> dict[str, Any]:
    """Return the form of the command line and of the HTTP interface.

    likelihoods: by genre, they sum to one. typicality: by genre, the share of that genre's own
    songs that are at least as unusual (0.02: only 2 % are). unlike_all: too unusual for every
    genre. timeline: likelihoods by segment, `start` in seconds.
    """
    if isinstance(scored, NotScored):
        return {"source": scored.source, "error": scored.reason}
    found: dict[str, Any] = {
        "source": scored.source,
        "title": scored.title,
        "artist": scored.artist,
        "seconds": scored.seconds,
        "likelihoods": scored.likelihoods,
        "typicality": scored.typicality,
        "unlike_all": scored.unlike_all,
        "timeline": scored.timeline,
        "sounds_like": scored.sounds_like,
        "model": scored.model,
    }
    if scored.fit is not None:
        found |= {"fit": scored.fit, "terms": scored.terms}
    return found
