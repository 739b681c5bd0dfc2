"""The network: equal to the original's outputs, to the plain graph, and steady in any batch."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from benchmarks.plain_musicnn import plain_graph
from genrefit import config
from genrefit.errors import EarError
from genrefit.features import ear_folder, ear_is_ready, ear_status
from genrefit.features.weights import musicnn_graph, tensor_bundle
from tests.conftest import SHARED

REFERENCE = SHARED / "reference" / "musicnn_msd.npz"


def session(graph: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def run(graph: bytes, patches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The penultimate embedding and the logits of some patches."""
    return tuple(session(graph).run(["penultimate", "logits"], {"log_mel": patches}))


@pytest.fixture(scope="module")
def built_graph() -> bytes:
    """The graph that set-up built from the real weights."""
    home = config.home()
    if not ear_is_ready(home):
        pytest.skip(ear_status(home).missing)
    return (ear_folder(home) / "musicnn.onnx").read_bytes()


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    """Random weights in the shapes of the real ones: some norms' scales are negative too."""
    rng = np.random.default_rng(0)
    arrays = {}
    shapes = {
        "conv2d": (7, 38, 1, 204),
        "conv2d_1": (7, 67, 1, 204),
        "conv2d_2": (128, 1, 1, 51),
        "conv2d_3": (64, 1, 1, 51),
        "conv2d_4": (32, 1, 1, 51),
        "conv2d_5": (7, 561, 1, 64),
        "conv2d_6": (7, 64, 1, 64),
        "conv2d_7": (7, 64, 1, 64),
        "dense": (1506, 200),
        "dense_1": (200, 50),
    }
    for name, shape in shapes.items():
        spread = 1 / np.sqrt(np.prod(shape[:-1]))
        arrays[f"{name}/kernel"] = rng.normal(0, spread, shape).astype(np.float32)
        arrays[f"{name}/bias"] = rng.normal(0, 0.1, shape[-1]).astype(np.float32)
    for number, size in enumerate((1, 204, 204, 51, 51, 51, 64, 64, 64, 1506, 200)):
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        arrays[f"{name}/gamma"] = rng.normal(0, 1, size).astype(np.float32)
        arrays[f"{name}/beta"] = rng.normal(0, 0.1, size).astype(np.float32)
        arrays[f"{name}/moving_mean"] = rng.normal(0, 0.1, size).astype(np.float32)
        arrays[f"{name}/moving_variance"] = rng.uniform(0.5, 2, size).astype(np.float32)
    return arrays


@pytest.mark.skipif(not REFERENCE.is_file(), reason=f"no reference outputs at {REFERENCE}")
def test_equals_the_original_network(built_graph):
    reference = np.load(REFERENCE)
    penultimate, logits = run(built_graph, reference["log_mel"])
    np.testing.assert_allclose(penultimate, reference["penultimate"], rtol=0, atol=1e-4)
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), reference["tags"], rtol=0, atol=1e-4)


def test_equals_the_plain_graph_with_any_weights(weights):
    patches = np.random.default_rng(1).uniform(0, 4, (3, 187, 96)).astype(np.float32)
    plain = session(plain_graph(weights))
    penultimate, tags = plain.run(["penultimate", "tags"], {"log_mel": patches})
    ours, logits = run(musicnn_graph.build_graph(weights), patches)
    assert penultimate.std() > 0.1
    np.testing.assert_allclose(ours, penultimate, rtol=0, atol=1e-4)
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), tags, rtol=0, atol=1e-4)


def test_a_patch_gives_the_same_alone_and_among_others(built_graph):
    patches = np.random.default_rng(2).uniform(0, 4, (5, 187, 96)).astype(np.float32)
    together, _ = run(built_graph, patches)
    for number, patch in enumerate(patches):
        alone, _ = run(built_graph, patch[None])
        np.testing.assert_allclose(alone[0], together[number], rtol=0, atol=1e-5)


def test_silence_and_the_loudest_music_give_numbers(built_graph):
    patches = np.stack([np.zeros((187, 96)), np.full((187, 96), 8.0)]).astype(np.float32)
    for output in run(built_graph, patches):
        assert np.isfinite(output).all()


def test_a_damaged_bundle_is_refused():
    with pytest.raises(EarError, match="no LevelDB table"):
        tensor_bundle.read_bundle(b"not a table" * 10, b"")
    footer_only = b"\x00" * 40 + bytes.fromhex("57fb808b247547db")
    with pytest.raises(EarError, match="fetch the ear again"):
        tensor_bundle.read_bundle(footer_only, b"")
