from __future__ import annotations

import io

import av
import numpy as np
import pytest
import soundfile

from genrefit import config
from genrefit.audio import decode
from genrefit.audio.segments import resample
from genrefit.errors import AudioError
from tests.support.signals import encoded

SR = 44_100
FORMATS = {
    "mp3": ("mp3", "libmp3lame"),
    "m4a": ("ipod", "aac"),
    "webm": ("webm", "libopus"),
    "ogg": ("OGG", "VORBIS"),  # PyAV writes none: soundfile does
    "opus": ("ogg", "libopus"),
    "flac": ("flac", "flac"),
    "wav": ("wav", "pcm_s16le"),
}


def tone(seconds: float, *, hz: float = 1000.0, sr: int = SR, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * hz * np.arange(round(seconds * sr)) / sr)


def song(kind: str, y: np.ndarray, *, sr: int = SR, tags: dict[str, str] | None = None) -> bytes:
    container, codec = FORMATS[kind]
    if kind == "ogg":
        file = io.BytesIO()
        with soundfile.SoundFile(
            file, "w", sr, len(np.atleast_2d(y)), format=container, subtype=codec
        ) as out:
            for name, value in (tags or {}).items():
                setattr(out, name, value)
            for start in range(0, y.shape[-1], sr):  # libvorbis overflows its stack on more
                out.write(np.atleast_2d(y).T[start : start + sr])
        return file.getvalue()
    return encoded(np.atleast_2d(y), sr=sr, container=container, codec=codec, tags=tags)


def strongest(y: np.ndarray, *, sr: int) -> float:
    return float(np.abs(np.fft.rfft(y * np.hanning(y.size))).argmax() * sr / y.size)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_decodes_to_the_sound_that_went_in(kind, tmp_path):
    sr = 48_000 if kind in ("webm", "opus") else SR
    data = song(kind, np.stack([tone(7, sr=sr)] * 2), sr=sr)
    path = tmp_path / f"a song: no. 1.{kind}"
    path.write_bytes(data)
    audio = decode.decode(path)
    assert audio.sr == sr
    assert audio.y.dtype == np.float32
    assert audio.y.size / sr == pytest.approx(7, abs=0.1)
    assert strongest(audio.y, sr=sr) == pytest.approx(1000, abs=1)
    middle = audio.y[sr:-sr]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.06)  # LAME: 0.95
    assert np.array_equal(decode.decode(io.BytesIO(data)).y, audio.y)
    assert np.array_equal(decode.decode(str(path)).y, audio.y)


@pytest.mark.parametrize(
    ("codec", "tolerance"),
    [
        ("pcm_u8", 0.02),
        ("pcm_s16le", 1e-4),
        ("pcm_s24le", 1e-6),
        ("pcm_s32le", 1e-6),
        ("pcm_f32le", 1e-6),
        ("pcm_f64le", 1e-6),
    ],
)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_channels_are_averaged_whatever_the_sample_format(codec, tolerance, channels):
    y = np.stack([tone(1, hz=200.0 * (k + 1), level=0.6 / (k + 1)) for k in range(channels)])
    audio = decode.decode(io.BytesIO(encoded(y, sr=SR, container="wav", codec=codec)))
    assert audio.y.shape == (SR,)
    np.testing.assert_allclose(audio.y, y.mean(axis=0), atol=tolerance)


def test_left_alone_is_half_as_loud():
    y = np.stack([tone(1), np.zeros(SR)])
    audio = decode.decode(io.BytesIO(song("flac", y)))
    np.testing.assert_allclose(audio.y, y[0] / 2, atol=1e-4)


@pytest.mark.parametrize("kind", ["mp3", "m4a", "webm"])
def test_decoding_stops_after_the_given_seconds(kind):
    sr = 48_000 if kind == "webm" else SR
    audio = decode.decode(io.BytesIO(song(kind, tone(8, sr=sr), sr=sr)), seconds=2.5)
    assert audio.y.size == round(2.5 * sr)


@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg", "flac", "webm"])
def test_tags_come_from_the_file_wherever_it_keeps_them(kind):
    sr = 48_000 if kind == "webm" else SR
    data = song(kind, tone(1, sr=sr), sr=sr, tags={"title": "Añoranza", "artist": "The Two"})
    tags = decode.decode(io.BytesIO(data)).tags
    assert (tags["title"], tags["artist"]) == ("Añoranza", "The Two")


@pytest.mark.parametrize("kind", ["mp3", "ogg", "opus", "webm", "flac", "wav"])
def test_a_cut_off_file_gives_the_part_that_is_there(kind):
    sr = 48_000 if kind in ("webm", "opus") else SR
    rng = np.random.default_rng(0)
    data = song(kind, 0.1 * rng.standard_normal(20 * sr), sr=sr)
    audio = decode.decode(io.BytesIO(data[: len(data) // 2]))
    assert audio.y.size / sr == pytest.approx(10, abs=1.5)


def test_damage_in_the_middle_costs_only_the_middle():
    data = bytearray(song("mp3", tone(20)))
    middle = len(data) // 2
    data[middle : middle + 5000] = np.random.default_rng(0).bytes(5000)
    audio = decode.decode(io.BytesIO(bytes(data)))
    assert 18 < audio.y.size / SR < 20.5
    assert strongest(audio.y[-3 * SR :], sr=SR) == pytest.approx(1000, abs=1)


def test_a_rate_that_changes_midway_is_followed():
    data = song("mp3", tone(6)) + song("mp3", tone(6, sr=22_050), sr=22_050)
    audio = decode.decode(io.BytesIO(data))
    assert audio.sr == SR
    assert audio.y.size / SR == pytest.approx(12, abs=0.3)
    for part in (audio.y[SR : 5 * SR], audio.y[7 * SR : 11 * SR]):
        assert strongest(part, sr=SR) == pytest.approx(1000, abs=1)


def test_samples_that_are_no_numbers_or_absurd_become_silence():
    y = tone(6).astype(np.float32)
    y[[100, 200, 300]] = np.nan, np.inf, -1e30
    audio = decode.decode(io.BytesIO(encoded(y[None], sr=SR, container="wav", codec="pcm_f32le")))
    assert np.array_equal(audio.y[[100, 200, 300]], [0, 0, 0])
    np.testing.assert_array_equal(
        np.delete(audio.y, [100, 200, 300])[:1000], y[np.delete(np.arange(1003), [100, 200, 300])]
    )


def picture() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as out:
        stream = out.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuvj420p"
        for packet in [*stream.encode(av.VideoFrame(64, 64, "yuvj420p")), *stream.encode(None)]:
            out.mux(packet)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "cannot be read as audio"),
        (np.random.default_rng(1).bytes(60_000), "cannot be read as audio"),
        (b"<!doctype html><title>404</title>" * 50, "cannot be read as audio"),
        (song("wav", tone(1))[:44], "cannot be read as audio"),
        (song("m4a", tone(3))[:20_000], "cannot be read as audio"),
        (picture(), "holds no sound"),
    ],
    ids=["nothing", "random bytes", "a web page", "a header alone", "half an m4a", "a picture"],
)
def test_what_is_no_audio_is_refused_in_a_sentence(data, message, tmp_path):
    path = tmp_path / "thing.mp3"
    path.write_bytes(data)
    for source in (path, io.BytesIO(data)):
        with pytest.raises(AudioError, match=message) as caught:
            decode.decode(source)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n{}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{}'\n",
    ],
    ids=["HLS", "concat"],
)
def test_a_file_cannot_make_the_decoder_open_another(text, tmp_path):
    secret = tmp_path / "secret.wav"
    secret.write_bytes(song("wav", tone(6)))
    listing = tmp_path / "song.mp3"
    for target in (secret.name, str(secret), f"file:{secret}"):
        listing.write_text(text.format(target))
        with pytest.raises(AudioError, match="cannot be read as audio"):
            decode.decode(listing)


def test_a_missing_file_or_a_folder_is_named(tmp_path):
    for path in (tmp_path / "gone.mp3", tmp_path, "http://127.0.0.1:9/song.mp3"):
        with pytest.raises(AudioError, match="there is no file"):
            decode.decode(path)


def test_decoding_gives_up_when_its_time_is_over():
    data = song("mp3", tone(60))
    with pytest.raises(AudioError, match="took too long"):
        decode.decode(io.BytesIO(data), timeout=0.01)
    assert decode.decode(io.BytesIO(data), timeout=60).y.size > 59 * SR


def test_a_song_decodes_and_resamples_as_the_oracle_loads_it(music):
    librosa = pytest.importorskip("librosa")
    path = sorted(music.glob("*/*.mp3"))[0]
    y, sr = librosa.load(path, sr=None)
    audio = decode.decode(path)
    assert (audio.sr, audio.y.size) == (sr, y.size)
    np.testing.assert_allclose(audio.y, y, atol=1e-4)
    assert audio.tags["artist"] == path.name.split(" - ")[0]
    expected, _ = librosa.load(path, sr=config.SR, duration=10)
    resampled = resample(audio.y[: 10 * sr], orig_sr=sr, sr=config.SR)
    np.testing.assert_allclose(resampled, expected, atol=1e-4)


def _save(path, y, *, layout, sr=44_100, codec="flac"):
    """Write channels y [shape=(channels, n)] and return the path."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=sr, layout=layout)
        data = np.ascontiguousarray((np.clip(y, -1, 1) * 32767).astype(np.int16).T.reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(data, format="s16", layout=layout)
        frame.sample_rate = sr
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize(
    ("layout", "gains"),
    [
        ("stereo", [1, -1]),
        ("stereo", [1, -0.6]),
        ("stereo", [-0.7, 1]),
        ("5.1", [1, -1, 0, 0, 0, 0]),
        ("5.1", [1, -1, 0.3, 0, -0.5, 0.6]),
        ("7.1", [1, -1, 0, 0, 1, -1, 0.5, -0.5]),
    ],
)
def test_channels_that_cancel_each_other_out_are_heard(tmp_path, layout, gains, opened):
    sound = 0.5 * tone(3, hz=440)
    path = _save(tmp_path / "x.flac", np.outer(gains, sound), layout=layout)
    if opened:
        with path.open("rb") as file:
            y = decode.decode(file).y
    else:
        y = decode.decode(path).y
    expected = np.abs(gains).mean() * sound
    error = min(np.abs(y - expected).max(), np.abs(y + expected).max())
    assert error < 1e-3


@pytest.mark.parametrize("gains", [[1, 1], [1, 0], [1, 0.3], [1, -0.1], [0.2, 1]])
def test_channels_that_do_not_cancel_are_averaged_as_they_are(tmp_path, gains):
    sound = 0.5 * tone(2, hz=440)
    y = decode.decode(
        _save(tmp_path / "x.wav", np.outer(gains, sound), layout="stereo", codec="pcm_s16le")
    )
    np.testing.assert_allclose(y.y, np.mean(gains) * sound, atol=1e-3)


def test_independent_channels_are_averaged(tmp_path):
    rng = np.random.default_rng(0)
    both = rng.normal(0, 0.1, (2, 88_200)).astype(np.float32)
    y = decode.decode(_save(tmp_path / "x.flac", both, layout="stereo")).y
    np.testing.assert_allclose(y, both.mean(axis=0), atol=1e-3)


def test_channels_that_cancel_in_a_part_of_the_song_only_are_averaged(tmp_path):
    sound = 0.5 * tone(6, hz=440)
    right = np.where(np.arange(len(sound)) < len(sound) // 4, -sound, sound)
    y = decode.decode(_save(tmp_path / "x.flac", np.stack([sound, right]), layout="stereo")).y
    np.testing.assert_allclose(y, (sound + right) / 2, atol=1e-3)
