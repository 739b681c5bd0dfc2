"""musicnn's network as an ONNX graph, built from its weights.

Network: J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging", ISMIR late-breaking demo, 2019. Five branches of convolutions listen to a 3-second log-mel
patch, each pooled over frequency; three convolutions over time follow; maxima and means over time
feed a dense layer of 200 (the "penultimate" embedding), and that one the 50 tags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

VERSION = 1
"""Version of the graph: a cached one of another version is built anew."""
FRAMES = 187
"""Frames in a patch: 3 s."""
MELS = 96
BATCH = 24
"""Patches run at once."""

_EPSILON = 1e-3
_TIMBRAL = (("conv2d", 1), ("conv2d_1", 2))
_TEMPORAL = (("conv2d_2", 3), ("conv2d_3", 4), ("conv2d_4", 5))
_MID = (("conv2d_5", 6), ("conv2d_6", 7), ("conv2d_7", 8))

Weights = Mapping[str, np.ndarray]


class _Graph:
    """ONNX nodes and constants as they are added; every tensor is known by its name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: np.ndarray) -> str:
        from onnx import numpy_helper

        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def axes(self, *axes: int) -> str:
        return self.constant(np.array(axes, np.int64))

    def node(self, kind: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        from onnx import helper

        name = name or f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def affine(self, x: str, scale: np.ndarray, shift: np.ndarray, name: str | None = None) -> str:
        """Per-channel scale and shift; give them in a shape that broadcasts onto `x`."""
        scaled = self.node("Mul", x, self.constant(scale))
        return self.node("Add", scaled, self.constant(shift), name=name)


def graph(weights: Weights) -> bytes:
    """Return the ONNX model: log_mel [n, 187, 96] -> penultimate [n, 200] and logits [n, 50]."""
    g = _Graph()
    scale, shift = _batch_norm(weights, 0)
    x = g.affine("log_mel", scale.reshape(1, 1, 1), shift.reshape(1, 1, 1))
    image = g.node("Unsqueeze", x, g.axes(1))
    front = g.node("Concat", *_front(g, image, weights), axis=1)
    every = g.node("Concat", front, *_mid(g, front, weights), axis=1)
    _back(g, every, weights)
    return _model(g)


def _front(g: _Graph, image: str, weights: Weights) -> list[str]:
    """The five branches, each [n, channels, time]."""
    branches = []
    for conv, norm in (*_TIMBRAL, *_TEMPORAL):
        kernel = weights[f"{conv}/kernel"][:, :, 0].transpose(2, 0, 1)[:, None]
        scale, shift = _batch_norm(weights, norm)
        sign = np.where(scale < 0, -1.0, 1.0).astype(np.float32)
        time = kernel.shape[2]
        pads = [(time - 1) // 2, 0, time // 2, 0]
        y = g.node("Conv", image, g.constant(kernel * sign[:, None, None, None]), pads=pads)
        highest = g.node("ReduceMax", y, g.axes(3), keepdims=0)
        branches.append(_normed(g, highest, weights[f"{conv}/bias"], sign, scale, shift))
    return branches


def _normed(
    g: _Graph, x: str, bias: np.ndarray, sign: np.ndarray, scale: np.ndarray, shift: np.ndarray
) -> str:
    """Bias, ReLU and batch norm after the maximum over frequency instead of before it.

    All three are monotonous per channel, so they commute with a maximum; where the norm's scale is
    negative the maximum becomes a minimum, which is minus the maximum of the negated convolution.
    """
    biased = g.affine(x, sign[:, None], bias[:, None])
    return g.affine(g.node("Relu", biased), scale[:, None], shift[:, None])


def _mid(g: _Graph, front: str, weights: Weights) -> list[str]:
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


def _back(g: _Graph, every: str, weights: Weights) -> None:
    """Maxima and means over time, then the dense layers, with the batch norm folded in."""
    highest = g.node("ReduceMax", every, g.axes(2), keepdims=0)
    mean = g.node("ReduceMean", every, g.axes(2), keepdims=0)
    pooled = g.node("Concat", highest, mean, axis=1)
    scale, shift = _batch_norm(weights, 9)
    kernel = weights["dense/kernel"]
    bias = weights["dense/bias"] + shift @ kernel
    kernel = scale[:, None] * kernel
    apart = np.concatenate([kernel[0::2], kernel[1::2]])  # the authors interleave max and mean
    hidden = g.node("Relu", g.node("Gemm", pooled, g.constant(apart), g.constant(bias)))
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
    return scale.astype(np.float32), (beta - mean * scale).astype(np.float32)


def _model(g: _Graph) -> bytes:
    from onnx import TensorProto, checker, helper

    def values(shapes: Mapping[str, Sequence[int | str]]) -> list[Any]:
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
            for name, shape in shapes.items()
        ]

    model = helper.make_model(
        helper.make_graph(
            g.nodes,
            "musicnn",
            values({"log_mel": ["n", FRAMES, MELS]}),
            values({"penultimate": ["n", 200], "logits": ["n", 50]}),
            g.constants,
        ),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=9,
        producer_name="genrefit",
    )
    checker.check_model(model)
    return bytes(model.SerializeToString())
