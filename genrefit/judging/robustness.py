"""Does a model listen to the music? How its likelihoods move when a song only sounds otherwise.

After the "horse test" of music information retrieval (Sturm 2014): a clever horse answers rightly
by cues that have nothing to do with the question. A song that is softer, band-limited or coded
anew is the same music, so what moves then is what the model hears besides music. The yardstick is
how far another part of the same song moves it, since that is music.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genrefit.audio.alterations import ALTERATIONS, PITCH, TEMPO
from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.errors import Cancelled, ModelError
from genrefit.formatting import count, percent
from genrefit.judging.altered_songs import MOST_SEGMENTS, AlteredSong, heard_songs
from genrefit.judging.resampling import mean_interval
from genrefit.learning import registry
from genrefit.records import Progress

LEAST_SONGS = 4
FLIPPED = 0.1
"""With more of the songs taken for another genre than this, an alteration is warned of."""


@dataclass(frozen=True, slots=True)
class Movement:
    """How far likelihoods move, on the mean over songs: half the sum of absolute differences, 0 to
    1 (total variation), with its 95 % interval over artists."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AlterationResult:
    """What one alteration does to `songs` songs.

    `flipped` is the share that is taken for another genre then, `accuracy` that of the altered
    songs. `unheard` counts those that could not be heard any more, such as for being silent.
    `warned` tells whether the model listens to this more than it should.
    """

    name: str
    kind: str
    songs: int
    unheard: int
    movement: Movement
    flipped: float
    accuracy: float
    warned: bool


@dataclass(frozen=True, slots=True)
class Robustness:
    """A model under altered sound. Of `songs` songs it was trained on `in_sample`: accuracies are
    in-sample there, so compare them with one another only, never with the report's.

    `yardstick` is how far the two halves of each excerpt of `seconds` s differ, None where they are
    too short; `accuracy` is that of the songs as they are.
    """

    model: str
    songs: int
    in_sample: int
    seconds: float
    accuracy: float
    yardstick: Movement | None
    results: tuple[AlterationResult, ...]

    def sentences(self) -> list[str]:
        """Return the warnings, or that there is none, and what the numbers are about."""
        warned = [each for each in self.results if each.warned]
        halves = self.yardstick and percent(self.yardstick.mean)
        lines = [
            f"{self.model} listens to {each.kind} where it should listen to music: with "
            f"{each.name}, {percent(each.flipped)} of the songs are taken for another genre, and "
            f"likelihoods move by {percent(each.movement.mean)}"
            + (f"; from one half of a song to the other it is {halves}" if halves else "")
            for each in warned
        ]
        if not warned:
            lines.append(
                f"{self.model} hears the same music, however loud, coded or band-limited: nothing "
                "moves it more than another part of the same song does"
            )
        return [*lines, self.basis()]

    def basis(self) -> str:
        """Return in a sentence what the numbers were measured on, and which are in-sample."""
        return (
            f"{count(self.songs, 'song')}, {self.seconds:.0f} s each; it was trained on "
            f"{self.in_sample} of them, so accuracies here are in-sample: compare them with one "
            "another only. Movements compare each song with itself"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name, and the sentences."""
        return asdict(self) | {
            "results": [asdict(each) for each in self.results],
            "says": self.sentences(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Robustness:
        """Make a record of what `to_json` gave; KeyError or TypeError where it lacks a field."""
        fields = {key: value for key, value in values.items() if key != "says"}
        results = tuple(
            AlterationResult(**{**each, "movement": Movement(**each["movement"])})
            for each in fields.pop("results")
        )
        halves = fields.pop("yardstick")
        return cls(**fields, yardstick=halves and Movement(**halves), results=results)


def robustness(
    home: Home,
    model: str,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    n_jobs: int | None = None,
) -> Robustness:
    """Listen to some songs of the library as they are and altered, and compare.

    ModelError where the audio of too few labelled songs is still there; Cancelled by `cancelled()`.
    """
    genres = registry.load(home, model).genres
    songs: list[AlteredSong] = []
    for done, total, song in heard_songs(home, model, n_jobs=n_jobs):
        if cancelled and cancelled():
            raise Cancelled(f"stopped after {done} of {total} songs")
        if song is not None:
            songs.append(song)
        if on_progress:
            on_progress(Progress("listening to altered songs", done, total))
    if len(songs) < LEAST_SONGS:
        raise ModelError(
            f"the audio of only {count(len(songs), 'labelled song')} of {model}'s genres is on "
            f"this computer, at least {LEAST_SONGS} are needed: songs from folders keep theirs"
        )
    return compared(model, genres, songs, in_sample=set(registry.out_of_fold(home, model).index))


def compared(
    model: str, genres: Sequence[str], songs: Sequence[AlteredSong], *, in_sample: set[Any]
) -> Robustness:
    """Compare what a model said of songs as they are with what it said of them altered."""
    artist = np.array([song.artist for song in songs])
    plain = np.array([song.plain for song in songs])
    member = np.array([[genre in song.genres for genre in genres] for song in songs])
    halves = np.array([song.halves for song in songs])
    whole = np.isfinite(halves).all(axis=(1, 2))
    apart = _moved(halves[whole, 0], halves[whole, 1])
    yardstick = _movement(apart, artist[whole]) if whole.any() else None
    results = []
    for name, alteration in ALTERATIONS.items():
        P = np.array([song.altered[name] for song in songs])
        there = np.isfinite(P).all(axis=1)
        if not there.any():
            continue
        movement = _movement(_moved(plain[there], P[there]), artist[there])
        flipped = float((plain[there].argmax(1) != P[there].argmax(1)).mean())
        musical = alteration.kind in (PITCH, TEMPO)
        far = yardstick is not None and movement.mean > yardstick.mean
        warned = not musical and (far or flipped > FLIPPED)
        accuracy = _accuracy(P[there], member[there])
        results.append(
            AlterationResult(name, alteration.kind, int(there.sum()), int((~there).sum()),
                             movement, flipped, accuracy, bool(warned))
        )  # fmt: skip
    return Robustness(
        model=model,
        songs=len(songs),
        in_sample=sum(song.song_id in in_sample for song in songs),
        seconds=MOST_SEGMENTS * SEGMENT_SECONDS,
        accuracy=_accuracy(plain, member),
        yardstick=yardstick,
        results=tuple(results),
    )


def _moved(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return the total variation between likelihoods [shape=(n, G)] of each song [shape=(n,)]."""
    values: np.ndarray = np.abs(before - after).sum(axis=1) / 2
    return values


def _movement(values: np.ndarray, artist: np.ndarray) -> Movement:
    return Movement(float(values.mean()), *mean_interval(values, artist))


def _accuracy(P: np.ndarray, member: np.ndarray) -> float:
    return float(member[np.arange(len(P)), P.argmax(1)].mean())
