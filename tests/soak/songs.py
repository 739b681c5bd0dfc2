"""Short songs, and ten ways in which a file is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile


def write_songs(folder: Path, count: int, *, seed: int, form: str = "flac") -> Path:
    """Write songs of six seconds, all different."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        write_song(folder / f"song {number:04}.{form}", seed * 100_000 + number)
    return folder


def write_song(path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    t = np.arange(6 * 8000) / 8000
    tones = sum(np.sin(2 * np.pi * f * t) for f in rng.uniform(80, 2000, 4))
    noise = rng.normal(0, 0.05, t.size)
    beat = 0.5 + 0.5 * (np.sin(2 * np.pi * rng.uniform(1, 3) * t) > 0)
    soundfile.write(path, 0.15 * tones * beat + noise, 8000)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def _silence(path: Path) -> None:
    soundfile.write(path, np.zeros(6 * 8000), 8000)


def _short(path: Path) -> None:
    soundfile.write(path, np.full(800, 0.1), 8000)


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


WAYS: tuple[Callable[[Path], object], ...] = (
    lambda path: path.write_bytes(b""),
    lambda path: path.write_text("no sound at all"),
    lambda path: path.write_text("<!doctype html><html><body>404</body></html>"),
    lambda path: path.write_bytes(np.random.default_rng(1).bytes(50_000)),
    lambda path: path.write_bytes(b"fLaC" + b"\0" * 5000),
    lambda path: path.write_bytes(b"RIFF\xff\xff\xff\xffWAVEfmt " + b"\xff" * 400),
    _cut,
    _silence,
    _short,
    _link,
)
