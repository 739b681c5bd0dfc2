"""An arrangement: tempo, key, chords, melody, and a bus of sound for every part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genrefit.demo import instruments as play

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
DORIAN, MIXOLYDIAN = (0, 2, 3, 5, 7, 9, 10), (0, 2, 4, 5, 7, 9, 10)


@dataclass(frozen=True, slots=True)
class Artist:
    """What all songs of one artist share: numbers from 0 to 1, and a seed for kit and room."""

    seed: int
    brightness: float
    room: float
    drive: float
    taste: float


class Arrangement:
    """A song being built: its tempo, key and chords, and a bus of sound for each part."""

    def __init__(
        self,
        rng: np.random.Generator,
        seconds: float,
        *,
        bpm: float,
        beats: int,
        key: int,
        scale: Sequence[int],
        chords: Sequence[int],
        swing: float = 0.0,
    ) -> None:
        self.rng, self.bpm, self.beats, self.swing = rng, bpm, beats, swing
        self.key, self.scale, self.chords = key, tuple(scale), tuple(chords)
        self.seconds = seconds
        self.length = round(seconds * play.SR)
        self.bars = int(np.ceil(seconds * bpm / 60 / beats))
        self.buses: dict[str, np.ndarray] = {}
        self.hits: dict[str, list[float]] = {}

    def at(self, bar: float, beat: float = 0.0) -> float:
        """Return the time in s of a beat; off-beats come late by the swing."""
        whole, part = divmod(beat, 1.0)
        late = self.swing * (1 / 6) * np.sin(np.pi * part) if part else 0.0
        return (bar * self.beats + whole + part + late) * 60 / self.bpm

    def beat_seconds(self, beats: float) -> float:
        """Return the length in s of a number of beats."""
        return beats * 60 / self.bpm

    def pitch(self, degree: int, *, octave: int = 0) -> int:
        """Return the MIDI pitch of a step of the scale, counted from the key's own."""
        octaves, step = divmod(degree, len(self.scale))
        return self.key + 12 * (octaves + octave) + self.scale[step]

    def root(self, bar: int) -> int:
        """Return the scale step on which the bar's chord stands."""
        return self.chords[bar % len(self.chords)]

    def chord(self, bar: int, *, steps: Sequence[int] = (0, 2, 4), octave: int = 0) -> list[int]:
        """Return the bar's chord as MIDI pitches."""
        return [self.pitch(self.root(bar) + step, octave=octave) for step in steps]

    def put(self, part: str, y: np.ndarray, start: float, *, level: float = 1.0) -> None:
        """Mix a sound into a part's bus at `start` s; what lies past the end is cut."""
        if part not in self.buses:
            self.buses[part] = np.zeros(self.length, np.float32)
        bus = self.buses[part]
        at = round(max(0.0, start) * play.SR)
        n = min(len(y), self.length - at)
        if n > 0:
            bus[at : at + n] += np.float32(level) * y[:n]

    def hit(
        self, kit: dict[str, np.ndarray], name: str, bar: int, beat: float, level: float
    ) -> None:
        """Play a drum with a small random change of time and level."""
        start = self.at(bar, beat)
        self.hits.setdefault(name, []).append(start)
        human = 1 + 0.12 * self.rng.standard_normal()
        self.put("drums", kit[name], start + 0.003 * self.rng.random(), level=level * human)

    def tune(
        self, *, bars: int, density: float, low: int, high: int
    ) -> list[tuple[float, float, int]]:
        """Return a phrase of (beat, beats, scale step): a random walk drawn to chord tones."""
        notes, beat, step = [], 0.0, int(self.rng.integers(low, high))
        while beat < bars * self.beats:
            long = self.rng.random() > density
            beats = float(self.rng.choice([1.0, 1.5, 2.0] if long else [0.5, 0.5, 1.0]))
            step = int(np.clip(step + self.rng.choice([-2, -1, -1, 0, 1, 1, 2, 3]), low, high))
            if beat % self.beats == 0:
                root = self.root(int(beat // self.beats))
                step = min(range(low, high + 1), key=lambda s: (_off(s - root), abs(s - step)))
            if self.rng.random() < 0.85:
                notes.append((beat, beats, step))
            beat += beats
        return notes

    def phrases(
        self, *, bars: int, density: float, low: int, high: int
    ) -> list[tuple[float, float, int]]:
        """Return a whole song's melody in the form A A B A, as (beat, beats, scale step)."""
        forms = [self.tune(bars=bars, density=density, low=low, high=high) for _ in range(2)]
        order = (0, 0, 1, 0)
        out = []
        for k in range(-(-self.bars // bars)):
            shift = k * bars * self.beats
            out += [(b + shift, n, s) for b, n, s in forms[order[k % 4]]]
        return out

    def mixed(self, **levels: float) -> np.ndarray:
        """Sum the parts, each brought to its level first, and fade the ends."""
        y = np.zeros(self.length, np.float32)
        for part, level in levels.items():
            bus = self.buses.get(part)
            if bus is not None and (loud := float(np.sqrt(np.mean(bus**2)))) > 0:
                y += np.float32(level / loud) * bus
        return play.shaped(y, attack=0.02, release=min(2.5, self.seconds / 8))


def _off(step: int) -> int:
    return 0 if step % 7 in (0, 2, 4) else 1


def one_of(rng: np.random.Generator, *choices: Sequence[int]) -> Sequence[int]:
    """Choose one of several sequences."""
    return choices[int(rng.integers(len(choices)))]
