"""The log-mel spectrogram that musicnn was trained on, with numpy and scipy alone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

SR = 16_000
N_FFT = 512
HOP_LENGTH = 256
N_MELS = 96

_BLOCK = 64
"""Frames transformed at once: their spectra stay in a core's cache."""


def log_mel(y: np.ndarray) -> np.ndarray:
    """Return log10(10000 mel + 1) of mono `y` at 16 kHz [shape=(frames, 96), float32].

    Frames are centred on every 256th sample and padded with silence at both ends, so that there
    are 1 + len(y) // 256. Equal to librosa's melspectrogram with its defaults; the network's
    authors went through float16, which overflows on loud music, so this does not.
    """
    from scipy import fft

    padded = np.pad(np.asarray(y, np.float32), N_FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP_LENGTH]
    window, filters = _hann(), _mel_filters()
    mel = np.empty((len(frames), N_MELS), np.float32)
    for start in range(0, len(frames), _BLOCK):
        spectrum = fft.rfft(frames[start : start + _BLOCK] * window, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        np.matmul(power, filters, out=mel[start : start + _BLOCK])
    mel *= 10_000
    mel += 1
    return np.log10(mel, out=mel)


@lru_cache(maxsize=1)
def _hann() -> np.ndarray:
    """The periodic Hann window."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)
    return window.astype(np.float32)


@lru_cache(maxsize=1)
def _mel_filters() -> np.ndarray:
    """Triangles of equal area on Slaney's mel scale, 0 to 8 kHz [shape=(257, 96)].

    Source: M. Slaney, "Auditory Toolbox", Interval Research Technical Report 1998-010.
    """
    edges = _hz(np.linspace(0.0, _mel(SR / 2), N_MELS + 2))
    widths = np.diff(edges)
    ramps = edges[:, None] - np.fft.rfftfreq(N_FFT, 1 / SR)[None, :]
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    triangles *= (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return np.ascontiguousarray(triangles.T, np.float32)


_LINEAR = 200.0 / 3
_KNEE_HZ = 1000.0
_KNEE_MEL = _KNEE_HZ / _LINEAR
_LOG_STEP = np.log(6.4) / 27


def _mel(hz: float) -> float:
    """Slaney's mel scale for a frequency above its knee of 1 kHz."""
    return float(_KNEE_MEL + np.log(hz / _KNEE_HZ) / _LOG_STEP)


def _hz(mel: np.ndarray) -> np.ndarray:
    """Slaney's mel scale undone: linear up to 1 kHz, logarithmic above."""
    above = _KNEE_HZ * np.exp(_LOG_STEP * (mel - _KNEE_MEL))
    return np.where(mel < _KNEE_MEL, _LINEAR * mel, above)
