"""CPU seconds a 4-minute song: the seed's method against ours, in one run on the same files.

Run: python benchmarks/speed.py [--music FOLDER] [--runs 3]

The seed's method is librosa.load(sr=None), then one librosa call a feature a segment; its
functions are called once beforehand, so that compiling does not count. librosa reads m4a and
webm through audioread from an ffmpeg program's pipe; here PyAV, which is the same decoder, gives
the same blocks of 16-bit samples to the same code of librosa's, without a program and its pipe,
so the seed looks no worse than it was.

Runs are interleaved and the least of each is shown, as other work on the machine only adds; a
run of a short method is the mean over two seconds' worth of calls.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import audioread
import av
import librosa
import numpy as np
from threadpoolctl import threadpool_limits

from genrefit import config, features
from genrefit.audio import decode
from genrefit.audio.segments import resample

SECONDS = int(config.SONG_SECONDS)
FILES = {
    "m4a": ("aac", 44_100),
    "mp3": ("libmp3lame", 44_100),
    "webm": ("libopus", 48_000),
}


def synthesized(*, sr: int = 44_100) -> np.ndarray:
    """Four minutes of chords, bass and drums in stereo [shape=(2, n)]."""
    rng = np.random.default_rng(0)
    y = np.zeros((2, SECONDS * sr), dtype=np.float32)
    beat = sr // 2
    t = np.arange(beat) / sr
    for k in range(SECONDS * 2):
        root = 110 * 2 ** (rng.choice([0, 3, 5, 7]) / 12)
        tones = sum(np.sin(2 * np.pi * root * f * t) / f for f in (1, 2, 2.52, 3, 4, 6))
        drum = rng.standard_normal((2, beat)) * np.exp(-30 * t)
        y[:, k * beat : (k + 1) * beat] = 0.08 * tones * np.exp(-2 * t) + 0.15 * drum
    return y


def clips(folder: Path) -> list[Path]:
    """One clip of each of four genres, enough for four minutes."""
    return [sorted(genre.glob("*.mp3"))[3] for genre in sorted(folder.iterdir()) if genre.is_dir()]


def frames(folder: Path | None) -> list[av.AudioFrame]:
    """The sound of a song: clips one after another, else synthesized."""
    if folder is None:
        frame = av.AudioFrame.from_ndarray(synthesized(), format="fltp", layout="stereo")
        frame.sample_rate, frame.time_base = 44_100, Fraction(1, 44_100)
        return [frame]
    decoded = []
    for clip in clips(folder):
        with av.open(str(clip)) as container:
            for frame in container.decode(audio=0):
                frame.pts = None
                decoded.append(frame)
    return decoded


def encode(path: Path, sound: list[av.AudioFrame]) -> None:
    codec, sr = FILES[path.suffix[1:]]
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=sr, layout="stereo")
        stream.bit_rate = 128_000
        fit = av.AudioResampler(format=stream.format, layout="stereo", rate=sr)
        for frame in [*sound, None]:
            for piece in fit.resample(frame):
                piece.pts = None
                for packet in stream.encode(piece):
                    out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)


class Blocks:
    """A file as audioread hands it to librosa: 16-bit interleaved samples, 4,096 bytes a time."""

    def __init__(self, path: Path) -> None:
        self.container = av.open(str(path))
        self.stream = self.container.streams.audio[0]
        self.samplerate = self.stream.rate
        self.channels = self.stream.channels

    def __enter__(self) -> Blocks:
        return self

    def __exit__(self, *_: object) -> None:
        self.container.close()

    def __iter__(self) -> Iterator[bytes]:
        fit = av.AudioResampler(format="s16", layout=self.stream.layout, rate=self.samplerate)
        pending = b""
        for frame in self.container.decode(self.stream):
            for piece in fit.resample(frame):
                pending += bytes(piece.planes[0])[: piece.samples * 2 * self.channels]
                while len(pending) >= 4096:
                    yield pending[:4096]
                    pending = pending[4096:]
        if pending:
            yield pending


# Makes librosa.load take such an object as one of audioread's own.
audioread.available_backends().append(Blocks)


def seed(path: Path) -> np.ndarray:
    """The seed's way: load at the file's own rate, then a call a feature a segment."""
    source = path if path.suffix == ".mp3" else Blocks(path)
    y, sr = librosa.load(source, sr=None, duration=SECONDS)
    length = int(config.SEGMENT_SECONDS * sr)
    rows = []
    for start in range(0, y.size - length // 2 + 1, length):
        piece = y[start : start + length]
        tempo, beats = librosa.beat.beat_track(y=piece, sr=sr)
        of = librosa.feature
        rows.append(
            [
                float(np.atleast_1d(tempo)[0]),
                len(beats),
                of.chroma_stft(y=piece, sr=sr).mean(),
                of.rms(y=piece).mean(),
                of.spectral_centroid(y=piece, sr=sr).mean(),
                of.spectral_bandwidth(y=piece, sr=sr).mean(),
                of.spectral_rolloff(y=piece, sr=sr).mean(),
                of.zero_crossing_rate(piece).mean(),
                *of.mfcc(y=piece, sr=sr, n_mfcc=12).mean(axis=1),
            ]
        )
    return np.array(rows)


def decoded(path: Path) -> decode.Audio:
    return decode.decode(path)


def resampled(path: Path) -> np.ndarray:
    song = decode.decode(path)
    return resample(song.y, orig_sr=song.sr, sr=config.SR)


def classic(path: Path) -> np.ndarray:
    return features.extract(decode.decode(path), ["classic"])["classic"].values


def timbre(path: Path) -> np.ndarray:
    return features.extract(decode.decode(path), ["timbre"])["timbre"].values


METHODS: dict[str, Callable[[Path], object]] = {
    "seed": seed,
    "decode": decoded,
    "decode + resample": resampled,
    "classic": classic,
    "timbre": timbre,
}


def cpu_seconds(method: Callable[[Path], object], path: Path, *, least: float = 2.0) -> float:
    """Mean CPU seconds of a call, over as many calls as take `least` seconds together.

    A short method has more chances of an undisturbed moment than a long one: the mean over a
    while takes that advantage away.
    """
    start, calls = time.process_time(), 0
    while time.process_time() - start < least:
        method(path)
        calls += 1
    return (time.process_time() - start) / calls


def measure(paths: list[Path], *, runs: int) -> dict[tuple[str, str], float]:
    """Least CPU seconds of each method on each file."""
    least: dict[tuple[str, str], float] = {}
    with threadpool_limits(1):  # process_time would count waiting threads too
        for method in METHODS.values():
            method(paths[0])  # compile and import
        for _ in range(runs):
            for path in paths:
                for name, method in METHODS.items():
                    key = (path.suffix[1:], name)
                    least[key] = min(cpu_seconds(method, path), least.get(key, np.inf))
    return least


def show(least: dict[tuple[str, str], float]) -> None:
    print(f"CPU seconds for {SECONDS} s of music, one thread")
    print(f"{'':6}" + "".join(f"{name:>19}" for name in METHODS))
    for kind in dict.fromkeys(kind for kind, _ in least):
        print(f"{kind:6}" + "".join(f"{least[kind, name]:19.2f}" for name in METHODS))
    print("times faster than the seed's method; in brackets, times the cost of decoding alone")
    kinds = list(dict.fromkeys(kind for kind, _ in least))
    for title, of in [*((kind, [kind]) for kind in kinds), ("all", kinds)]:
        cost = {method: sum(least[kind, method] for kind in of) for method in METHODS}
        factors = (
            f"{name} {cost['seed'] / cost[name]:.1f} ({cost[name] / cost['decode']:.1f})"
            for name in ("classic", "timbre")
        )
        print(
            f"{title:6}"
            + ", ".join(factors)
            + f"; decoding alone would be {cost['seed'] / cost['decode']:.1f}"
        )


def music_folder(given: Path | None) -> Path | None:
    beside = Path(os.environ.get("GENREFIT_SHARED", config.CHECKOUT.parent / "shared")) / "music"
    folder = given or beside
    return folder if folder.is_dir() else None


def show_ear() -> None:
    """The ear's own table stands in benchmarks/ear_speed.py: say how to see it."""
    if features.available(config.home(), "ear"):
        print("the ear: python benchmarks/ear_speed.py")
    else:
        print("the ear is not here, so there is nothing to measure: run `genrefit ear` once")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--music", type=Path, help="a folder of genre folders of mp3 clips")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    folder = music_folder(arguments.music)
    print(f"songs made of {'real clips' if folder else 'synthesized sound'}")
    sound = frames(folder)
    with tempfile.TemporaryDirectory() as work:
        paths = [Path(work, f"song.{kind}") for kind in FILES]
        for path in paths:
            encode(path, sound)
        show(measure(paths, runs=arguments.runs))
    show_ear()
    return 0


if __name__ == "__main__":
    sys.exit(main())
