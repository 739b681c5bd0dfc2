"""Resample mono samples and cut them into segments."""

from __future__ import annotations

import numpy as np

from genrefit import config
from genrefit.errors import AudioError

SILENCE = 1e-4
"""A segment whose root mean square stays below this (-80 dB of full scale) holds no music: it is
the noise of a converter or of an encoder."""
RUN = 96_000
"""Samples that are resampled at once."""


def resample(y: np.ndarray, *, orig_sr: int, sr: int) -> np.ndarray:
    """Resample `y` [shape=(n,)] from `orig_sr` to `sr` Hz with soxr HQ, as librosa.load does."""
    y = np.ascontiguousarray(y, dtype=np.float32)
    if orig_sr == sr:
        return y
    import soxr

    # In runs that stay in the processor's cache: the same samples in half of the time.
    stream = soxr.ResampleStream(orig_sr, sr, 1, dtype="float32", quality="HQ")
    out = np.empty(int(y.size * sr / orig_sr) + 1, dtype=np.float32)
    size = 0
    for start in range(0, y.size, RUN):
        run = stream.resample_chunk(y[start : start + RUN], last=start + RUN >= y.size)
        out[size : size + run.size] = run
        size += run.size
    return out[:size]


def cut_segments(y: np.ndarray, *, sr: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """Cut mono `y` [shape=(n,)] into segments of 10 s; a tail of 5 s or more is one too.

    Returns the segments' starts [shape=(segments,), seconds] and the segments, views of `y`.
    Silent ones, of less than -80 dB of full scale, are left out.

    Raises
    ------
    AudioError
        if `y` is shorter than 5 s or all of it is silent.
    """
    length = round(config.SEGMENT_SECONDS * sr)
    shortest = round(config.SHORTEST_SEGMENT_SECONDS * sr)
    if y.size < shortest:
        raise AudioError(
            f"the song lasts {y.size / sr:.1f} s; at least "
            f"{config.SHORTEST_SEGMENT_SECONDS:.0f} s are needed to hear a genre"
        )
    offsets = range(0, y.size - shortest + 1, length)
    pieces = [(offset, y[offset : offset + length]) for offset in offsets]
    audible = [(offset, piece) for offset, piece in pieces if not _silent(piece)]
    if not audible:
        raise AudioError(f"the song's {y.size / sr:.0f} s are nothing but silence")
    return np.array([offset / sr for offset, _ in audible]), [piece for _, piece in audible]


def _silent(y: np.ndarray) -> bool:
    return float(np.dot(y, y)) < SILENCE**2 * len(y)


def at_level(y: np.ndarray, level: float) -> np.ndarray:
    """Return `y` [shape=(n,)] at a root mean square of `level` dB of full scale.

    Silence stays silence.
    """
    rms = float(np.sqrt(np.dot(y, y) / max(len(y), 1)))
    return y if rms == 0.0 else y * np.float32(10.0 ** (level / 20) / rms)
