"""The feature sets, and one way to get any of them from a song."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genrefit import config
from genrefit.audio.decode import Audio
from genrefit.audio.segments import at_level, cut_segments, resample
from genrefit.config import Home
from genrefit.features import musicnn, yamnet
from genrefit.features.tempo import tempo_and_beats
from genrefit.features.weights.fetch import ear_is_ready
from genrefit.features.weights.second_ear import second_ear_is_ready
from genrefit.records import Features

if TYPE_CHECKING:
    from genrefit.features.spectral import Spectra

PITCHES = ("c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b")

CLASSIC = (
    *("tempo", "beats", "chroma_stft", "rms", "spec_cent", "spec_bw", "rolloff", "zcr"),
    *(f"mfcc{k}" for k in range(1, 13)),
)
"""The seed's columns. `beats` is how many beats the segment holds, as in the seed's own data."""

_MORE = (
    *(f"mfcc{k}" for k in range(13, 21)),
    *(f"contrast{k}" for k in range(1, 8)),
    *(f"chroma_{pitch}" for pitch in PITCHES),
    *("flux", "flatness"),
)
TIMBRE = (*CLASSIC, *_MORE, *(f"{name}_std" for name in (*CLASSIC[2:], *_MORE)))


EAR_LEVEL = -18.0
"""Root mean square, in dB of full scale, at which the ears hear every segment: the median of 64
real clips. Against each clip at its own level, songs guessed right out of fold rose from 81 to 86 %
and log loss fell from .56 to .54; 12 dB quieter, the former had fallen to 75 %."""


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """A named set of columns. `version` grows when the same song would give other values."""

    name: str
    version: int
    columns: tuple[str, ...]
    sr: int
    what: str
    imported: bool = False
    """Only imported from a file of segments; it cannot be computed from a song here."""


FEATURE_SETS: dict[str, FeatureSet] = {
    "classic": FeatureSet(
        "classic",
        1,
        CLASSIC,
        config.SR,
        "tempo, beats, and the means of loudness, brightness, harmony and 12 MFCCs",
    ),
    "timbre": FeatureSet(
        "timbre",
        1,
        TIMBRE,
        config.SR,
        "classic with more MFCCs, contrast, pitch classes, flux, flatness, and how much each moves",
    ),
    "ear": FeatureSet(
        "ear",
        musicnn.VERSION,
        tuple(musicnn.COLUMNS),
        musicnn.SR,
        "what a small network, trained on many songs, makes of the music",
    ),
    "yamnet": FeatureSet(
        "yamnet",
        yamnet.VERSION,
        yamnet.COLUMNS,
        yamnet.SR,
        "what a second network, trained on all kinds of sound, calls it: genres, instruments, "
        "moods, speech, silence",
    ),
    # The classic columns, but of 24 equal pieces a song at the file's own sample rate: never to
    # be mixed with ours.
    "seed": FeatureSet(
        "seed",
        1,
        CLASSIC,
        0,
        "the seed's published segments; imported only, since they were cut and sampled otherwise",
        imported=True,
    ),
}
"""Every feature set by name; a song's rows of different sets describe the same segments."""


def unknown_sets_note(names: Iterable[str]) -> str | None:
    """Return the sentence for stored feature sets that are not in FEATURE_SETS; None without any.

    An older or newer program may have stored them: they are left out wherever features are used.
    """
    unknown = sorted({repr(name) for name in names if name not in FEATURE_SETS})
    if not unknown:
        return None
    return (
        f"the library also holds the feature set {' and '.join(unknown)}, which this version of "
        "genrefit does not know: it is left out"
    )


def available(home: Home, name: str) -> bool:
    """Whether the feature set called `name` can be computed now, with what `home` has."""
    if name not in FEATURE_SETS or FEATURE_SETS[name].imported:
        return False
    ears = {"ear": ear_is_ready, "yamnet": second_ear_is_ready}
    return name not in ears or ears[name](home)


def default_sets(home: Home) -> tuple[str, ...]:
    """The sets that are collected into `home` unless others are chosen."""
    return tuple(name for name in FEATURE_SETS if available(home, name))


def extract(audio: Audio, sets: Sequence[str], *, home: Home | None = None) -> dict[str, Features]:
    """Compute the feature `sets` of a song's segments, from one cut and one shared spectrum.

    `home` is where the ears are looked for; only the sets "ear" and "yamnet" need it.

    Raises
    ------
    AudioError
        if the song is shorter than 5 s or all of it is silent.
    EarError
        if "ear" or "yamnet" is among the sets and `home` has none.
    ValueError
        if "ear" or "yamnet" is among the sets and no home is given.
    """
    # Cut before resampling: the filter's ringing would make silence less than silent.
    starts, _ = cut_segments(audio.y, sr=audio.sr)
    segments = _cut(audio, starts, sr=config.SR) if {"classic", "timbre"} & set(sets) else []
    values: dict[str, np.ndarray] = {}
    if "timbre" in sets:
        values["timbre"] = np.stack([timbre(segment) for segment in segments])
        values["classic"] = values["timbre"][:, : len(CLASSIC)]
    elif "classic" in sets:
        values["classic"] = np.stack([classic(segment) for segment in segments])
    if {"ear", "yamnet"} & set(sets):
        if home is None:
            raise ValueError("the feature sets 'ear' and 'yamnet' need a home, whose ears are used")
        # Both ears listen at one rate and one level: how loud a song is does not change what it is.
        pieces = [at_level(y, EAR_LEVEL) for y in _cut(audio, starts, sr=musicnn.SR)]
        for name, ear in (("ear", musicnn), ("yamnet", yamnet)):
            if name in sets:
                values[name] = ear.embed(pieces, home=home)
    return {name: Features(starts, np.asarray(values[name], dtype=np.float32)) for name in sets}


def classic(y: np.ndarray) -> np.ndarray:
    """The columns CLASSIC of one segment `y` [shape=(n,), float32 at 22,050 Hz]."""
    from genrefit.features.spectral import Spectra

    spectra = Spectra(y)
    return _row(spectra, CLASSIC, _means(spectra.series))


def timbre(y: np.ndarray) -> np.ndarray:
    """The columns TIMBRE of one segment `y` [shape=(n,), float32 at 22,050 Hz]."""
    from genrefit.features.spectral import Spectra

    spectra = Spectra(y, timbre=True)
    return _row(spectra, TIMBRE, _means(spectra.series) | _deviations(spectra.series))


def _row(spectra: Spectra, columns: Sequence[str], values: Mapping[str, float]) -> np.ndarray:
    tempo, beats = tempo_and_beats(spectra.onsets)
    values = {**values, "tempo": tempo, "beats": beats}
    return np.array([values[column] for column in columns], dtype=np.float32)


def _means(series: Mapping[str, np.ndarray]) -> dict[str, float]:
    return _name({name: x.mean(axis=0, dtype=np.float64) for name, x in series.items()}) | {
        "chroma_stft": float(series["chroma"].mean(dtype=np.float64))
    }


def _deviations(series: Mapping[str, np.ndarray]) -> dict[str, float]:
    deviations = _name({name: x.std(axis=0, dtype=np.float64) for name, x in series.items()})
    deviations["chroma_stft"] = float(series["chroma"].mean(axis=1, dtype=np.float64).std())
    return {f"{name}_std": value for name, value in deviations.items()}


def _name(series: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Give each coefficient its column's name: mfcc -> mfcc1 ..., chroma -> chroma_c ..."""
    columns: dict[str, float] = {}
    for name, value in series.items():
        if value.ndim == 0:
            columns[name] = float(value)
        elif name == "chroma":
            columns |= {f"chroma_{p}": float(v) for p, v in zip(PITCHES, value, strict=True)}
        else:
            columns |= {f"{name}{k}": float(v) for k, v in enumerate(value, start=1)}
    return columns


def _cut(audio: Audio, starts: np.ndarray, *, sr: int) -> list[np.ndarray]:
    """The segments that begin at `starts` seconds, at `sr` Hz."""
    y = resample(audio.y, orig_sr=audio.sr, sr=sr)
    length = round(config.SEGMENT_SECONDS * sr)
    offsets = [round(start * sr) for start in starts]
    return [y[offset : offset + length] for offset in offsets]
