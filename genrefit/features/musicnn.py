"""The pretrained ear: musicnn, trained by its authors on listeners' tags of the Million Songs.

Per 10-second segment it gives the mean, over three-second patches, of the network's last hidden
layer (200 numbers) and of the logits of its 50 tags. Needs numpy, scipy, onnxruntime and the
network that `weights.fetch` stores.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from genrefit.config import Home
from genrefit.errors import EarError
from genrefit.features import filterbanks
from genrefit.features.weights import network_store
from genrefit.features.weights.fetch import NETWORK, ear_folder
from genrefit.features.weights.musicnn_graph import BATCH, FRAMES, MELS

VERSION = 2
"""Version of the numbers that `embed` gives; stored features of another version are not mixed."""
SR = 16_000
"""Sample rate in Hz of the segments that `embed` takes."""
_NAMES = (
    "rock pop alternative indie electronic female_vocalists dance 00s alternative_rock jazz "
    "beautiful metal chillout male_vocalists classic_rock soul indie_rock Mellow electronica 80s "
    "folk 90s chill instrumental punk oldies blues hard_rock ambient acoustic experimental "
    "female_vocalist guitar Hip-Hop 70s party country easy_listening sexy catchy funk electro "
    "heavy_metal Progressive_rock 60s rnb indie_pop sad House happy"
)
TAGS = tuple(name.replace("_", " ") for name in _NAMES.split())
"""The network's 50 tags, in its order and spelling."""
COLUMNS = (*(f"ear{n}" for n in range(1, 201)), *(f"tag:{tag}" for tag in TAGS))
"""Names of the columns that `embed` gives."""

N_FFT = 512
HOP_LENGTH = 256
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
    window = filterbanks.hann(N_FFT, np.float32)
    filters = filterbanks.mel_filters(sr=SR, n_fft=N_FFT, n_mels=MELS)
    mel = np.empty((len(frames), MELS), np.float32)
    for start in range(0, len(frames), _BLOCK):
        spectrum = fft.rfft(frames[start : start + _BLOCK] * window, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        np.matmul(power, filters, out=mel[start : start + _BLOCK])
    mel *= 10_000
    mel += 1
    return np.log10(mel, out=mel)


def embed(segments: Sequence[np.ndarray], *, home: Home) -> np.ndarray:
    """Return the ear's numbers of mono 16 kHz `segments`, a row each [shape=(n, 250), float32].

    A row is the mean over the segment's patches: as the network's authors do, patches of 187
    frames (3 s) lie end to end from the segment's start, so that 10 s hold three and a tail of
    5 s one; a rest that fills no patch is not used. Columns are `COLUMNS`.

    Raises
    ------
    EarError
        if `home` has no ear, or a segment is shorter than one patch (3 s).
    """
    patches = [patches_of(segment) for segment in segments]
    counts = [len(patch) for patch in patches]
    if not patches:
        return np.empty((0, len(COLUMNS)), np.float32)
    outputs = _run_network(np.concatenate(patches), ear_folder(home))
    starts = np.cumsum([0, *counts[:-1]])
    return np.asarray(np.add.reduceat(outputs, starts) / np.array(counts, np.float32)[:, None])


def patches_of(segment: np.ndarray) -> np.ndarray:
    """Cut a segment's log-mel spectrogram into whole patches [shape=(patches, 187, 96)]."""
    spectrogram = log_mel(segment)
    count = len(spectrogram) // FRAMES
    if count == 0:
        raise EarError(
            f"a segment of {len(segment) / SR:.1f} s is too short for the ear, which needs 3 s"
        )
    return spectrogram[: count * FRAMES].reshape(count, FRAMES, MELS)


def _run_network(patches: np.ndarray, folder: Path) -> np.ndarray:
    """Run the network over `patches` in batches that bound its memory [shape=(n, 250)]."""
    session = _session(folder)
    batches = [patches[at : at + BATCH] for at in range(0, len(patches), BATCH)]
    outputs = [session.run(["penultimate", "logits"], {"log_mel": b}) for b in batches]
    return np.concatenate([np.hstack(output) for output in outputs])


@lru_cache(maxsize=2)
def _session(folder: Path) -> Any:
    """Open a folder's network once a process."""
    return network_store.open_network(NETWORK, folder)


def sounds_like(values: np.ndarray) -> dict[str, float]:
    """Return the 50 tags' mean activations over a song, most active first.

    `values` [shape=(n, 250)] is what `embed` gave. An activation is the network's own judgement
    of one tag by itself, 0 to 1; they do not sum to one.
    """
    from scipy.special import expit

    activations = expit(np.asarray(values, np.float64)[:, -len(TAGS) :]).mean(axis=0)
    order = np.argsort(-activations, kind="stable")
    return {TAGS[n]: float(activations[n]) for n in order}
