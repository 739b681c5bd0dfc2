"""Frame-wise features of one segment from one short-time spectrum: librosa's, in numpy.

librosa is the tests' oracle only: its first calls in a process compile for 13 s, and one call a
feature transforms the same samples again and again. Here a segment is transformed once, in
blocks that stay in the processor's cache, and every feature is read off that.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.fft

from genrefit.features import filterbanks
from genrefit.features.buffers import buffer
from genrefit.features.chroma import chroma
from genrefit.features.filterbanks import BIN_HZ, BINS, HOP, N_FFT, contrast_bands, hann

BLOCK = 32
"""Frames that are worked on at once."""
GROUP = 32
GROUPS = -(-BINS // GROUP)
"""Bins are summed in groups: float32 is exact enough within one, float64 joins them."""
NARROW_HZ = 400.0
"""Below this bandwidth float32's rounding would show in it: such frames are done in float64."""
AMIN = np.float32(1e-10)
"""Power that stands for nothing, as in librosa."""
TOP_DB = np.float32(80.0)


class Spectra:
    """The spectrum of one segment `y` [shape=(n,), float32 at 22,050 Hz] and frame-wise features.

    Frames are centred and zero-padded as librosa's; `series` holds one array [shape=(frames,)]
    or [shape=(frames, k)] a feature, `onsets` the onset envelope [shape=(frames,)]. `timbre`
    asks for what only the feature set of that name needs. `power` and `magnitude` [shape=(frames,
    BINS or more)] are this thread's until its next segment.
    """

    def __init__(self, y: np.ndarray, *, timbre: bool = False) -> None:
        self.n_frames = 1 + y.size // HOP
        self.padded = _padded(y, (self.n_frames + 3) * HOP)
        self.power = buffer("power", (self.n_frames, BINS))
        self.magnitude = buffer("magnitude", (self.n_frames, GROUPS * GROUP))
        shape = self._transform()
        log_mel = power_to_db(_mel(self.power))
        self.onsets = _onsets(log_mel)
        self.series: dict[str, np.ndarray] = {
            "chroma": chroma(self.power),
            "rms": _rms(self.padded),
            "spec_cent": shape[:, 0],
            "spec_bw": shape[:, 1],
            "rolloff": shape[:, 2],
            "zcr": _zero_crossing_rate(y, self.n_frames),
        }
        if timbre:
            self.series |= {
                "mfcc": log_mel @ filterbanks.dct(),
                "contrast": contrast(self.magnitude),
                "flux": flux(self.magnitude),
                "flatness": flatness(self.power),
            }
        else:  # the mean of the transforms is the transform of the mean
            self.series["mfcc"] = log_mel.mean(axis=0, dtype=np.float64)[None] @ filterbanks.dct()

    def _transform(self) -> np.ndarray:
        """Fill `power` and `magnitude`; return what `_shape` does."""
        frames = np.lib.stride_tricks.sliding_window_view(self.padded, N_FFT)[::HOP]
        windowed = buffer("windowed", (BLOCK, N_FFT))
        for i in range(0, self.n_frames, BLOCK):
            block = frames[i : i + BLOCK]
            np.multiply(block, hann(N_FFT, np.float32), out=windowed[: len(block)])
            power = self.power[i : i + BLOCK]
            _power(scipy.fft.rfft(windowed[: len(block)]), out=power)
            np.sqrt(power, out=self.magnitude[i : i + BLOCK, :BINS])
        shape = _shape(self.magnitude)
        narrow = np.flatnonzero((shape[:, 1] < NARROW_HZ) & (shape[:, 0] > 0))
        if narrow.size:
            exact = np.abs(scipy.fft.rfft(frames[narrow] * hann(N_FFT)))
            self.magnitude[narrow, :BINS] = exact
            self.power[narrow] = np.square(exact)
            shape[narrow] = _shape(self.magnitude[narrow])
        return shape


def _padded(y: np.ndarray, size: int) -> np.ndarray:
    """`y` after half a frame of zeros and before as many as make up `size`."""
    padded = buffer("padded", (size,))
    end = min(N_FFT // 2 + y.size, size)
    padded[N_FFT // 2 : end] = y[: end - N_FFT // 2]
    padded[end:] = 0.0
    return padded


def _power(spectrum: np.ndarray, *, out: np.ndarray) -> None:
    """|z|^2 of complex64 `spectrum` [shape=(frames, BINS)]."""
    imaginary = buffer("imaginary", (BLOCK, BINS))[: len(out)]
    np.square(spectrum.real, out=out)
    np.square(spectrum.imag, out=imaginary)
    np.add(out, imaginary, out=out)


def _shape(magnitude: np.ndarray) -> np.ndarray:
    """Centroid, bandwidth and 85 % roll-off in Hz of each row [shape=(frames, 3)].

    Moments are taken about the middle of each group of bins and then moved to the centroid, so
    that nothing large is ever subtracted from something as large.
    """
    n = len(magnitude)
    groups = magnitude.reshape(n, GROUPS, GROUP)
    moments = (groups.reshape(-1, GROUP) @ _powers()).reshape(n, GROUPS, 3).astype(np.float64)
    m0, m1, m2 = moments[..., 0], moments[..., 1], moments[..., 2]
    middles = np.arange(GROUPS) * GROUP + (GROUP - 1) / 2
    total = m0.sum(axis=1)
    weight = np.where(total > 0, total, 1.0)
    centroid = (m1.sum(axis=1) + m0 @ middles) / weight
    d = middles - centroid[:, None]
    variance = (m2 + d * (2 * m1 + d * m0)).sum(axis=1) / weight
    bandwidth = np.sqrt(np.maximum(variance, 0.0))
    return np.column_stack([centroid, bandwidth, _rolloff(groups, m0)]) * BIN_HZ


@lru_cache(maxsize=1)
def _powers() -> np.ndarray:
    offsets = np.arange(GROUP) - (GROUP - 1) / 2
    return np.stack([offsets**0, offsets, offsets**2], axis=1).astype(np.float32)


def _rolloff(groups: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """The bin below which 85 % of each row's magnitude lies: first the group, then the bin."""
    rows = np.arange(len(groups))
    below = np.cumsum(sums, axis=1)
    threshold = 0.85 * below[:, -1:]
    group = (below < threshold).sum(axis=1)
    before = np.where(group > 0, below[rows, group - 1], 0.0)
    within = np.cumsum(groups[rows, group], axis=1, dtype=np.float64) + before[:, None]
    return np.asarray(np.minimum(group * GROUP + (within < threshold).sum(axis=1), BINS - 1))


def _mel(power: np.ndarray) -> np.ndarray:
    """Mel spectrum [shape=(frames, MELS)]."""
    mel = np.empty((len(power), filterbanks.MELS), dtype=np.float32)
    for bins, mels, weights in filterbanks.mel_filter_parts():
        np.matmul(power[:, bins], weights, out=mel[:, mels])
    return mel


def _onsets(log_mel: np.ndarray) -> np.ndarray:
    """Median rise in dB from frame to frame [shape=(frames,)], moved to the frames' middles."""
    half = log_mel.shape[1] // 2
    rise = np.sort(np.diff(log_mel, axis=0), axis=1)  # quicker than partition, thanks to SIMD
    rise = np.maximum(rise[:, half - 1 : half + 1], 0.0).mean(axis=1)
    delay = 1 + N_FFT // (2 * HOP)
    return np.concatenate([np.zeros(delay, dtype=rise.dtype), rise])[: len(log_mel)]


def _rms(padded: np.ndarray) -> np.ndarray:
    """Root mean square of each frame, from sums over hops."""
    hops = padded.reshape(-1, HOP)
    return np.sqrt(_four_hops(np.einsum("ij,ij->i", hops, hops).astype(np.float64)) / N_FFT)


def _zero_crossing_rate(y: np.ndarray, n_frames: int) -> np.ndarray:
    """Share of samples in each frame whose sign differs from the sample's before."""
    negative = y < -1e-10
    crossing = np.zeros((n_frames + 3) * HOP, dtype=bool)
    start = N_FFT // 2 + 1
    end = min(start + y.size - 1, crossing.size)
    np.not_equal(negative[1:], negative[:-1], out=crossing[start:end])
    hops = np.count_nonzero(crossing.reshape(-1, HOP), axis=1)
    # A frame's first sample has none before it in the frame.
    return (_four_hops(hops) - crossing[::HOP][:n_frames]) / N_FFT


def _four_hops(hops: np.ndarray) -> np.ndarray:
    return np.asarray(hops[:-3] + hops[1:-2] + hops[2:-1] + hops[3:])


def power_to_db(power: np.ndarray) -> np.ndarray:
    """Decibels, at most 80 below the loudest."""
    db = np.log(np.maximum(power, AMIN))
    db *= np.float32(10.0 / np.log(10.0))
    return np.asarray(np.maximum(db, db.max() - TOP_DB, out=db))


def contrast(magnitude: np.ndarray) -> np.ndarray:
    """Loudest against faintest 2 % of the bins by octave band, in dB [shape=(frames, 7)].

    Source: Jiang et al., Music type classification by spectral contrast feature (2002).
    """
    peak, valley = np.empty((2, len(magnitude), 7), dtype=np.float32)
    for band, (first, end, count) in enumerate(contrast_bands()):
        ordered = np.sort(magnitude[:, first:end], axis=1)
        peak[:, band] = ordered[:, -count:].mean(axis=1)
        valley[:, band] = ordered[:, :count].mean(axis=1)
    return np.asarray(power_to_db(peak) - power_to_db(valley))


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
    return np.asarray(np.maximum(square[1:] + square[:-1] - 2 * cross, 0.0))


def flatness(power: np.ndarray) -> np.ndarray:
    """Geometric over arithmetic mean of each frame's power [shape=(frames,)]."""
    floored = np.maximum(power, AMIN)
    arithmetic = floored.mean(axis=1)
    return np.asarray(np.exp(np.log(floored, out=floored).mean(axis=1)) / arithmetic)
