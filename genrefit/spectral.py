"""What one short-time spectrum tells of a segment, frame by frame: librosa's features in numpy.

librosa is the tests' oracle only: its first calls in a process compile for 13 s, and one call a
feature transforms the same samples again and again. Here a segment is transformed once, in
blocks that stay in the processor's cache, and every feature is read off that.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.fft

from genrefit import filters
from genrefit.filters import BIN_HZ, BINS, CHROMA, HOP, N_FFT

BLOCK = 32
"""Frames that are worked on at once."""
GROUP = 32
GROUPS = -(-BINS // GROUP)
"""Bins are summed in groups: float32 is exact enough within one, float64 joins them."""
NARROW_HZ = 400.0
"""Below this bandwidth float32's rounding would show in it: such frames are done in float64."""
AMIN = 1e-10
TOP_DB = 80.0


class Spectra:
    """The spectrum of one segment `y` [shape=(n,), float32 at 22,050 Hz] and frame-wise features.

    Frames are centred and zero-padded as librosa's; `series` holds one array [shape=(frames,)]
    or [shape=(frames, k)] a feature, `onsets` the onset envelope [shape=(frames,)]. `timbre`
    asks for what only the feature set of that name needs.
    """

    def __init__(self, y: np.ndarray, *, timbre: bool = False) -> None:
        self.n_frames = 1 + y.size // HOP
        self.padded = np.zeros((self.n_frames + 3) * HOP, dtype=np.float32)
        self.padded[N_FFT // 2 : N_FFT // 2 + y.size] = y[: self.padded.size - N_FFT // 2]
        self.power = np.empty((self.n_frames, BINS), dtype=np.float32)
        self.series: dict[str, np.ndarray] = {
            "rms": _rms(self.padded, self.n_frames),
            "zcr": _zero_crossing_rate(y, self.n_frames),
        }
        self._transform(timbre=timbre)
        log_mel = _power_to_db(self.power @ filters.mel())
        self.onsets = _onsets(log_mel)
        self.series["chroma"] = _chroma(self.power)
        if timbre:
            self.series["mfcc"] = log_mel @ filters.dct()
            self.series["flatness"] = _flatness(self.power)
        else:  # the mean of the transforms is the transform of the mean
            self.series["mfcc"] = log_mel.mean(axis=0, dtype=np.float64)[None] @ filters.dct()

    def _transform(self, *, timbre: bool) -> None:
        """Fill `power`, and the series that need magnitudes."""
        shape = np.empty((self.n_frames, 3))
        extremes = []
        flux = np.empty(self.n_frames)
        frames = np.lib.stride_tricks.sliding_window_view(self.padded, N_FFT)[::HOP]
        magnitude = np.zeros((BLOCK, GROUPS * GROUP), dtype=np.float32)
        windowed = np.empty((BLOCK, N_FFT), dtype=np.float32)
        last = None
        for i in range(0, self.n_frames, BLOCK):
            block = frames[i : i + BLOCK]
            k = len(block)
            np.multiply(block, _window32(), out=windowed[:k])
            power, mag = self.power[i : i + k], magnitude[:k]
            _power(scipy.fft.rfft(windowed[:k]), out=power)
            np.sqrt(power, out=mag[:, :BINS])
            shape[i : i + k] = _shape(mag)
            narrow = np.flatnonzero((shape[i : i + k, 1] < NARROW_HZ) & (shape[i : i + k, 0] > 0))
            if narrow.size:
                exact = scipy.fft.rfft(block[narrow] * filters.window())
                mag[narrow, :BINS] = np.abs(exact)
                power[narrow] = np.square(np.abs(exact))
                shape[i + narrow] = _shape(mag[narrow])
            if timbre:
                extremes.append(_extremes(mag))
                flux[i : i + k], last = _flux(mag, last)
        names = ("spec_cent", "spec_bw", "rolloff")
        self.series |= {name: shape[:, column] for column, name in enumerate(names)}
        if timbre:
            peak, valley = np.concatenate(extremes, axis=1)
            self.series["contrast"] = _power_to_db(peak) - _power_to_db(valley)
            self.series["flux"] = flux[1:]


@lru_cache(maxsize=1)
def _window32() -> np.ndarray:
    return filters.window().astype(np.float32)


def _power(spectrum: np.ndarray, *, out: np.ndarray) -> None:
    """|z|^2 of complex64 `spectrum` [shape=(frames, BINS)]."""
    parts = spectrum.view(np.float32)
    np.multiply(parts, parts, out=parts)
    np.add(parts[:, ::2], parts[:, 1::2], out=out)


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
    return np.minimum(group * GROUP + (within < threshold).sum(axis=1), BINS - 1)


def _power_to_db(power: np.ndarray) -> np.ndarray:
    """Decibels, at most 80 below the loudest."""
    db = np.log(np.maximum(power, np.float32(AMIN)))
    db *= np.float32(10.0 / np.log(10.0))
    return np.maximum(db, db.max() - np.float32(TOP_DB), out=db)


def _onsets(log_mel: np.ndarray) -> np.ndarray:
    """Median rise in dB from frame to frame [shape=(frames,)], moved to the frames' middles."""
    half = log_mel.shape[1] // 2
    rise = np.partition(np.diff(log_mel, axis=0), (half - 1, half), axis=1)
    rise = np.maximum(rise[:, half - 1 : half + 1], 0.0).mean(axis=1)
    delay = 1 + N_FFT // (2 * HOP)
    return np.concatenate([np.zeros(delay, dtype=rise.dtype), rise])[: len(log_mel)]


def _chroma(power: np.ndarray) -> np.ndarray:
    """Chroma of each frame, its largest class scaled to 1 [shape=(frames, CHROMA)]."""
    raw = power @ filters.chroma(tuning(power))
    largest = raw.max(axis=1, keepdims=True)
    return raw / np.where(largest < np.finfo(np.float32).tiny, np.float32(1), largest)


def tuning(power: np.ndarray) -> float:
    """How far from A = 440 Hz the peaks of `power` [shape=(frames, BINS)] lie, in semitones.

    As librosa: peaks between 150 and 4,000 Hz of at least a tenth of their frame's largest are
    placed by parabolic interpolation; of the louder half, the most frequent residual.
    """
    low, high = int(np.ceil(150.0 / BIN_HZ)), int(np.ceil(4000.0 / BIN_HZ))
    floor = np.float32(0.1) * power.max(axis=1, keepdims=True)
    here = power[:, low:high]
    peaks = (here > floor) & (here > power[:, low - 1 : high - 1])
    peaks &= here >= power[:, low + 1 : high + 1]
    frame, k = np.divmod(np.flatnonzero(peaks), high - low)
    if not frame.size:
        return 0.0
    k += low
    left, middle, right = power[frame, k - 1], power[frame, k], power[frame, k + 1]
    a, b = left + right - 2 * middle, (right - left) / 2
    steep = np.abs(b) >= np.abs(a)
    shift = np.where(steep, np.float32(0), -b / np.where(steep, np.float32(1), a))
    height = middle + np.float32(0.5) * b * shift
    pitch = ((k + shift) * BIN_HZ).astype(np.float32)
    pitch = pitch[height >= np.median(height)]
    residual = np.mod(CHROMA * np.log2(pitch / np.float32(440.0 / 16)), 1.0)
    residual[residual >= 0.5] -= 1.0
    counts, edges = np.histogram(residual, np.linspace(-0.5, 0.5, 101))
    return float(edges[np.argmax(counts)])


def _rms(padded: np.ndarray, n_frames: int) -> np.ndarray:
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
    return hops[:-3] + hops[1:-2] + hops[2:-1] + hops[3:]


def _flatness(power: np.ndarray) -> np.ndarray:
    """Geometric over arithmetic mean of each frame's power."""
    floored = np.maximum(power, np.float32(AMIN))
    arithmetic = floored.mean(axis=1)
    return np.exp(np.log(floored, out=floored).mean(axis=1)) / arithmetic


def _extremes(magnitude: np.ndarray) -> np.ndarray:
    """Means of the loudest and of the faintest 2 % of bins by octave [shape=(2, frames, 7)]."""
    found = np.empty((2, len(magnitude), 7), dtype=np.float32)
    for band, (first, end, count) in enumerate(filters.contrast_bands()):
        part = magnitude[:, first:end]
        if count == 1:
            found[0, :, band], found[1, :, band] = part.max(axis=1), part.min(axis=1)
            continue
        part = np.partition(part, (count - 1, part.shape[1] - count), axis=1)
        found[0, :, band] = part[:, -count:].mean(axis=1)
        found[1, :, band] = part[:, :count].mean(axis=1)
    return found


def _flux(magnitude: np.ndarray, last: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Squared distance between successive spectra of unit sum, and the block's last spectrum.

    Source: Tzanetakis and Cook, Musical genre classification of audio signals (2002). The first
    frame of all has no predecessor; its value is not to be used.
    """
    total = magnitude.sum(axis=1, keepdims=True)
    unit = magnitude / np.where(total > 0, total, np.float32(1))
    before = np.concatenate([unit[:1] if last is None else last, unit[:-1]])
    return np.square(unit - before).sum(axis=1), unit[-1:].copy()
