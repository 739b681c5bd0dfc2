"""Short songs for tests, made in a moment from a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

SR = 22_050


def tune(seed: int, *, seconds: float = 11.0) -> np.ndarray:
    """Notes of two voices over a beat of noise, different for each seed."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * SR)) / SR
    y = 0.02 * rng.standard_normal(t.size)
    beat = 0.3 + 0.05 * (seed % 7)
    for start in np.arange(0, seconds - 0.3, beat):
        note = 110 * 2 ** (rng.integers(0, 24) / 12)
        span = slice(int(start * SR), int((start + 0.3) * SR))
        envelope = np.exp(-8 * (t[span] - start))
        y[span] += 0.3 * envelope * np.sin(2 * np.pi * note * t[span])
        y[span] += 0.1 * envelope**3 * rng.standard_normal(envelope.size)
    return y.astype(np.float32)


def write(path: Path, seed: int, *, seconds: float = 11.0) -> Path:
    """Write a tune; the ending of the path says in which format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tune(seed, seconds=seconds), SR)
    return path


def folder(root: Path, names: dict[str, int]) -> Path:
    """Write a tune for each file name and seed."""
    for name, seed in names.items():
        write(root / name, seed)
    return root
