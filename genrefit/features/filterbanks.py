"""Constant tables: windows and mel filters of any size; chroma, contrast, DCT at 22,050 Hz.

All are made as librosa 0.11 makes them by default (tests compare them with librosa's), so that
features computed from them equal librosa's.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from genrefit import config

N_FFT = 2048
HOP = 512
BINS = N_FFT // 2 + 1
MELS = 128
MFCCS = 20
CHROMA = 12
BIN_HZ = config.SR / N_FFT
"""Width of a frequency bin in Hz."""


@lru_cache(maxsize=8)
def hann(size: int, dtype: type[np.floating] = np.float64) -> np.ndarray:
    """Periodic Hann window [shape=(size,)], computed in float64."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(dtype)


@lru_cache(maxsize=4)
def mel_filters(*, sr: int, n_fft: int, n_mels: int) -> np.ndarray:
    """Triangles of equal area on Slaney's mel scale, 0 Hz to `sr` / 2.

    Returns [shape=(1 + n_fft // 2, n_mels), float32].

    Source: Slaney, Auditory Toolbox (1998): linear below 1 kHz, logarithmic above.
    """
    hz_per_mel, knee, step = 200.0 / 3, 1000.0, np.log(6.4) / 27.0
    top = knee / hz_per_mel + np.log(sr / 2 / knee) / step
    mels = np.linspace(0.0, top, n_mels + 2)
    edges = np.where(
        mels < knee / hz_per_mel,
        mels * hz_per_mel,
        knee * np.exp(step * (mels - knee / hz_per_mel)),
    )
    ramps = edges[:, None] - np.arange(1 + n_fft // 2) * (sr / n_fft)
    widths = np.diff(edges)
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    area = 2.0 / (edges[2:] - edges[:-2])
    weights = np.maximum(0.0, np.minimum(rising, falling)) * area[:, None]
    return np.ascontiguousarray(weights.T, dtype=np.float32)


@lru_cache(maxsize=4)
def htk_mel_filters(*, sr: int, n_fft: int, n_mels: int, low: float, high: float) -> np.ndarray:
    """Triangles of equal height on the mel scale of HTK, `low` to `high` Hz.

    Returns [shape=(1 + n_fft // 2, n_mels), float32]. Slopes are straight in mels, and the bin of
    0 Hz belongs to none, as in TensorFlow's `linear_to_mel_weight_matrix`.

    Source: S. Young et al., The HTK Book, 5.4: 1127 ln(1 + f / 700) mels.
    """
    lowest, highest = _htk_mels(np.array([low, high]))
    edges = np.linspace(lowest, highest, n_mels + 2)
    bins = _htk_mels(np.arange(1 + n_fft // 2) * (sr / n_fft))[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0.0, np.minimum(rising, falling))
    weights[0] = 0.0
    return np.asarray(weights, np.float32)


def _htk_mels(hz: np.ndarray) -> np.ndarray:
    return np.asarray(1127.0 * np.log1p(hz / 700.0))


@lru_cache(maxsize=1)
def mel_filter_parts() -> tuple[tuple[slice, slice, np.ndarray], ...]:
    """The mel filters in parts of 8: which bins each part needs, which mels it gives, weights.

    A filter spans few bins, so a part's product costs a small share of the whole table's.
    """
    filters = mel_filters(sr=config.SR, n_fft=N_FFT, n_mels=MELS)
    parts = []
    for first in range(0, MELS, 8):
        mels = slice(first, first + 8)
        used = np.flatnonzero(filters[:, mels].any(axis=1))
        bins = slice(int(used[0]), int(used[-1]) + 1)
        parts.append((bins, mels, np.ascontiguousarray(filters[bins, mels])))
    return tuple(parts)


@lru_cache(maxsize=128)
def chroma_filters(tuning: float) -> np.ndarray:
    """Chroma filters, C first [shape=(BINS, CHROMA), float32], `tuning` in fractions of a semitone.

    Source: Ellis, chroma feature analysis and synthesis (2007): Gaussian bumps a semitone wide,
    weighted by a Gaussian of two octaves about the fifth octave.
    """
    a440 = 440.0 * 2.0 ** (tuning / CHROMA)
    hz = np.arange(1, N_FFT) * BIN_HZ
    pitch = CHROMA * np.log2(hz / (a440 / 16))
    # The bin of 0 Hz has no pitch: librosa puts it 1.5 octaves below the first.
    pitch = np.concatenate(([pitch[0] - 1.5 * CHROMA], pitch))
    width = np.concatenate((np.maximum(np.diff(pitch), 1.0), [1.0]))
    distance = pitch[:BINS, None] - np.arange(CHROMA)
    distance = np.remainder(distance + CHROMA / 2 + 10 * CHROMA, CHROMA) - CHROMA / 2
    weights = np.exp(-0.5 * (2 * distance / width[:BINS, None]) ** 2)
    weights /= np.sqrt((weights**2).sum(axis=1, keepdims=True))
    weights *= np.exp(-0.5 * ((pitch[:BINS, None] / CHROMA - 5.0) / 2.0) ** 2)
    return np.ascontiguousarray(np.roll(weights, -3, axis=1), dtype=np.float32)


@lru_cache(maxsize=1)
def dct() -> np.ndarray:
    """Orthonormal DCT-II onto the first MFCCs [shape=(MELS, MFCCS), float32]."""
    order = np.arange(MFCCS)
    table = np.cos(np.pi * order * (2 * np.arange(MELS)[:, None] + 1) / (2 * MELS))
    table *= np.where(order == 0, np.sqrt(1 / MELS), np.sqrt(2 / MELS))
    return table.astype(np.float32)


@lru_cache(maxsize=1)
def contrast_bands() -> tuple[tuple[int, int, int], ...]:
    """Octave bands of the spectral contrast: (first bin, end bin, bins in a quantile of 2 %).

    Source: Jiang et al., Music type classification by spectral contrast feature (2002), with
    librosa's edges: a band begins one bin early and leaves out its last bin.
    """
    edges = np.concatenate(([0.0], 200.0 * 2.0 ** np.arange(7)))
    hz = np.arange(BINS) * BIN_HZ
    bands = []
    for k, (low, high) in enumerate(pairwise(edges)):
        inside = np.flatnonzero((hz >= low) & (hz <= high))
        last = k == len(edges) - 2
        first, end = inside[0] - (k > 0), BINS if last else inside[-1] + 1
        quantile = max(1, int(np.rint(0.02 * (end - first))))
        bands.append((int(first), int(end if last else end - 1), quantile))
    return tuple(bands)
