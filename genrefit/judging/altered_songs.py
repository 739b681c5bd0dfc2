"""What a model says of songs as they are, half by half, and altered (`audio.alterations`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from genrefit import features
from genrefit.audio import decode
from genrefit.audio.alterations import ALTERATIONS
from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.errors import GenrefitError
from genrefit.features.side_by_side import side_by_side
from genrefit.learning import registry
from genrefit.library import open_library
from genrefit.parallel import each
from genrefit.records import Song

if TYPE_CHECKING:
    from genrefit.learning.registry import Model

MOST_SONGS = 40
MOST_SEGMENTS = 6
"""A minute of each song: its halves are the yardstick, and it takes a quarter of the time."""
DECODE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class AlteredSong:
    """Likelihoods [shape=(G,)] of a song's excerpt: `plain`, of its two `halves` [shape=(2, G)],
    and `altered` by the alteration's name; NaN where that could not be heard."""

    song_id: str
    artist: str
    genres: tuple[str, ...]
    plain: np.ndarray
    halves: np.ndarray
    altered: Mapping[str, np.ndarray]


def heard_songs(
    home: Home, model: str, *, n_jobs: int | None = None, seed: int = 0
) -> Iterator[tuple[int, int, AlteredSong | None]]:
    """Yield (done, total, song) for a sample of the songs whose audio is still there, by genre.

    The song is None where its file cannot be heard (any more), and at the beginning.
    """
    songs = sample(_songs_with_audio(home), registry.load(home, model).genres, seed=seed)
    yield 0, len(songs), None
    results = each(partial(hear, home, model), songs, n_jobs=n_jobs)
    for done, result in enumerate(results, start=1):
        yield done, len(songs), result


def _songs_with_audio(home: Home) -> list[Song]:
    with open_library(home, create=False) as library:
        songs = library.songs()
    return [song for song in songs if "://" not in song.address and Path(song.address).is_file()]


def sample(songs: Sequence[Song], genres: Sequence[str], *, seed: int) -> list[Song]:
    """Return at most MOST_SONGS songs, about as many of each genre, in random order of songs."""
    order = np.random.default_rng(seed).permutation(len(songs))
    queues = {genre: [songs[i] for i in order if genre in songs[i].genres] for genre in genres}
    chosen: dict[str, Song] = {}
    while len(chosen) < MOST_SONGS and any(queues.values()):
        for queue in queues.values():
            if queue and len(chosen) < MOST_SONGS:
                song = queue.pop(0)
                chosen.setdefault(song.song_id, song)
    return list(chosen.values())


def hear(home: Home, model: str, song: Song) -> AlteredSong | None:
    """Return what a model says of a song as it is and altered, None where it cannot be heard."""
    loaded = _loaded(home, model, registry.stamp(home, model))
    try:
        audio = decode.decode(Path(song.address), timeout=DECODE_SECONDS)
        audio = replace(audio, y=_excerpt(audio))
        plain = _likelihoods(home, loaded, audio)
    except GenrefitError:
        return None

    def heard(y: np.ndarray) -> np.ndarray:
        try:
            return _likelihoods(home, loaded, replace(audio, y=y))
        except GenrefitError:  # too soft or too short to be heard, say
            return np.full(len(loaded.genres), np.nan)

    half = len(audio.y) // 2
    return AlteredSong(
        song.song_id,
        song.artist or f"\t{song.song_id}",
        song.genres,
        plain,
        np.array([heard(audio.y[:half]), heard(audio.y[half:])]),
        {name: heard(each.alter(audio.y, audio.sr)) for name, each in ALTERATIONS.items()},
    )


@lru_cache(maxsize=1)
def _loaded(home: Home, model: str, stamp: tuple[object, ...]) -> Model:
    return registry.load(home, model)


def _excerpt(audio: decode.Audio) -> np.ndarray:
    """Return the middle minute of a song, or all of a shorter one."""
    most = int(MOST_SEGMENTS * SEGMENT_SECONDS * audio.sr)
    start = max(0, (len(audio.y) - most) // 2)
    return audio.y[start : start + most]


def _likelihoods(home: Home, model: Model, audio: decode.Audio) -> np.ndarray:
    first, *others = model.sets
    sets = [first, *(name for name in others if features.available(home, name))]
    X = side_by_side(model.sets, features.extract(audio, sets, home=home))
    likelihoods: np.ndarray = model.songs(X, np.zeros(len(X), dtype=int), 1)[0]
    return likelihoods
