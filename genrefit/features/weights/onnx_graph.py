"""Write an ONNX graph node by node; onnx itself is imported only when one is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


class Graph:
    """Nodes and constants as they are added; every tensor is known by its name."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: np.ndarray) -> str:
        """Add a constant; floats become float32."""
        from onnx import numpy_helper

        if value.dtype.kind == "f":
            value = value.astype(np.float32)
        name = f"constant{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, *values: int) -> str:
        """Add a constant of integers: axes, a shape, bounds."""
        return self.constant(np.array(values, np.int64))

    def node(self, kind: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        """Add a node of one output; return the output's name."""
        from onnx import helper

        name = name or f"{kind.lower()}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def affine(self, x: str, scale: np.ndarray, shift: np.ndarray, name: str | None = None) -> str:
        """Scale and shift `x`; both must broadcast onto it."""
        return self.node(
            "Add", self.node("Mul", x, self.constant(scale)), self.constant(shift), name=name
        )

    def reshape(self, x: str, *shape: int) -> str:
        """Reshape `x`; a 0 keeps its dimension and one -1 is inferred."""
        return self.node("Reshape", x, self.integers(*shape))

    def model(
        self,
        inputs: Mapping[str, Sequence[int | str]],
        outputs: Mapping[str, Sequence[int | str]],
    ) -> bytes:
        """Check the graph and return it as a model; inputs and outputs are float32, by shape."""
        from onnx import TensorProto, checker, helper

        def values(shapes: Mapping[str, Sequence[int | str]]) -> list[Any]:
            return [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
                for name, shape in shapes.items()
            ]

        graph = helper.make_graph(
            self._nodes, "genrefit", values(inputs), values(outputs), self._constants
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        checker.check_model(model)
        return bytes(model.SerializeToString())
