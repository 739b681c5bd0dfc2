from __future__ import annotations

import io

import av
import numpy as np
import pytest

from genrefit.audio import decode, frames
from genrefit.errors import AudioError
from tests.audio.test_decode import FORMATS, SR, song, tone


def noisy(kind: str, *, seconds: float = 12) -> bytes:
    """A song of a tone on one side and noise on the other, so that no two moments are alike."""
    sr = 48_000 if kind in ("webm", "opus") else SR
    noise = 0.2 * np.random.default_rng(1).standard_normal(round(seconds * sr))
    return song(kind, np.stack([noise, tone(seconds, sr=sr)]), sr=sr)


def damaged(data: bytes, seed: int) -> bytes:
    """The file with a few runs of bytes written over, its header left alone."""
    rng = np.random.default_rng(seed)
    harmed = bytearray(data)
    for start in rng.integers(len(data) // 10, len(data), size=rng.integers(1, 20)):
        length = min(int(rng.choice([1, 8, 300])), len(data) - start)
        harmed[start : start + length] = rng.bytes(length)
    return bytes(harmed)


def assert_long_and_short_agree(data: bytes, path) -> None:
    """An open file is decoded packet by packet, a named one in long frames where that goes."""
    path.write_bytes(data)
    try:
        expected = decode.decode(io.BytesIO(data))
    except AudioError:
        with pytest.raises(AudioError):
            decode.decode(path)
        return
    audio = decode.decode(path)
    assert audio.sr == expected.sr
    np.testing.assert_array_equal(audio.y, expected.y)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_sound_file_comes_in_long_frames(kind, tmp_path):
    path = tmp_path / f"100%; it's [a], b: c = {kind}"  # nothing in a name is taken for syntax
    path.write_bytes(noisy(kind))
    sizes = [frame.samples for frame in frames.decode_long_frames(path, 0, deadline=None)]
    assert set(sizes[:-1]) == {frames.LONG}
    assert_long_and_short_agree(noisy(kind), path)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("seed", range(5))
def test_of_a_damaged_file_as_much_is_kept_as_packet_by_packet(kind, seed, tmp_path):
    assert_long_and_short_agree(damaged(noisy(kind), seed), tmp_path / f"song.{kind}")


@pytest.mark.parametrize("kind", FORMATS)
def test_of_a_cut_off_file_as_much_is_kept_as_packet_by_packet(kind, tmp_path):
    data = noisy(kind)
    assert_long_and_short_agree(data[: len(data) * 2 // 3], tmp_path / f"song.{kind}")


def test_a_rate_or_channels_that_change_midway_are_followed(tmp_path):
    slower = song("mp3", tone(6, sr=22_050), sr=22_050)
    assert_long_and_short_agree(song("mp3", tone(6)) + slower, tmp_path / "rate.mp3")
    stereo = song("mp3", np.stack([tone(6), tone(6, hz=500)]))
    assert_long_and_short_agree(song("mp3", tone(6)) + stereo, tmp_path / "channels.mp3")


def test_the_stream_asked_for_is_the_one_decoded(tmp_path):
    path = tmp_path / "two.mka"
    with av.open(str(path), "w", format="matroska") as out:
        streams = [out.add_stream("pcm_s16le", rate=SR, layout="mono") for _ in range(2)]
        for hz, stream in zip((300, 700), streams, strict=True):
            y = (tone(2, hz=hz) * 2**15).astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(y, format="s16", layout="mono")
            frame.sample_rate = SR
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                out.mux(packet)
    for index, hz in enumerate((300, 700)):
        y = np.concatenate(
            [f.to_ndarray()[0] for f in frames.decode_long_frames(path, index, deadline=None)]
        ).astype(float)
        assert np.abs(np.fft.rfft(y)).argmax() * SR / y.size == pytest.approx(hz, abs=1)


def test_long_frames_stop_when_their_time_is_over(tmp_path):
    path = tmp_path / "song.mp3"
    path.write_bytes(song("mp3", tone(60)))
    with pytest.raises(AudioError, match=r"song\.mp3' took too long"):
        decode.decode(path, timeout=0.01)
    assert decode.decode(path, timeout=60).y.size > 59 * SR
