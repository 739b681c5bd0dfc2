"""Decode a file to mono samples at its own rate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from genrefit import config
from genrefit.audio import frames
from genrefit.audio.segments import resample
from genrefit.audio.tags import collect_tags
from genrefit.errors import AudioError

if TYPE_CHECKING:
    import av

_Taken = TypeVar("_Taken")
LOUDEST = 1e6
"""Float files may go past 1; past this, or not a number, a sample is damage and becomes 0."""
CANCELLED = 2 / 3
"""The mean of channels that have nothing in common holds 1/channels of their mean energy, of alike
ones all; with less than this share of the former they cancel each other out. In stereo, half as
much is in (L+R)/2 then as in (L-R)/2."""
FLOAT32 = np.dtype(np.float32)
DECODE_SECONDS = 60.0
"""A file that takes longer to decode is refused."""
MOST_SAMPLES = round(config.SONG_SECONDS * 192_000)  # of higher rates, a shorter part is decoded
RATES = range(1_000, 768_001)
"""Sample rates in Hz that a file may claim; a damaged header may claim anything."""
KINDS = "mp3, m4a, webm, ogg, opus, flac or wav"


@dataclass(frozen=True, slots=True)
class Audio:
    """Mono samples `y` [shape=(n,), float32] at the file's own rate `sr` in Hz.

    `tags` are what the file says of itself, with lower-case names such as title and artist.
    """

    y: np.ndarray
    sr: int
    tags: dict[str, str] = field(default_factory=dict)


def decode(
    source: frames.Source,
    *,
    name: str | None = None,
    seconds: float = config.SONG_SECONDS,
    timeout: float | None = None,
) -> Audio:
    """Decode the first `seconds` of a file, or of an open binary file, to mono.

    Stereo becomes (L+R)/2, more channels their mean; channels that would cancel each other out,
    such as L = -R, are turned to one polarity first. Of a damaged or cut-off file, what can be
    decoded is kept; its length is what was decoded, whatever its header claims. Errors call the
    file `name`, or by its own name where that is None.

    Raises AudioError if `source` is missing, holds no audio, or took more than `timeout` seconds.
    """
    import av

    name = frames.source_name(source) if name is None else repr(name)
    too_slow = f"{name} took too long to decode; try a shorter or smaller file"
    deadline = None if timeout is None else time.monotonic() + timeout
    try:
        with frames.open_audio(source, timeout=timeout) as container:
            stream = container.streams.best("audio")
            if not isinstance(stream, av.AudioStream):
                raise AudioError(f"{name} holds no sound, only other things; give {KINDS}")
            if stream.codec_context is None:
                raise AudioError(f"{name} is in a codec that cannot be decoded here; give {KINDS}")
            y, sr = _decode_stream(source, container, stream, seconds=seconds, deadline=deadline)
            metadata = dict(container.metadata), dict(stream.metadata)
    except TimeoutError as error:
        raise AudioError(too_slow) from error
    except av.FFmpegError as error:
        if frames.is_past(deadline):
            raise AudioError(too_slow) from error
        raise AudioError(
            f"{name} cannot be read as audio: {_reason(error)}; give {KINDS}"
        ) from error
    except OSError as error:
        raise AudioError(f"{name} cannot be opened: {_reason(error)}") from error
    if not y.size:
        raise AudioError(f"{name} cannot be read as audio: no samples in it; give {KINDS}")
    return Audio(y, sr, collect_tags(source, *metadata))


def _decode_stream(
    source: frames.Source,
    container: av.container.InputContainer,
    stream: av.AudioStream,
    *,
    seconds: float,
    deadline: float | None,
) -> tuple[np.ndarray, int]:
    import av

    def consume(take: Callable[[Iterable[av.AudioFrame]], _Taken]) -> _Taken:
        if frames.is_path(source):
            # A filter takes only names that are UTF-8; packets are read from any file.
            with suppress(av.FFmpegError, UnicodeEncodeError):
                return take(frames.decode_long_frames(source, stream.index, deadline=deadline))
        if not stream.codec_context.is_open:
            stream.codec_context.thread_count = 1  # songs, not threads, are spread over cores
        return take(frames.decode_packets(container, stream, deadline=deadline))

    mix = consume(lambda decoded: _mixed(decoded, seconds))
    if mix.cancels:  # seldom, so that decoding twice more costs less than watching every song
        with suppress(av.FFmpegError):
            container.seek(0)
            signs = consume(lambda decoded: _polarities(decoded, seconds))
            container.seek(0)
            return consume(lambda decoded: _mixed(decoded, seconds, signs)).mono()
    return mix.mono()


def _mixed(
    decoded: Iterable[av.AudioFrame], seconds: float, signs: Mapping[int, np.ndarray] | None = None
) -> _MonoBuffer:
    runs = _MonoBuffer(seconds, signs or {})
    for frame in decoded:
        if not runs.add(frame):
            break
    return runs


def _polarities(decoded: Iterable[av.AudioFrame], seconds: float) -> dict[int, np.ndarray]:
    """Return the sign of each channel against the loudest, by the number of channels."""
    products: dict[int, np.ndarray] = {}
    left = seconds
    for frame in decoded:
        channels = np.stack(_channels(frame))
        products[len(channels)] = products.get(len(channels), 0.0) + channels @ channels.T
        left -= frame.samples / max(frame.sample_rate, 1)
        if left <= 0:
            break
    return {
        count: np.where(gram[gram.diagonal().argmax()] < 0, -1.0, 1.0).astype(np.float32)
        for count, gram in products.items()
    }


class _MonoBuffer:
    """Gathers frames into one preallocated mono buffer for each run of alike frames.

    A recording of a radio stream may change its rate or channels midway; every run is brought
    to the first one's rate at the end.
    """

    def __init__(self, seconds: float, signs: Mapping[int, np.ndarray]) -> None:
        self.left = seconds
        self.signs = signs
        self.energy = self.least_energy = 0.0
        self.is_sane = True
        self.runs: list[tuple[int, np.ndarray]] = []
        self.sr = self.channels = self.size = 0
        self.buffer = np.empty(0, dtype=np.float32)

    def add(self, frame: av.AudioFrame) -> bool:
        """Take a frame in; False once there are as many seconds as are wanted."""
        channels = _channels(frame)
        if frame.sample_rate != self.sr or len(channels) != self.channels:
            self._end_run()
            self._begin_run(frame.sample_rate, len(channels))
        start, self.size = self.size, min(self.size + frame.samples, self.buffer.size)
        out = self.buffer[start : self.size]
        self._mix([channel[: out.size] for channel in channels], out)
        energy = float(np.dot(out, out))
        self.is_sane &= energy < LOUDEST**2  # NaN fails it
        self.energy += energy
        return self.size < self.buffer.size

    def _mix(self, channels: Sequence[np.ndarray], out: np.ndarray) -> None:
        """Write the mean of the channels to `out`."""
        count = len(channels)
        if count == 1:
            out[:] = channels[0]
            return
        if (signs := self.signs.get(count)) is not None:
            channels = [channel * sign for channel, sign in zip(channels, signs, strict=True)]
        np.add(channels[0], channels[1], out=out)
        for channel in channels[2:]:
            out += channel
        out *= np.float32(1 / count)
        energies = sum(float(np.dot(channel, channel)) for channel in channels)
        self.least_energy += CANCELLED / count * energies / count

    @property
    def cancels(self) -> bool:
        """Whether the channels cancel each other out, so that their mean holds little of them."""
        return self.energy < self.least_energy

    def _begin_run(self, sr: int, channels: int) -> None:
        if sr not in RATES:
            raise AudioError(f"the file claims {sr} samples a second, which no music has")
        self.sr, self.channels, self.size = sr, channels, 0
        # Pages of it that are never written to cost no memory.
        self.buffer = np.empty(min(round(self.left * sr), MOST_SAMPLES), dtype=np.float32)

    def _end_run(self) -> None:
        if self.size:
            self.runs.append((self.sr, self.buffer[: self.size]))
            self.left -= self.size / self.sr

    def mono(self) -> tuple[np.ndarray, int]:
        """All samples and their rate."""
        self._end_run()
        if not self.runs:
            return np.empty(0, dtype=np.float32), 0
        sr, y = self.runs[0]
        if len(self.runs) > 1:
            y = np.concatenate([resample(run, orig_sr=rate, sr=sr) for rate, run in self.runs])
        if not self.is_sane:
            y[~(np.abs(y) < LOUDEST)] = 0.0
        return y, sr


def _channels(frame: av.AudioFrame) -> Sequence[np.ndarray]:
    """The frame's channels as float32 at full scale 1."""
    sample_format = frame.format.name
    if sample_format == "fltp":  # what nearly all songs decode to, ten thousand frames of it
        planes: tuple[Any, ...] = frame.planes
        return [np.frombuffer(plane, FLOAT32, frame.samples) for plane in planes]
    data: np.ndarray
    if sample_format.startswith("s64"):  # which to_ndarray does not know
        each = frame.samples * (1 if frame.format.is_planar else frame.layout.nb_channels)
        data = np.stack([np.frombuffer(bytes(plane), np.int64, each) for plane in frame.planes])
    else:
        data = frame.to_ndarray()  # [channels, n] if planar, else [1, n * channels]
    if not frame.format.is_planar:
        data = data.reshape(frame.samples, -1).T
    if data.dtype == np.uint8:
        data = data.astype(np.float32) - np.float32(128)
    return list(data.astype(np.float32) * np.float32(1.0 / _full_scale(sample_format)))


def _full_scale(sample_format: str) -> float:
    scales = {"u8": 2.0**7, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}
    return scales.get(sample_format.removesuffix("p"), 1.0)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
