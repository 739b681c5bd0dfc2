"""Files with bytes changed, cut, doubled: each is decoded or refused, and the reader lives."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from genrefit import isolated
from genrefit.audio.decode import decode
from genrefit.errors import AudioError, GenrefitError
from tests.soak.songs import write_songs

FORMS = ("flac", "wav", "ogg", "mp3")
SECONDS = 30.0


def run(folder: Path, *, short: bool, seed: int) -> Iterator[tuple[str, int, list[str]]]:
    rng = random.Random(seed)
    originals = []
    for form in FORMS:
        if form == "mp3" and "MP3" not in soundfile.available_formats():
            continue
        songs = write_songs(folder / form, 2, seed=seed, form=form)
        originals += [(form, path.read_bytes()) for path in sorted(songs.iterdir())]
    count = 120 if short else 5000
    per_form, failures = Counter[str](), dict[str, list[str]]()
    for number in range(count):
        form, content = originals[number % len(originals)]
        path = folder / f"mutated.{form}"
        path.write_bytes(mutated(content, rng))
        per_form[form] += 1
        if wrong := _heard(path):
            failures.setdefault(form, []).append(f"number {number} (seed {seed}): {wrong}")
    for form, ran in per_form.items():
        yield form, ran, failures.get(form, [])


def mutated(content: bytes, rng: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 20))):
        at, length = rng.randrange(max(len(data), 1)), rng.choice((1, 2, 4, 64, 1000))
        if rng.random() < 0.5:
            at = rng.randrange(min(len(data), 200) or 1)  # heads hold the claims
        way = rng.randrange(5)
        if way == 0:
            data[at : at + length] = rng.randbytes(length)
        elif way == 1:
            del data[at : at + length]
        elif way == 2:
            data[at:at] = data[at : at + length]
        elif way == 3:
            data[at : at + length] = bytes([rng.choice((0, 255))]) * length
        else:
            del data[at or 1 :]
        if not data:
            return b""
    return bytes(data)


def _decoded(path: Path) -> tuple[int, bool]:
    audio = decode(path, timeout=SECONDS)
    return len(audio.y), bool(np.isfinite(audio.y).all())


def _heard(path: Path) -> str | None:
    try:
        samples, finite = isolated.call(_decoded, path, seconds=2 * SECONDS)
    except AudioError as error:
        return str(error) if "died" in str(error) else None
    except (GenrefitError, RuntimeError) as error:
        return str(error).strip().splitlines()[-1]
    return None if samples and finite else "no samples, or not numbers"
