"""Made-up songs whose segments follow each other, and copies of them cut at any moment."""

from __future__ import annotations

import numpy as np

from genrefit.features import FEATURE_SETS
from genrefit.features.same_recording import COMPARED
from genrefit.records import Features, Song


def drawn(seed: int, *, n: int = 24, name: str = "timbre") -> np.ndarray:
    """Return what counts of a song each 2.5 s, in its units [shape=(4 * n, d)]."""
    rng = np.random.default_rng(seed)
    width = len(COMPARED[name].columns)
    parts = rng.normal(size=(n, width)).repeat(4, axis=0)
    return rng.normal(size=width) * 2.5 + parts + 0.3 * rng.normal(size=parts.shape)


def features(
    quarters: np.ndarray, *, cut: int = 0, noise: float = 0.2, shift: float = 0.3, name="timbre"
) -> dict[str, Features]:
    """Return a feature set whose segments begin `cut` quarters late, otherwise encoded."""
    rng = np.random.default_rng(int(abs(quarters.sum()) * 1e6) + cut)
    left = quarters[cut:]
    rows = left[: len(left) // 4 * 4].reshape(-1, 4, left.shape[1]).mean(axis=1)
    rows = rows + rng.normal(size=rows.shape[1]) * shift + rng.normal(size=rows.shape) * noise
    compared = COMPARED[name]
    values = rng.normal(size=(len(rows), len(FEATURE_SETS[name].columns)))
    values[:, list(compared.columns)] = rows * compared.units
    return {name: Features(np.arange(len(rows), dtype=np.float32) * 10, values.astype(np.float32))}


def song(name: str, *genres: str, artist: str | None = None) -> Song:
    return Song(name, f"key {name}", f"/{name}.mp3", name, artist, 240.0, f"content {name}", genres)
