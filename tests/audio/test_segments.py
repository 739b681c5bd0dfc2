from __future__ import annotations

import numpy as np
import pytest

from genrefit import config
from genrefit.audio.segments import at_level, cut_segments, resample
from genrefit.errors import AudioError
from tests.audio.test_decode import SR, tone


def test_resampling_keeps_the_tone_and_drops_what_the_new_rate_cannot_hold():
    y = (tone(2) + tone(2, hz=15_000)).astype(np.float32)
    resampled = resample(y, orig_sr=SR, sr=config.SR)
    assert resampled.dtype == np.float32
    assert resampled.size == 2 * config.SR
    middle = slice(2000, -2000)
    np.testing.assert_allclose(resampled[middle], tone(2, sr=config.SR)[middle], atol=1e-4)
    np.testing.assert_array_equal(resample(y, orig_sr=SR, sr=SR), y)


@pytest.mark.parametrize(
    ("seconds", "lengths"),
    [(5, [5]), (9.99, [9.99]), (10, [10]), (14.9, [10]), (15, [10, 5]), (32.5, [10, 10, 10])],
)
def test_segments_last_ten_seconds_and_a_tail_of_five_counts(seconds, lengths):
    sr = 1000
    y = np.random.default_rng(0).standard_normal(round(seconds * sr)).astype(np.float32)
    starts, pieces = cut_segments(y, sr=sr)
    assert list(starts) == [10.0 * k for k in range(len(lengths))]
    assert [piece.size / sr for piece in pieces] == lengths
    for start, piece in zip(starts, pieces, strict=True):
        assert np.array_equal(piece, y[int(start * sr) : int(start * sr) + piece.size])


def test_digital_silence_is_left_out():
    sr = 1000
    y = np.ones(40 * sr, dtype=np.float32)
    y[10 * sr : 20 * sr] = 0
    y[30 * sr :] = 1e-9
    starts, pieces = cut_segments(y, sr=sr)
    assert list(starts) == [0.0, 20.0]
    assert len(pieces) == 2


def test_a_song_too_short_or_silent_is_refused():
    with pytest.raises(AudioError, match=r"lasts 4\.9 s; at least 5 s"):
        cut_segments(np.ones(4900, dtype=np.float32), sr=1000)
    with pytest.raises(AudioError, match="nothing but silence"):
        cut_segments(np.zeros(20_000, dtype=np.float32), sr=1000)


@pytest.mark.parametrize(("decibels", "silent"), [(-90, True), (-85, True), (-75, False)])
def test_noise_far_below_music_is_silence(decibels, silent):
    noise = np.random.default_rng(0).normal(0, 10 ** (decibels / 20), 20 * 8_000).astype("f4")
    if silent:
        with pytest.raises(AudioError, match="nothing but silence"):
            cut_segments(noise, sr=8_000)
    else:
        assert len(cut_segments(noise, sr=8_000)[1]) == 2


@pytest.mark.parametrize("gain", [1e-3, 0.25, 1.0, 30.0])
def test_a_level_does_not_depend_on_how_loud_it_was(gain):
    y = np.random.default_rng(0).normal(0, 0.1, 8_000).astype(np.float32)
    expected = at_level(y, -18.0)
    assert np.sqrt(np.mean(np.square(expected))) == pytest.approx(10 ** (-18 / 20), rel=1e-4)
    np.testing.assert_allclose(at_level(y * np.float32(gain), -18.0), expected, rtol=1e-4)
    assert not at_level(np.zeros(10, np.float32), -18.0).any()
