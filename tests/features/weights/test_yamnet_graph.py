"""Building YAMNet's graph from an ONNX file, and refusing files of other networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from genrefit.errors import EarError
from genrefit.features.weights import network_store, yamnet_graph
from genrefit.features.weights.second_ear import NETWORK, second_ear_folder
from tests.features.test_musicnn import HOME
from tests.features.test_yamnet import needs_second_ear


def save(path: Path, *, shape: list[int], classes: int, bias: np.ndarray | None = None) -> Path:
    """Write a network of one dense layer, its weights quantised and dequantised."""
    flat = int(np.prod([abs(d) for d in shape[1:]]))
    weights = np.zeros((flat, classes), np.float32)
    constants = {
        "flat": np.array([1, flat], np.int64),
        "weights": weights,
        "scale": np.float32(0.1),
        "zero": np.uint8(128),
        "bias": np.zeros(classes, np.float32) if bias is None else bias,
    }
    nodes = [
        helper.make_node("Reshape", ["audio", "flat"], ["x"]),
        helper.make_node("QuantizeLinear", ["weights", "scale", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["w"]),
        helper.make_node("Gemm", ["x", "w", "bias"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("audio", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, classes])],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize(
    ("shape", "classes", "reason"),
    [
        ([1, 15_600], 521, "its input should be log-mel patches"),
        ([1, 1, 64, 96], 521, "its input should be log-mel patches"),
        ([1, 1, 96, 64], 50, "does not tell 521 classes"),
        ([1, 1, 96, 64], 521, "does not know silence from noise"),
        ([1, 96, 64], 521, "does not know silence from noise"),
    ],
)
def test_other_networks_are_refused_with_the_reason(tmp_path, shape, classes, reason):
    with pytest.raises(EarError, match=reason):
        yamnet_graph.build_graph(save(tmp_path / "other.onnx", shape=shape, classes=classes))


def test_a_network_that_always_hears_silence_is_refused(tmp_path):
    bias = np.zeros(521, np.float32)
    bias[yamnet_graph.SILENCE] = 1.0
    path = save(tmp_path / "deaf.onnx", shape=[1, 1, 96, 64], classes=521, bias=bias)
    with pytest.raises(EarError, match="does not know silence from noise"):
        yamnet_graph.build_graph(path)


@needs_second_ear
def test_what_was_built_can_be_built_from(tmp_path):
    """The product's own graph is an ONNX file of YAMNet too, and gives the same logits."""
    folder = second_ear_folder(HOME)
    rebuilt = yamnet_graph.build_graph(folder / NETWORK.file)
    patches = np.random.default_rng(0).normal(-3, 2, (3, 96, 64)).astype(np.float32)
    expected = network_store.open_network(NETWORK, folder).run(None, {"log_mel": patches})
    given = network_store.session(rebuilt).run(None, {"log_mel": patches})
    for one, other in zip(given, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
