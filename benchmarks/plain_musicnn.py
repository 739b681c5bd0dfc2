"""The musicnn network patch by patch, layer by layer, as its authors wrote it: the yardstick.

Nothing is fused and nothing is clever here; genrefit's own graph (genrefit/musicnn.py) is measured
against this one for speed (benchmarks/ear_speed.py) and for agreement (tests/test_musicnn.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

EPSILON = 1e-3
FRAMES, MELS = 187, 96
BRANCHES = ("conv2d", "conv2d_1", "conv2d_2", "conv2d_3", "conv2d_4")


def plain_graph(weights: Mapping[str, np.ndarray]) -> bytes:
    """An ONNX model: log_mel [n, 187, 96] -> tags, penultimate, max_pool, mean_pool."""
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes, constants = [], []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind: str, *inputs: str, name: str, **attributes: object) -> str:
        nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def batch_norm(x: str, of: str) -> str:
        parts = ("gamma", "beta", "moving_mean", "moving_variance")
        named = [constant(f"{of}/{part}", weights[f"{of}/{part}"]) for part in parts]
        return node("BatchNormalization", x, *named, name=f"{of}/out", epsilon=EPSILON)

    def conv(x: str, of: str, norm: str, pads: list[int]) -> str:
        kernel = constant(f"{of}/kernel", weights[f"{of}/kernel"].transpose(3, 2, 0, 1))
        bias = constant(f"{of}/bias", weights[f"{of}/bias"])
        y = node("Conv", x, kernel, bias, name=f"{of}/conv", pads=pads)
        return batch_norm(node("Relu", y, name=f"{of}/relu"), norm)

    def squeezed(x: str, name: str) -> str:
        return node("Squeeze", x, last, name=name)

    last = constant("last_axis", np.array([3], np.int64))
    one = constant("channel_axis", np.array([1], np.int64))
    x = batch_norm(node("Unsqueeze", "log_mel", one, name="image"), "batch_normalization")

    pooled = []
    for number, branch in enumerate(BRANCHES, start=1):
        time, mel = weights[f"{branch}/kernel"].shape[:2]
        before, after = (time - 1) // 2, time // 2
        y = conv(x, branch, f"batch_normalization_{number}", [before, 0, after, 0])
        width = MELS - mel + 1
        y = node("MaxPool", y, name=f"{branch}/max", kernel_shape=[1, width], strides=[1, width])
        pooled.append(squeezed(y, f"{branch}/pooled"))
    front = node("Concat", *pooled, name="front", axis=1)  # [n, 561, time]

    def mid(x: str, of: str, norm: str) -> str:
        image = node("Unsqueeze", x, last, name=f"{of}/image")
        kernel = weights[f"{of}/kernel"].transpose(3, 1, 0, 2)  # [out, in, time, 1]
        y = node(
            "Conv",
            image,
            constant(f"{of}/kernel", kernel),
            constant(f"{of}/bias", weights[f"{of}/bias"]),
            name=f"{of}/conv",
            pads=[3, 0, 3, 0],
        )
        y = batch_norm(node("Relu", y, name=f"{of}/relu"), norm)
        return squeezed(y, f"{of}/out")

    one_ = mid(front, "conv2d_5", "batch_normalization_6")
    two = node("Add", mid(one_, "conv2d_6", "batch_normalization_7"), one_, name="mid2")
    three = node("Add", mid(two, "conv2d_7", "batch_normalization_8"), two, name="mid3")
    every = node("Concat", front, one_, two, three, name="every", axis=1)  # [n, 753, time]

    time_axis = constant("time_axis", np.array([2], np.int64))
    node("ReduceMax", every, time_axis, name="max_pool", keepdims=0)
    node("ReduceMean", every, time_axis, name="mean_pool", keepdims=0)
    both = [
        node("Unsqueeze", pool, time_axis, name=f"{pool}/column")
        for pool in ("max_pool", "mean_pool")
    ]
    flat = node("Flatten", node("Concat", *both, name="pairs", axis=2), name="flat", axis=1)
    flat = batch_norm(flat, "batch_normalization_9")

    def dense(x: str, of: str) -> str:
        kernel = constant(f"{of}/kernel", weights[f"{of}/kernel"])
        y = node("MatMul", x, kernel, name=f"{of}/product")
        return node("Add", y, constant(f"{of}/bias", weights[f"{of}/bias"]), name=f"{of}/sum")

    hidden = node("Relu", dense(flat, "dense"), name="dense/relu")
    penultimate = batch_norm(hidden, "batch_normalization_10")
    node("Identity", penultimate, name="penultimate")
    node("Sigmoid", dense(penultimate, "dense_1"), name="tags")

    def value(name: str, shape: list[int | str]) -> object:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    graph = helper.make_graph(
        nodes,
        "musicnn_plain",
        [value("log_mel", ["n", FRAMES, MELS])],
        [
            value("tags", ["n", 50]),
            value("penultimate", ["n", 200]),
            value("max_pool", ["n", 753]),
            value("mean_pool", ["n", 753]),
        ],
        constants,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9, producer_name="genrefit"
    )
    checker.check_model(model)
    return model.SerializeToString()
