"""YAMNet's network as an ONNX graph, taken from an ONNX file that somebody else exported.

Network: M. Plakal and D. Ellis, YAMNet, in Google's TensorFlow models (2019, Apache-2.0): the
MobileNet v1 of A. Howard et al. (2017), trained on AudioSet (J. Gemmeke et al., 2017). Files in
circulation wrap float weights in nodes that quantise and dequantise, and hold one patch at a time:
here those nodes go, and any number of patches passes through at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genrefit.errors import EarError
from genrefit.features.weights.network_store import session

if TYPE_CHECKING:
    import onnx

VERSION = 1
"""Version of the graph: a cached one of another version is built anew."""
FRAMES, MELS = 96, 64
"""Shape of a patch: 0.96 s of log-mel frames."""
CLASSES = 521
SILENCE = 494
"""The class "Silence" among AudioSet's, as YAMNet numbers them."""
FLOOR = 0.001
"""What is added to the magnitudes before the logarithm."""
_QUANTISED = ("QuantizeLinear", "DequantizeLinear")


def build_graph(path: Path) -> bytes:
    """Return the ONNX model log_mel [n, 96, 64] -> logits [n, 521], embedding [n, 1024].

    `path` is an ONNX file of YAMNet that takes log-mel patches; weights that it keeps in another
    file are read from beside it.

    Raises
    ------
    EarError
        if it is no ONNX file, or not one of YAMNet.
    """
    source = _renamed(_load(path))
    nodes = _without_quantising(source)
    output = _logits(source, nodes)
    computed = {name for node in nodes for name in node.output}
    if output not in computed or not {"Gemm", "MatMul"} & {node.op_type for node in nodes}:
        raise EarError(f"{path.name} does not compute its output: it is not YAMNet's network")
    graph = _assemble(source, nodes, output)
    _check(graph, path.name)
    return graph


def _load(path: Path) -> onnx.ModelProto:
    import onnx

    try:
        source = onnx.load(str(path))
        inputs = [_shape(value) for value in source.graph.input]
        outputs = [_shape(value) for value in source.graph.output]
    except Exception as error:  # a damaged file makes protobuf and onnx raise what they like
        raise EarError(f"{path.name} cannot be read as an ONNX network: {error}") from error
    patches = [shape for shape in inputs if [d for d in shape if d not in (0, 1)] == [FRAMES, MELS]]
    if len(inputs) != 1 or len(patches) != 1:
        raise EarError(
            f"{path.name} is not YAMNet's network: its input should be log-mel patches of "
            f"{FRAMES} x {MELS}, and is {' and '.join(str(shape) for shape in inputs) or 'nothing'}"
        )
    if not any(shape[-1:] == [CLASSES] for shape in outputs):
        raise EarError(f"{path.name} is not YAMNet's network: it does not tell {CLASSES} classes")
    return source


def _renamed(source: onnx.ModelProto) -> onnx.ModelProto:
    """Put a mark before every name of the file, so that none equals one of ours."""
    from onnx.compose import add_prefix

    return add_prefix(source, "file/")


def _shape(value: onnx.ValueInfoProto) -> list[int]:
    """Return the shape of an input or output, 0 for a dimension that is free."""
    return [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]


def _without_quantising(source: onnx.ModelProto) -> list[onnx.NodeProto]:
    """Return the nodes, each reading what was quantised and dequantised as it was before."""
    import onnx

    through = {
        node.output[0]: node.input[0] for node in source.graph.node if node.op_type in _QUANTISED
    }

    def origin(name: str) -> str:
        while name in through:
            name = through[name]
        return name

    nodes = []
    for node in source.graph.node:
        if node.op_type not in _QUANTISED:
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            del copy.input[:]
            copy.input.extend(origin(name) for name in node.input)
            nodes.append(copy)
    return nodes


def _logits(source: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> str:
    """Return the name of the tensor of the classes' logits."""
    through = {n.output[0]: n.input[0] for n in source.graph.node if n.op_type in _QUANTISED}
    name: str = next(v.name for v in source.graph.output if _shape(v)[-1:] == [CLASSES])
    while name in through:
        name = through[name]
    for node in nodes:
        if node.op_type == "Sigmoid" and node.output[0] == name:
            return str(node.input[0])
    return name


def _assemble(source: onnx.ModelProto, nodes: list[onnx.NodeProto], output: str) -> bytes:
    """Return the model over the stripped nodes, from `log_mel` to `logits` and `embedding`."""
    from onnx import TensorProto, helper, numpy_helper

    given = source.graph.input[0]
    shape = [-1 if n == 0 and d in (0, 1) else d for n, d in enumerate(_shape(given))]
    constants = {c.name: numpy_helper.to_array(c) for c in source.graph.initializer}
    constants["log_mel_shape"] = np.array(shape, np.int64)
    entry = helper.make_node("Reshape", ["log_mel", "log_mel_shape"], [given.name])
    last = [node for node in nodes if node.op_type in ("Gemm", "MatMul")][-1]
    for node in nodes:
        if node.op_type == "Reshape" and constants.get(node.input[1], np.zeros(0)).size == 2:
            constants[node.input[1]] = np.array([0, -1], np.int64)  # as many rows as patches
    nodes = [
        entry,
        *nodes,
        helper.make_node("Identity", [output], ["logits"]),
        helper.make_node("Identity", [last.input[0]], ["embedding"]),
    ]
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "yamnet",
        [helper.make_tensor_value_info("log_mel", TensorProto.FLOAT, ["n", FRAMES, MELS])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
            for name, width in (("logits", CLASSES), ("embedding", 1024))
        ],
        [numpy_helper.from_array(v, name) for name, v in constants.items() if name in used],
    )
    model: Any = helper.make_model(graph, opset_imports=source.opset_import, ir_version=9)
    return bytes(model.SerializeToString())


def _check(graph: bytes, name: str) -> None:
    """Hear silence and noise with the network: EarError unless it tells one from the other."""
    silence = np.full((1, FRAMES, MELS), np.log(FLOOR), np.float32)
    noise = np.random.default_rng(0).normal(0.0, 0.5, (1, FRAMES, MELS)).astype(np.float32)
    both = np.concatenate([silence, noise])
    try:
        network = session(graph)
        logits = network.run(["logits"], {"log_mel": both})[0]
        alone = network.run(["logits"], {"log_mel": silence})[0]
    except Exception as error:  # onnxruntime's errors have no common class of their own
        raise EarError(f"{name} cannot be run as YAMNet's network: {error}") from error
    right = logits.shape == (2, CLASSES) and np.allclose(logits[:1], alone, atol=1e-3)
    if not right or logits[0].argmax() != SILENCE or logits[1].argmax() == SILENCE:
        raise EarError(f"{name} is not YAMNet's network: it does not know silence from noise")
