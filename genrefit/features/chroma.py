"""Pitch classes of a power spectrum, with the recording's own tuning."""

from __future__ import annotations

import numpy as np

from genrefit.features.filterbanks import BIN_HZ, CHROMA, chroma_filters

LOW = int(np.ceil(150.0 / BIN_HZ))
HIGH = int(np.ceil(4000.0 / BIN_HZ))
"""Bins between which peaks are taken for tones."""


def chroma(power: np.ndarray) -> np.ndarray:
    """Chroma of each frame, its largest class scaled to 1 [shape=(frames, CHROMA)]."""
    raw = power @ chroma_filters(tuning(power))
    largest = raw.max(axis=1, keepdims=True)
    return np.asarray(raw / np.where(largest < np.finfo(np.float32).tiny, np.float32(1), largest))


def tuning(power: np.ndarray) -> float:
    """How far from A = 440 Hz the peaks of `power` [shape=(frames, BINS)] lie, in semitones.

    As librosa: peaks between 150 and 4,000 Hz of at least a tenth of their frame's largest are
    placed by parabolic interpolation; of the louder half, the most frequent residual.
    """
    tones = power[:, LOW:HIGH]
    is_peak = tones > np.float32(0.1) * power.max(axis=1, keepdims=True)
    is_peak &= tones > power[:, LOW - 1 : HIGH - 1]
    is_peak &= tones >= power[:, LOW + 1 : HIGH + 1]
    frame, k = np.divmod(np.flatnonzero(is_peak), HIGH - LOW)
    if not k.size:
        return 0.0
    k += LOW
    left, middle, right = power[frame, k - 1], power[frame, k], power[frame, k + 1]
    a, b = left + right - 2 * middle, (right - left) / 2
    steep = np.abs(b) >= np.abs(a)  # the parabola's top would lie more than a bin away
    shift = np.where(steep, np.float32(0), -b / np.where(steep, np.float32(1), a))
    height = middle + np.float32(0.5) * b * shift
    loud = height >= np.median(height)
    pitch = ((k[loud] + shift[loud]) * BIN_HZ).astype(np.float32)
    residual = np.mod(CHROMA * np.log2(pitch / np.float32(440.0 / 16)), 1.0)
    residual[residual >= 0.5] -= 1.0
    edges = np.linspace(-0.5, 0.5, 101)
    counts = np.bincount(np.searchsorted(edges, residual, side="right") - 1)
    return float(edges[np.argmax(counts)])
