"""Damaged files of many formats: a song, or an AudioError, and never anything else."""

from __future__ import annotations

import io
import random
import struct

import numpy as np
import pytest

from genrefit.audio import decode
from genrefit.errors import AudioError
from genrefit.sources import local
from tests.support.signals import encoded

FORMATS = {
    "mp3": ("mp3", "libmp3lame", 44_100),
    "mp2": ("mp2", "mp2", 48_000),
    "m4a": ("ipod", "aac", 44_100),
    "aac": ("adts", "aac", 44_100),
    "3gp": ("3gp", "aac", 44_100),
    "flac": ("flac", "flac", 44_100),
    "opus": ("ogg", "libopus", 48_000),
    "mka": ("matroska", "libopus", 48_000),
    "ac3": ("ac3", "ac3", 48_000),
    "wv": ("wv", "wavpack", 44_100),
    "tta": ("tta", "tta", 44_100),
    "wav": ("wav", "pcm_s16le", 44_100),
    "w64": ("w64", "pcm_s16le", 44_100),
    "aiff": ("aiff", "pcm_s16be", 44_100),
    "au": ("au", "pcm_s16be", 44_100),
    "caf": ("caf", "pcm_s16be", 44_100),
    "voc": ("voc", "pcm_s16le", 44_100),
    "avi": ("avi", "pcm_s16le", 44_100),
    "ts": ("mpegts", "mp2", 48_000),
    "wma": ("asf", "wmav2", 44_100),
}
SEEDS = 12


def song(kind: str) -> bytes:
    container, codec, sr = FORMATS[kind]
    y = 0.1 * np.random.default_rng(0).standard_normal((1, sr))
    rate = 128_000 if codec == "wmav2" else None
    tags = {"artist": "Ada", "title": "Song"}
    return encoded(y, sr=sr, container=container, codec=codec, tags=tags, bit_rate=rate)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Change, blow up, or leave out some bytes, most of them near the beginning."""
    out = bytearray(data)
    for _ in range(rng.choice([1, 2, 8, 40])):
        at = rng.randrange(min(len(out), rng.choice([64, 256, len(out)])))
        what = rng.random()
        if what < 0.6:
            out[at] = rng.choice([0, 255, rng.randrange(256)])
        elif what < 0.8:
            out[at : at + 4] = struct.pack("<I", rng.choice([0, 1, 64, 2**31 - 1, 2**32 - 1]))
        else:
            del out[at : at + rng.randrange(1, 200)]
        if not out:
            return b"x"
    return bytes(out)


def sound_or_reason(source) -> None:
    try:
        audio = decode.decode(source, timeout=10)
    except AudioError as error:
        assert str(error)
        return
    assert audio.y.dtype == np.float32 and np.isfinite(audio.y).all() and audio.y.size


@pytest.mark.parametrize("kind", FORMATS)
def test_a_damaged_file_is_a_song_or_has_its_reason(kind, tmp_path):
    data = song(kind)
    path = tmp_path / f"song.{kind}"
    path.write_bytes(data)
    assert decode.decode(path).y.size and local.describe_file(path).title
    for seed in range(SEEDS):
        damaged = mutated(data, random.Random(f"{kind}{seed}"))
        path.write_bytes(damaged)
        assert local.describe_file(path).title
        sound_or_reason(path)
        sound_or_reason(io.BytesIO(damaged))


def wave(tag: int, bits: int, channels: int, rate: int) -> bytes:
    data = bytes(range(256)) * 400
    frame = channels * bits // 8
    head = struct.pack("<HHIIHH", tag, channels, rate, rate * frame & 0xFFFFFFFF, frame, bits)
    body = (
        b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(data)) + data
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("tag", [0, 1, 2, 3, 6, 7, 0x11, 0x31, 0x55, 0x1234, 0xFFFE])
def test_a_wave_file_may_claim_anything(tag, tmp_path):
    for bits in (0, 1, 8, 16, 24, 32, 64, 128):
        for channels, rate in ((1, 44_100), (2, 44_100), (0, 44_100), (100, 8_000), (1, 0)):
            data = wave(tag, bits, channels, rate)
            path = tmp_path / "song.wav"
            path.write_bytes(data)
            sound_or_reason(path)
            sound_or_reason(io.BytesIO(data))


def test_integers_of_64_bits_are_decoded():
    rng = np.random.default_rng(0)
    y = rng.uniform(-0.5, 0.5, 44_100)
    data = (y * 2.0**63).astype("<i8").tobytes()
    head = struct.pack("<HHIIHH", 1, 1, 44_100, 44_100 * 8, 8, 64)
    body = (
        b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(data)) + data
    )
    audio = decode.decode(io.BytesIO(b"RIFF" + struct.pack("<I", len(body)) + body))
    np.testing.assert_allclose(audio.y, y, atol=1e-6)
