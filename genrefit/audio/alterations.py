"""Ways in which a song may sound otherwise and still be the same music: level, bandwidth, coding.

Each takes mono samples y [shape=(n,), float32] at `sr` Hz and returns samples at the same rate.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from genrefit.audio.segments import resample

LOUDNESS, CHANNELS, CODING, BANDWIDTH, PITCH, TEMPO = (
    "loudness", "channels", "coding", "bandwidth", "pitch", "tempo",
)  # fmt: skip
MP3_RATE = 44_100
Alter = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True, slots=True)
class Alteration:
    """A change that leaves the music as it is; `kind` is what it changes instead."""

    name: str
    kind: str
    alter: Alter


def gain(y: np.ndarray, *, decibels: float) -> np.ndarray:
    """Return the samples louder or softer, without clipping."""
    return np.asarray(y * 10 ** (decibels / 20), np.float32)


def mono_file(y: np.ndarray, sr: int) -> np.ndarray:
    """Return the samples as a 16-bit file of one channel keeps them."""
    return np.asarray(np.round(np.clip(y, -1, 1) * 32767) / 32767, np.float32)


def low_pass(y: np.ndarray, sr: int, *, hertz: float) -> np.ndarray:
    """Return the samples without what is above a frequency (Butterworth, 8th order, both ways)."""
    from scipy import signal

    if hertz >= 0.49 * sr:
        return y
    sections = signal.butter(8, hertz, fs=sr, output="sos")
    return np.asarray(signal.sosfiltfilt(sections, y), np.float32)


def mp3(y: np.ndarray, sr: int, *, bits_per_second: int) -> np.ndarray:
    """Return the samples as an MP3 of one channel at a bit rate keeps them, by LAME."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=MP3_RATE, layout="mono")
        stream.bit_rate = bits_per_second
        stream.codec_context.format = av.AudioFormat("fltp")
        samples = np.ascontiguousarray(resample(y, orig_sr=sr, sr=MP3_RATE), np.float32)
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = MP3_RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    file.seek(0)
    with av.open(file, "r") as coded:
        blocks = [frame.to_ndarray()[0] for frame in coded.decode(audio=0)]
    return np.asarray(resample(np.concatenate(blocks), orig_sr=MP3_RATE, sr=sr), np.float32)


def tempo(y: np.ndarray, sr: int, *, factor: float) -> np.ndarray:
    """Return the samples played faster (factor above 1) at the same pitch, by FFmpeg's atempo."""
    import av

    graph = av.filter.Graph()
    source = graph.add_abuffer(format="flt", sample_rate=sr, layout="mono")
    stretch, sink = graph.add("atempo", f"{factor:.6f}"), graph.add("abuffersink")
    source.link_to(stretch)
    stretch.link_to(sink)
    graph.configure()
    samples = np.ascontiguousarray(y, np.float32)
    frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
    frame.sample_rate = sr
    graph.push(frame)
    graph.push(None)
    blocks = []
    while True:
        try:
            blocks.append(graph.pull().to_ndarray()[0])
        except (av.EOFError, av.BlockingIOError):
            return np.concatenate(blocks).astype(np.float32) if blocks else y[:0]


def pitch(y: np.ndarray, sr: int, *, factor: float) -> np.ndarray:
    """Return the samples at a higher pitch (factor above 1) in the same time."""
    faster = resample(y, orig_sr=round(sr * factor), sr=sr)
    return tempo(np.asarray(faster, np.float32), sr, factor=1 / factor)


def _of(what: Callable[..., np.ndarray], **options: float) -> Alter:
    return lambda y, sr: what(y, sr, **options)


def _gain(decibels: float) -> Alteration:
    name = f"{decibels:+g} dB".replace("-", "\N{MINUS SIGN}")
    return Alteration(name, LOUDNESS, lambda y, sr: gain(y, decibels=decibels))


ALTERATIONS: Mapping[str, Alteration] = {
    each.name: each
    for each in (
        *(_gain(decibels) for decibels in (-20, -12, -6, 6)),
        Alteration("mono, 16 bits", CHANNELS, mono_file),
        Alteration("mp3 at 64 kbit/s", CODING, _of(mp3, bits_per_second=64_000)),
        Alteration("nothing above 8 kHz", BANDWIDTH, _of(low_pass, hertz=8_000.0)),
        Alteration("nothing above 4 kHz", BANDWIDTH, _of(low_pass, hertz=4_000.0)),
        Alteration("3 % higher", PITCH, _of(pitch, factor=1.03)),
        Alteration("3 % lower", PITCH, _of(pitch, factor=1 / 1.03)),
        Alteration("5 % faster", TEMPO, _of(tempo, factor=1.05)),
        Alteration("5 % slower", TEMPO, _of(tempo, factor=1 / 1.05)),
    )
}
"""By name, in the order in which they are shown."""
