"""Instruments and effects in numpy and scipy, for the demo's songs.

Everything here returns mono float32 at `SR` and depends on its arguments alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

SR = 32_000
"""Sample rate in Hz of everything that is synthesized."""
CYCLE = 4_096
"""Samples in the stored cycle of a waveform."""

SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sine": lambda k: np.where(k == 1, 1.0, 0.0),
    "saw": lambda k: 1.0 / k,
    "square": lambda k: np.where(k % 2 == 1, 1.0 / k, 0.0),
    "triangle": lambda k: np.where(k % 2 == 1, 1.0 / k**2, 0.0),
    "round": lambda k: 1.0 / k**2,
    "organ": lambda k: np.isin(k, (1, 2, 3, 4, 6, 8)) / np.sqrt(k),
    "reed": lambda k: np.where(k % 2 == 1, 1.0, 0.35) / (1 + (k / 6.0) ** 2),
    "brass": lambda k: np.minimum(k, 5) / (1 + (k / 5.0) ** 3),
}
"""Amplitude of the k-th harmonic, by the name of a waveform."""


@lru_cache(maxsize=512)
def _cycle(shape: str, harmonics: int) -> np.ndarray:
    k = np.arange(1, harmonics + 1)
    spectrum = np.zeros(CYCLE // 2 + 1, complex)
    spectrum[1 : harmonics + 1] = -1j * SHAPES[shape](k.astype(float))
    y = np.fft.irfft(spectrum)
    return np.asarray((y / np.abs(y).max()).astype(np.float32))


def hertz(pitch: float) -> float:
    """Return the frequency in Hz of a MIDI pitch (69 is the A at 440 Hz)."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def times(seconds: float) -> np.ndarray:
    """Return the time of every sample in s [shape=(seconds * SR,), float32]."""
    return np.arange(max(1, round(seconds * SR)), dtype=np.float32) / np.float32(SR)


def tone(
    shape: str,
    pitch: float,
    seconds: float,
    *,
    detune: tuple[float, ...] = (0.0,),
    vibrato: float = 0.0,
) -> np.ndarray:
    """Return a steady band-limited note; `detune` and `vibrato` (at 5.5 Hz) in semitones."""
    t = times(seconds)
    y = np.zeros_like(t)
    for cents in detune:
        frequency = hertz(pitch + cents)
        harmonics = int(np.clip(SR / 2.2 / frequency, 1, 1_000))
        table = _cycle(shape, 1 << (harmonics.bit_length() - 1))
        phase = np.arange(len(t)) * (frequency / SR)
        if vibrato:
            depth = frequency * (2 ** (vibrato / 12) - 1) / (2 * np.pi * 5.5)
            phase = phase + depth * np.sin(2 * np.pi * 5.5 * t) * np.minimum(1, t / 0.4)
        y += table[((phase + cents) * CYCLE).astype(np.int64) & (CYCLE - 1)]
    return y / np.float32(len(detune))


def shaped(y: np.ndarray, *, attack: float, release: float, decay: float = 0.0) -> np.ndarray:
    """Give a note a linear attack and release and an exponential decay to 1/e, all in s."""
    n = len(y)
    y = y * np.exp(-times(n / SR)[:n] / np.float32(decay)) if decay else y.copy()
    rise, fall = min(n, round(attack * SR)), min(n, round(release * SR))
    if rise:
        y[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    if fall:
        y[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return y


def struck(pitch: float, seconds: float, *, brightness: float) -> np.ndarray:
    """Return a hammered string: slightly inharmonic partials that die the faster the higher."""
    t, frequency = times(seconds), hertz(pitch)
    y = np.zeros_like(t)
    for k in range(1, int(np.clip(SR / 2.2 / frequency, 1, 12)) + 1):
        partial = k * frequency * np.sqrt(1 + 4e-4 * k * k)
        rate = np.float32(0.9 + 0.012 * pitch * 0.4 + (1.1 - 0.6 * brightness) * k * 0.8)
        level = np.float32((0.35 + 0.45 * brightness) ** (k - 1))
        y += level * np.exp(-rate * t) * np.sin(np.float32(2 * np.pi * partial) * t)
    return shaped(y / 2, attack=0.003, release=min(0.08, seconds / 2))


@lru_cache(maxsize=256)
def plucked(pitch: int, seconds: float, brightness: float, sustain: float) -> np.ndarray:
    """Return a plucked string (Karplus and Strong, 1983: noise in a damped delay line)."""
    from scipy import signal  # takes a second to import, which every page would pay

    delay = max(2, round(SR / hertz(pitch) - 0.5))
    rng = np.random.default_rng([pitch, 7])
    burst = np.zeros(max(delay + 1, round(seconds * SR)), dtype=np.float32)
    burst[:delay] = rng.uniform(-1, 1, delay)
    burst[:delay] = signal.lfilter([brightness], [1, brightness - 1], burst[:delay])
    loop = np.zeros(delay + 2, dtype=np.float32)
    loop[0] = 1
    gain = 0.5 ** (1 / (hertz(pitch) * sustain))
    loop[delay], loop[delay + 1] = -gain * 0.55, -gain * 0.45
    y = signal.lfilter(np.ones(1, np.float32), loop, burst).astype(np.float32)
    y = shaped(y / max(1e-6, float(np.abs(y).max())), attack=0.001, release=0.03)
    y.flags.writeable = False  # handed out again by the cache
    return y


def drums(rng: np.random.Generator, *, electronic: bool) -> dict[str, np.ndarray]:
    """Return a kit of one-shots by name, tuned anew for each `rng`."""
    t = times(0.45)
    noise = rng.standard_normal(len(times(1.2))).astype(np.float32)
    base, drop = rng.uniform(42, 58), rng.uniform(60, 220)
    sweep = 2 * np.pi * (base * t + drop * 0.03 * (1 - np.exp(-t / 0.03)))
    kick = np.sin(sweep) * np.exp(-t / rng.uniform(0.1, 0.22)) + 0.2 * _click(noise, t, 0.004)
    shell = np.sin(2 * np.pi * rng.uniform(160, 230) * t) * np.exp(-t / 0.06)
    rattle = high_pass(noise[: len(t)], 1_200) * np.exp(-t / rng.uniform(0.07, 0.14))
    metal = sum(tone("square", p, 1.2) for p in rng.uniform(86, 101, 6))
    bright = high_pass(np.asarray(metal, np.float32) * 0.12 + 0.5 * noise, 6_500)
    long = times(1.2)
    claps = sum(np.where(t > d, np.exp(-(t - d) / 0.012), 0) for d in (0.0, 0.011, 0.023))
    kit = {
        "kick": kick,
        "snare": 0.5 * shell + 0.5 * rattle,
        "clap": band(noise[: len(t)], 900, 3_500) * (claps + 0.5 * np.exp(-t / 0.09)),
        "hat": bright[: len(t)] * np.exp(-t / rng.uniform(0.025, 0.05)),
        "open": bright * np.exp(-long / 0.18),
        "ride": bright * (np.exp(-long / 0.35) * 0.5 + np.exp(-long / 0.02)),
        "crash": high_pass(noise, 3_000) * np.exp(-long / 0.4),
        "brush": band(noise[: len(t)], 2_000, 7_000) * np.sin(np.pi * t / t[-1]) ** 2,
        "tom": np.sin(2 * np.pi * 95 * t + 4 * np.exp(-t / 0.05)) * np.exp(-t / 0.15),
    }
    grit = 2.5 if electronic else 1.2
    return {name: np.tanh(grit * y).astype(np.float32) / np.tanh(grit) for name, y in kit.items()}


def _click(noise: np.ndarray, t: np.ndarray, seconds: float) -> np.ndarray:
    return noise[: len(t)] * np.exp(-t / seconds)


# Effects


def low_pass(y: np.ndarray, frequency: float) -> np.ndarray:
    """Take away what lies above `frequency` in Hz (12 dB an octave)."""
    return _filtered(y, "lowpass", min(frequency, 0.45 * SR))


def high_pass(y: np.ndarray, frequency: float) -> np.ndarray:
    """Take away what lies below `frequency` in Hz (12 dB an octave)."""
    return _filtered(y, "highpass", frequency)


def band(y: np.ndarray, low: float, high: float) -> np.ndarray:
    """Keep what lies between two frequencies in Hz."""
    return low_pass(high_pass(y, low), high)


def _filtered(y: np.ndarray, kind: str, frequency: float) -> np.ndarray:
    from scipy import signal

    b, a = signal.butter(2, frequency, kind, fs=SR)
    return np.asarray(
        signal.lfilter(b.astype(np.float32), a.astype(np.float32), y).astype(np.float32)
    )


def drive(y: np.ndarray, amount: float) -> np.ndarray:
    """Distort softly by a hyperbolic tangent; `amount` 1 is hardly audible, 20 is heavy."""
    return np.asarray(np.tanh(np.float32(amount) * y) / np.tanh(np.float32(amount)))


def echo(y: np.ndarray, seconds: float, *, level: float) -> np.ndarray:
    """Add four repeats, each `level` times the one before."""
    out, step = y.copy(), max(1, round(seconds * SR))
    for k in range(1, 5):
        if k * step < len(y):
            out[k * step :] += np.float32(level**k) * y[: -k * step]
    return out


def room(y: np.ndarray, seconds: float, *, wet: float, seed: int) -> np.ndarray:
    """Add the reverberation of a room whose sound dies by 60 dB in `seconds`."""
    from scipy import signal

    t = times(seconds)
    tail = np.random.default_rng(seed).standard_normal(len(t)).astype(np.float32)
    tail = low_pass(tail * np.exp(np.float32(-6.9 / seconds) * t), 5_000)
    tail /= np.sqrt(np.sum(tail**2))
    wash = signal.oaconvolve(y, tail)[: len(y)].astype(np.float32)
    return np.asarray((1 - wet) * y + np.float32(wet) * wash)


def ducked(y: np.ndarray, starts: list[float], *, depth: float, seconds: float) -> np.ndarray:
    """Push `y` down at each of `starts` (in s), as a dance record does under its kick."""
    gain = np.ones(len(y), np.float32)
    dip = 1 - np.float32(depth) * np.exp(-times(seconds) / np.float32(seconds / 3))
    for start in starts:
        at = round(start * SR)
        n = min(len(dip), len(y) - at)
        if n > 0:
            gain[at : at + n] = dip[:n]
    return y * gain
