"""How rough, noisy and changing a spectrum is, frame by frame."""

from __future__ import annotations

import numpy as np

from genrefit.features import filterbanks

AMIN = np.float32(1e-10)
"""Power that stands for nothing, as in librosa."""
TOP_DB = np.float32(80.0)


def power_to_db(power: np.ndarray) -> np.ndarray:
    """Decibels, at most 80 below the loudest."""
    db = np.log(np.maximum(power, AMIN))
    db *= np.float32(10.0 / np.log(10.0))
    return np.maximum(db, db.max() - TOP_DB, out=db)


def contrast(magnitude: np.ndarray) -> np.ndarray:
    """Loudest against faintest 2 % of the bins by octave band, in dB [shape=(frames, 7)].

    Source: Jiang et al., Music type classification by spectral contrast feature (2002).
    """
    peak, valley = np.empty((2, len(magnitude), 7), dtype=np.float32)
    for band, (first, end, count) in enumerate(filterbanks.contrast_bands()):
        ordered = np.sort(magnitude[:, first:end], axis=1)
        peak[:, band] = ordered[:, -count:].mean(axis=1)
        valley[:, band] = ordered[:, :count].mean(axis=1)
    return power_to_db(peak) - power_to_db(valley)


def flux(magnitude: np.ndarray) -> np.ndarray:
    """Squared distance between successive spectra of unit sum [shape=(frames - 1,)].

    Source: Tzanetakis and Cook, Musical genre classification of audio signals (2002). As
    |a - b|^2 = |a|^2 + |b|^2 - 2ab, no difference has to be formed. A silent frame is a spectrum
    of zeros.
    """
    total = magnitude.sum(axis=1, dtype=np.float64)
    total[total == 0] = 1.0
    square = np.einsum("ij,ij->i", magnitude, magnitude) / total**2
    cross = np.einsum("ij,ij->i", magnitude[1:], magnitude[:-1]) / (total[1:] * total[:-1])
    return np.maximum(square[1:] + square[:-1] - 2 * cross, 0.0)


def flatness(power: np.ndarray) -> np.ndarray:
    """Geometric over arithmetic mean of each frame's power [shape=(frames,)]."""
    floored = np.maximum(power, AMIN)
    arithmetic = floored.mean(axis=1)
    return np.exp(np.log(floored, out=floored).mean(axis=1)) / arithmetic
