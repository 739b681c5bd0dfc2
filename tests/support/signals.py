"""Sounds for the tests: synthetic ones that are hard on features, and encoded files."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np

SR = 22_050


def nasty(seconds: float = 10.0) -> dict[str, np.ndarray]:
    """Legal inputs that are unlike music, by name: mono float32 at 22,050 Hz."""
    n = round(seconds * SR)
    t = np.arange(n) / SR
    rng = np.random.default_rng(0)
    noise = rng.standard_normal(n)
    at = np.arange(n)
    sounds = {
        "sine at 440 Hz": 0.5 * np.sin(2 * np.pi * 440 * t),
        "sine at 5 kHz": 0.5 * np.sin(2 * np.pi * 5000 * t),
        "sine at 60 Hz": 0.1 * np.sin(2 * np.pi * 60 * t),
        "noise": 0.1 * noise,
        "clicks at 120 a minute": (at % (SR // 2) == 0) * 1.0,
        "clicks at 97 a minute": (at % int(SR * 60 / 97) < 30) * 0.8,
        "silence with one click": (at == n // 2) * 1.0,
        "a tone, then silence": np.where(t < seconds / 2, 0.2 * np.sin(2 * np.pi * 330 * t), 0),
        "clipped": np.sign(np.sin(2 * np.pi * 330 * t)),
        "constant": np.full(n, 0.5),
        "very quiet noise": 1e-6 * noise,
        "very quiet tone": 1e-7 * np.sin(2 * np.pi * 440 * t),
        "integers for floats": 30_000 * noise,
        "half the sample rate": 0.5 * np.cos(np.pi * at),
        "chord": 0.2 * sum(np.sin(2 * np.pi * hz * t) for hz in (261.6, 329.6, 392.0)),
        "sweep": 0.5 * np.sin(2 * np.pi * (50 * t + 500 * t * t)),
        "beats of noise": 0.2 * noise * np.exp(-8 * ((t * 2.1) % 1)),
        "click on the first sample": (at == 0) * 1.0,
        "click on the last sample": (at == n - 1) * 1.0,
    }
    return {name: y.astype(np.float32) for name, y in sounds.items()}


def encoded(
    y: np.ndarray,
    *,
    sr: int,
    container: str,
    codec: str,
    tags: dict[str, str] | None = None,
    bit_rate: int | None = None,
) -> bytes:
    """Encode `y` [shape=(channels, n)] with PyAV, at the codec's own bit rate if it has one."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(y)]
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        out.metadata.update(tags or {})
        stream = out.add_stream(codec, rate=sr, layout=layout)
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(y, dtype=np.float32), format="fltp", layout=layout
        )
        frame.sample_rate, frame.time_base = sr, Fraction(1, sr)
        fit = av.AudioResampler(format=stream.format, layout=layout, rate=sr)
        for piece in [*fit.resample(frame), *fit.resample(None)]:
            for packet in stream.encode(piece):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return file.getvalue()
