"""How well copies of a recording are told from other songs, and how fast among many.

    .venv/bin/python benchmarks/same_recording.py [--songs 64] [--drawn 1000 10000 100000]

Takes the clips of GENREFIT_SHARED/music (or the folder --music), encodes each anew in five ways,
most of them cut at a random moment of the first 20 s, and compares all with all. Precision is over
all pairs of different songs; recall over each song and its copies.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from genrefit import config
from genrefit.audio.decode import decode
from genrefit.features import extract, same_recording
from genrefit.features.alignment import align
from genrefit.features.same_recording import COMPARED

RATE = 48_000


@dataclass(frozen=True, slots=True)
class Copy:
    """How a copy is made: codec, bits a second, file ending, factor of its level, is it cut?"""

    codec: str
    bit_rate: int
    ending: str
    gain: float = 1.0
    cut: bool = True


COPIES = (
    Copy("libmp3lame", 64_000, ".mp3", cut=False),
    Copy("libopus", 48_000, ".opus", gain=0.4),
    Copy("aac", 96_000, ".m4a"),
    Copy("libmp3lame", 128_000, ".mp3", gain=0.25),
    Copy("libopus", 24_000, ".opus", gain=0.7),
)


def samples(path: Path) -> np.ndarray:
    """Return a file's samples in stereo at `RATE` [shape=(2, n), float32]."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        frames = [*container.decode(audio=0), None]
        arrays = [out.to_ndarray() for frame in frames for out in resampler.resample(frame)]
    return np.concatenate(arrays, axis=1)


def encode(y: np.ndarray, path: Path, copy: Copy) -> None:
    """Write samples [shape=(2, n)] as a copy says, with no tags."""
    rate = 48_000 if copy.codec == "libopus" else 44_100
    with av.open(str(path), "w") as container:
        stream = container.add_stream(copy.codec, rate=rate, layout="stereo")
        stream.bit_rate = copy.bit_rate
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout="stereo",
            rate=rate,
            frame_size=stream.codec_context.frame_size or 1024,
        )
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(y, np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate, written = RATE, 0
        for given in (frame, None):
            for out in resampler.resample(given):
                out.pts, out.time_base = written, Fraction(1, rate)
                written += out.samples
                container.mux(stream.encode(out))
        container.mux(stream.encode(None))


def make_copy(path: Path, folder: Path, copy: Copy, *, cut_seconds: float) -> Path:
    """Write a copy of a song into a folder and return its path."""
    y = samples(path)[:, round(cut_seconds * RATE) if copy.cut else 0 :] * copy.gain
    target = folder / f"copy{copy.ending}"
    encode(y, target, copy)
    return target


def measured(
    songs: Sequence[Path], name: str, *, copies: Sequence[Copy] = COPIES
) -> dict[str, float]:
    """Return precision and recall over songs and their copies, by one feature set."""
    rng, rows, song, original = np.random.default_rng(0), [], [], []
    compared = COMPARED[name]
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(songs):
            for copy in (None, *copies):
                cut = float(rng.uniform(0.3, 19.7))
                file = make_copy(path, Path(folder), copy, cut_seconds=cut) if copy else path
                found = extract(decode(file), [name], home=config.home())[name]
                rows.append(
                    same_recording.in_time(
                        found.starts, compared.rows(found.values), config.SEGMENT_SECONDS
                    )
                )
                song.append(number)
                original.append(copy is None)
    lengths = np.array([len(r) for r in rows])
    together = np.zeros((len(rows), lengths.max(), rows[0].shape[1]), np.float32)
    for i, r in enumerate(rows):
        together[i, : len(r)] = r
    pairs = np.stack(np.triu_indices(len(rows), 1), axis=1)
    told = same_recording.are_copies(together, lengths, pairs, least=compared.least)
    same = np.array(song)[pairs[:, 0]] == np.array(song)[pairs[:, 1]]
    of_original = same & np.array(original)[pairs].any(axis=1)
    near = same_recording.candidates(np.array([r.mean(axis=0) for r in rows]), np.arange(len(rows)))
    compared_pairs = {tuple(pair) for pair in near.tolist()}
    found_pairs = [tuple(pair) in compared_pairs for pair in pairs[of_original].tolist()]
    return {
        "pairs of copies": float(of_original.sum()),
        "pairs of different songs": float((~same).sum()),
        "different songs taken for copies": float((told & ~same).sum()),
        "precision": float((told & same).sum() / max(told.sum(), 1)),
        "recall": float((told & of_original).sum() / of_original.sum()),
        "recall within the nearest": float(
            (told[of_original] & np.array(found_pairs)).sum() / of_original.sum()
        ),
    }


def drawn_seconds(counts: list[int]) -> Iterator[tuple[int, float, float, int]]:
    """Yield songs, and the seconds for candidates and for alignment, of drawn four-minute songs."""
    rng = np.random.default_rng(0)
    width = len(COMPARED["timbre"].columns)
    spread = np.geomspace(4, 0.4, width)
    for count in counts:
        centers = rng.normal(size=(64, width)) * spread
        means = centers[rng.integers(0, 64, count)] + rng.normal(size=(count, width)) * spread / 2
        began = time.perf_counter()
        pairs = same_recording.candidates(means.astype(np.float32), np.arange(count))
        between = time.perf_counter()
        rows = np.repeat(means[:2000, None].astype(np.float16), 24, axis=1)
        rows += rng.normal(size=rows.shape).astype(np.float16)
        few = pairs[: min(len(pairs), 20_000)] % len(rows)
        align(rows, np.full(len(rows), 24), few)
        share = len(pairs) / max(len(few), 1)
        yield count, between - began, (time.perf_counter() - between) * share, len(pairs)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    shared = Path(os.environ.get("GENREFIT_SHARED", config.CHECKOUT.parent / "shared"))
    parser.add_argument("--music", type=Path, default=shared / "music")
    parser.add_argument("--songs", type=int, default=64)
    parser.add_argument("--sets", nargs="+", default=["timbre", "classic"])
    parser.add_argument("--drawn", type=int, nargs="*", default=[1_000, 10_000])
    arguments = parser.parse_args()
    for count, near, laid, pairs in drawn_seconds(arguments.drawn):
        print(f"{count:>7,} drawn songs: {near:6.1f} s to find {pairs:,} pairs, {laid:6.1f} s to "
              "lay them on each other")  # fmt: skip
    songs = sorted(arguments.music.glob("*/*.mp3"))[: arguments.songs]
    for name in arguments.sets if songs else ():
        print(name)
        for what, value in measured(songs, name).items():
            print(f"  {what:<36} {value:,.3f}")


if __name__ == "__main__":
    main()
