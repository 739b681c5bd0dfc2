"""musicnn's network as an ONNX graph, built from its weights to run fast on a plain CPU.

Network: J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging", ISMIR late-breaking demo, 2019. Five branches of convolutions listen to a 3-second log-mel
patch, each pooled over frequency; three convolutions over time follow; maxima and means over time
feed a dense layer of 200 (the "penultimate" embedding), and that one the 50 tags.

The numbers are the original's up to rounding. Three things make it quick: bias, ReLU and batch norm
come after the maximum over frequency instead of before it; the two wide branches are computed
through a Fourier transform over frequency (see `_spectral`), with a quarter of the products; and
the work goes in pieces small enough for a core's cache.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from genrefit.features.weights.onnx_graph import Graph

VERSION = 4
"""Version of the graph: a cached one of another version is built anew."""
FRAMES = 187
"""Frames in a patch: 3 s."""
MELS = 96
BATCH = 1
"""Patches run at once; more at a time outgrow the cache and are slower."""

_EPSILON = 1e-3
_TIMBRAL = (("conv2d", 1), ("conv2d_1", 2))
_TEMPORAL = (("conv2d_2", 3), ("conv2d_3", 4), ("conv2d_4", 5))
_MID = (("conv2d_5", 6), ("conv2d_6", 7), ("conv2d_7", 8))
_GROUP = 17
"""Filters of a wide branch computed together: a twelfth of them, about 1.2 MB in flight."""
_BANDS = 24
"""Mel bands that a narrow branch is computed for together, for the same reason."""
_BINS = MELS // 2

Weights = Mapping[str, np.ndarray]


def build_graph(weights: Weights, *, group: int | None = _GROUP) -> bytes:
    """Return the ONNX model: log_mel [n, 187, 96] -> penultimate [n, 200] and logits [n, 50].

    `group` filters of the wide branches are computed together; with None these branches are plain
    convolutions (benchmarks/ear_speed.py compares).
    """
    g = Graph()
    x = g.affine("log_mel", *_batch_norm(weights, 0))
    image = g.node("Unsqueeze", x, g.integers(1))
    if group:
        spectra = _spectra(g, g.node("Transpose", x, perm=[0, 2, 1]))
        branches = [_spectral(g, spectra, weights, *branch, group=group) for branch in _TIMBRAL]
    else:
        branches = [_direct(g, image, weights, *branch) for branch in _TIMBRAL]
    branches += [_direct(g, image, weights, *branch) for branch in _TEMPORAL]
    front = g.node("Concat", *branches, axis=1)
    every = g.node("Concat", front, *_mid(g, front, weights), axis=1)
    _back(g, every, weights)
    return g.model(
        {"log_mel": ("n", FRAMES, MELS)}, {"penultimate": ("n", 200), "logits": ("n", 50)}
    )


def _angles() -> np.ndarray:
    """The odd frequencies pi (2k + 1) / 96 of a skew-circular transform: no bin is real alone."""
    return np.pi * (2 * np.arange(_BINS) + 1) / MELS


def _spectra(g: Graph, x: str) -> str:
    """Every frame's spectrum over frequency, beside those of its 6 neighbours in time.

    From [n, 96, 187] to [48 bins, 14, n * 187], where 14 is 7 times (real, imaginary).
    """
    rotations = np.exp(-1j * np.outer(_angles(), np.arange(MELS)))
    transform = np.stack([rotations.real, rotations.imag], axis=1).reshape(MELS, MELS)
    padded = g.node("Pad", x, g.integers(0, 0, 3, 0, 0, 3))
    spectrum = g.node("MatMul", g.constant(transform), padded)
    apart = g.reshape(spectrum, 0, _BINS, 2, FRAMES + 6)
    shifted = [
        g.node("Slice", apart, g.integers(at), g.integers(at + FRAMES), g.integers(3))
        for at in range(7)
    ]
    beside = g.node("Transpose", g.node("Concat", *shifted, axis=2), perm=[1, 2, 0, 3])
    return g.reshape(beside, _BINS, 14, -1)


def _spectral(g: Graph, spectra: str, weights: Weights, conv: str, norm: int, *, group: int) -> str:
    """A wide branch (7 frames x 38 or 67 mel bands), pooled over frequency: [n, 204, 187].

    A convolution over frequency is a product of spectra. 96 points are enough: the places where
    the kernel lies wholly on the bands are free of wrap-around. With the phase taken from the
    middle of those places, the results at +u and -u are E + O and E - O, where E sums the real
    parts' cosines and O the imaginary parts' sines; so the maximum of both is E + |O|, and half
    of the inverse transform need not be computed.
    """
    kernel = weights[f"{conv}/kernel"][:, :, 0].astype(np.float64)
    scale, shift = _batch_norm(weights, norm)
    sign = _sign(scale)
    places = MELS - kernel.shape[1] + 1
    middle = (places - 1) / 2
    distances = np.arange(places // 2, places) - middle
    even = g.constant(np.cos(np.outer(distances, _angles())))
    odd = g.constant(np.sin(np.outer(distances, _angles())))
    real, imaginary = _kernel_spectra(kernel * sign, middle)
    groups = []
    for start in range(0, len(sign), group):
        part = slice(start, start + group)
        size = len(sign[part])
        sums = []
        for products, inverse in ((real, even), (imaginary, odd)):
            y = g.node("MatMul", g.constant(products[:, part]), spectra)
            sums.append(g.node("MatMul", inverse, g.reshape(y, _BINS, -1)))
        both = g.node("Add", sums[0], g.node("Abs", sums[1]))
        groups.append(_highest(g, both, rows=len(distances), filters=size))
    pooled = g.node("Concat", *groups, axis=1)
    return _normed(g, pooled, weights[f"{conv}/bias"], sign, scale, shift)


def _kernel_spectra(kernel: np.ndarray, middle: float) -> tuple[np.ndarray, np.ndarray]:
    """What the frames' spectra are multiplied by to give products' real and imaginary parts.

    `kernel` is [7, bands, filters]; both results are [48, filters, 14].
    """
    rotations = np.exp(1j * np.outer(_angles(), middle + np.arange(kernel.shape[1])))
    spectra = np.einsum("kb,tbf->kft", rotations, kernel) * (2 / MELS)
    real = np.stack([spectra.real, -spectra.imag], axis=-1)
    imaginary = np.stack([spectra.imag, spectra.real], axis=-1)
    shape = (_BINS, kernel.shape[2], 14)
    return real.reshape(shape), imaginary.reshape(shape)


def _highest(g: Graph, x: str, *, rows: int, filters: int) -> str:
    """The maximum over the rows of [rows, filters * n * 187], as [n, filters, 187].

    Of the three thirds first, and of what is left by a MaxPool: onnxruntime's ReduceMax over a
    first axis takes three times as long.
    """
    y = g.node("Max", *_slices(g, x, size=rows // 3, end=rows, axis=0))
    pooled = g.node("MaxPool", g.reshape(y, 1, 1, rows // 3, -1), kernel_shape=[rows // 3, 1])
    return g.node("Transpose", g.reshape(pooled, filters, -1, FRAMES), perm=[1, 0, 2])


def _slices(g: Graph, x: str, *, size: int, end: int, axis: int) -> list[str]:
    """Cut `x` along an axis of length `end` into pieces of length `size`."""
    return [
        g.node("Slice", x, g.integers(at), g.integers(at + size), g.integers(axis))
        for at in range(0, end, size)
    ]


def _direct(g: Graph, image: str, weights: Weights, conv: str, norm: int) -> str:
    """A branch as a convolution, such as the long, narrow ones (128, 64 or 32 frames x 1 band),
    pooled over frequency: [n, filters, 187]."""
    kernel = weights[f"{conv}/kernel"][:, :, 0].transpose(2, 0, 1)
    scale, shift = _batch_norm(weights, norm)
    sign = _sign(scale)
    time = kernel.shape[1]
    pads = [(time - 1) // 2, 0, time // 2, 0]
    signed = g.constant((kernel * sign[:, None, None])[:, None])
    narrow = kernel.shape[2] == 1
    bands = _slices(g, image, size=_BANDS, end=MELS, axis=3) if narrow else [image]
    convolved = [g.node("Conv", part, signed, pads=pads) for part in bands]
    pooled = [g.node("ReduceMax", y, g.integers(3), keepdims=0) for y in convolved]
    highest = g.node("Max", *pooled)
    return _normed(g, highest, weights[f"{conv}/bias"], sign, scale, shift)


def _sign(scale: np.ndarray) -> np.ndarray:
    return np.where(scale < 0, -1.0, 1.0)


def _normed(
    g: Graph, x: str, bias: np.ndarray, sign: np.ndarray, scale: np.ndarray, shift: np.ndarray
) -> str:
    """Bias, ReLU and batch norm after the maximum over frequency instead of before it.

    All three are monotonous per channel, so they commute with a maximum; where the norm's scale is
    negative the maximum becomes a minimum, which is minus the maximum of the negated convolution.
    """
    biased = g.affine(x, sign[:, None], bias[:, None])
    return g.affine(g.node("Relu", biased), scale[:, None], shift[:, None])


def _mid(g: Graph, front: str, weights: Weights) -> list[str]:
    """The three convolutions over time, the later two with their input added."""
    outputs: list[str] = []
    for conv, norm in _MID:
        x = outputs[-1] if outputs else front
        kernel = weights[f"{conv}/kernel"][:, :, 0].transpose(2, 1, 0)
        bias = g.constant(weights[f"{conv}/bias"])
        y = g.node("Relu", g.node("Conv", x, g.constant(kernel), bias, pads=[3, 3]))
        scale, shift = _batch_norm(weights, norm)
        y = g.affine(y, scale[:, None], shift[:, None])
        outputs.append(g.node("Add", y, x) if outputs else y)
    return outputs


def _back(g: Graph, every: str, weights: Weights) -> None:
    """Maxima and means over time, then the dense layers; the pools' batch norm is folded in."""
    highest = g.node("ReduceMax", every, g.integers(2), keepdims=0)
    mean = g.node("ReduceMean", every, g.integers(2), keepdims=0)
    pooled = g.node("Concat", highest, mean, axis=1)
    scale, shift = _batch_norm(weights, 9)
    kernel = weights["dense/kernel"].astype(np.float64)
    bias = g.constant(weights["dense/bias"] + shift @ kernel)
    kernel = scale[:, None] * kernel
    apart = np.concatenate([kernel[0::2], kernel[1::2]])  # the authors interleave max and mean
    hidden = g.node("Relu", g.node("Gemm", pooled, g.constant(apart), bias))
    penultimate = g.affine(hidden, *_batch_norm(weights, 10), name="penultimate")
    last = g.constant(weights["dense_1/kernel"]), g.constant(weights["dense_1/bias"])
    g.node("Gemm", penultimate, *last, name="logits")


def _batch_norm(weights: Weights, number: int) -> tuple[np.ndarray, np.ndarray]:
    """A batch norm's scale and shift."""
    name = f"batch_normalization_{number}" if number else "batch_normalization"
    gamma, beta, mean, variance = (
        weights[f"{name}/{part}"].astype(np.float64)
        for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    scale = gamma / np.sqrt(variance + _EPSILON)
    return scale, beta - mean * scale
