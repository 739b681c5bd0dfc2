"""Tempo and beats from an onset envelope: librosa 0.11's beat_track in numpy.

Sources: Grosche, Müller and Kurth, Cyclic tempogram (2010), for the tempo; Ellis, Beat tracking
by dynamic programming (2007), for the beats.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from genrefit import config
from genrefit.features.buffers import buffer
from genrefit.features.filterbanks import HOP, hann

LAGS = int(8.0 * config.SR / HOP)
"""The tempogram looks at 8 s at a time [frames]."""
START_BPM = 120.0
MAX_BPM = 320.0
TIGHTNESS = 100.0


def tempo_and_beats(onsets: np.ndarray) -> tuple[float, int]:
    """Return the tempo in beats a minute and the number of beats in `onsets` [shape=(frames,)].

    Where nothing begins there is no tempo and no beat: (0, 0).
    """
    if not onsets.any():
        return 0.0, 0
    bpm = tempo(onsets)
    return bpm, beat_count(onsets, bpm=bpm)


def tempo(onsets: np.ndarray) -> float:
    """The tempo in beats a minute that explains `onsets` [shape=(frames,)] best."""
    lag = np.argmax(np.log1p(1e6 * tempogram_mean(onsets)) + _log_prior())
    return float(60.0 * config.SR / (HOP * lag))


def tempogram_mean(onsets: np.ndarray) -> np.ndarray:
    """Mean over frames of the normalised autocorrelation of 8 s about each [shape=(LAGS,)].

    With the windowed, normalised frames as rows of A, all their autocorrelations sum up along
    the diagonals of A'A: one product instead of a transform a frame, and as nothing in it is
    negative, nothing cancels, so that lags without any common onset are exactly 0.
    """
    padded = np.pad(onsets.astype(np.float64), LAGS // 2, mode="linear_ramp", end_values=0)
    frames = np.lib.stride_tricks.sliding_window_view(padded.astype(np.float32), LAGS)
    rows = buffer("tempogram", (onsets.size, LAGS))
    np.multiply(frames[: onsets.size], hann(LAGS, np.float32), out=rows)
    energy = np.einsum("ij,ij->i", rows, rows)
    audible = energy > np.finfo(np.float32).tiny
    rows *= np.where(audible, 1 / np.sqrt(np.where(audible, energy, 1)), 0)[:, None]
    products = buffer("products", (LAGS, 2 * LAGS))  # its right half stays zeros
    np.matmul(rows.T, rows, out=products[:, :LAGS])
    down, right = products.strides
    # Row i from its diagonal element on; what lies past the last column is 0.
    diagonals = np.lib.stride_tricks.as_strided(
        products, shape=(LAGS, LAGS), strides=(down + right, right)
    )
    return np.asarray(diagonals.sum(axis=0, dtype=np.float64) / onsets.size)


@lru_cache(maxsize=1)
def _log_prior() -> np.ndarray:
    with np.errstate(divide="ignore"):
        bpms = 60.0 * config.SR / (HOP * np.arange(LAGS))
        prior: np.ndarray = -0.5 * (np.log2(bpms) - np.log2(START_BPM)) ** 2
    prior[: int(np.argmax(bpms < MAX_BPM))] = -np.inf
    return np.asarray(prior)


def beat_count(onsets: np.ndarray, *, bpm: float) -> int:
    """How many beats at about `bpm` beats a minute `onsets` [shape=(frames,)] hold."""
    period = int(np.round(config.SR / HOP * 60.0 / bpm))
    score = _local_score(onsets, period=period)
    total, back = _track(score, period=period)
    beats = []
    frame = _last_beat(total)
    while frame >= 0:
        beats.append(frame)
        frame = back[frame]
    return _count_trimmed(score, np.array(beats[::-1]))


def _local_score(onsets: np.ndarray, *, period: int) -> np.ndarray:
    """Onsets at unit deviation, smoothed by a Gaussian of a thirty-second of a beat."""
    scaled = onsets / (onsets.std(ddof=1) + np.finfo(onsets.dtype).tiny)
    bell = np.exp(-0.5 * (np.arange(-period, period + 1) * 32.0 / period) ** 2)
    return np.convolve(scaled.astype(np.float64), bell)[period : period + onsets.size]


def _track(score: np.ndarray, *, period: int) -> tuple[np.ndarray, np.ndarray]:
    """Best total score of a beat sequence ending in each frame, and each frame's predecessor.

    A beat's predecessor lies half a period to two periods back, so half a period of frames can
    be decided at once.
    """
    n, nearest, farthest = score.size, int(np.round(period / 2)), 2 * period
    gaps = np.arange(nearest, farthest + 1)
    cost = TIGHTNESS * (np.log(gaps) - np.log(period)) ** 2
    # In front stand `farthest` frames before the beginning, which no beat can come from.
    total = np.concatenate([np.full(farthest, -np.inf), score])
    best = np.zeros(n, dtype=np.int64)
    # Row i holds the totals of frames i - nearest down to i - farthest, the nearest first.
    before = np.lib.stride_tricks.sliding_window_view(total, gaps.size)[:, ::-1]
    for i in range(nearest, n, nearest):  # frames before `nearest` have no predecessor
        options = before[i : min(i + nearest, n)] - cost
        options.argmax(axis=1, out=best[i : i + len(options)])
        total[farthest + i : farthest + i + len(options)] += options.max(axis=1)
    back = np.arange(n) - gaps[best]
    # No beats before the first real onset.
    back[: max(nearest, int(np.argmax(score >= 0.01 * score.max())))] = -1
    return total[farthest:], back


def _last_beat(total: np.ndarray) -> int:
    """The last local maximum of at least half the median one."""
    peaks = np.flatnonzero((total[1:-1] > total[:-2]) & (total[1:-1] >= total[2:])) + 1
    if total[-1] > total[-2]:
        peaks = np.append(peaks, total.size - 1)
    if not peaks.size:
        return total.size - 1
    high = peaks[total[peaks] >= 0.5 * np.median(total[peaks])]
    return int(high[-1]) if high.size else total.size - 1


def _count_trimmed(score: np.ndarray, beats: np.ndarray) -> int:
    """Count `beats` after weak ones at both ends are dropped, as librosa's trim does."""
    smooth = np.convolve(score[beats], np.hanning(5))[2 : score.size + 2]
    loud = np.flatnonzero(score > 0.5 * np.sqrt(np.mean(smooth**2)))
    if not loud.size:
        return 0
    return int(np.count_nonzero((beats >= loud[0]) & (beats <= loud[-1])))
