"""Songs that sound otherwise: each alteration changes what it says, and nothing more."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit.audio import alterations
from genrefit.audio.alterations import ALTERATIONS
from tests.support.songs import SR, tune

Y = tune(3, seconds=6.0)


def tone(hertz, seconds=4.0):
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * SR)) / SR).astype(np.float32) * 0.5


def peak_hertz(y):
    window = y[SR // 2 : SR // 2 + 2 * SR]
    spectrum = np.abs(np.fft.rfft(window * np.hanning(len(window))))
    return spectrum.argmax() * SR / len(window)


def level(y):
    return float(np.sqrt(np.mean(np.square(y, dtype=np.float64))))


@pytest.mark.parametrize("name", ALTERATIONS)
def test_every_alteration_leaves_music_of_about_the_same_length(name):
    altered = ALTERATIONS[name].alter(Y, SR)
    assert altered.dtype == np.float32 and altered.ndim == 1 and np.isfinite(altered).all()
    factor = {"5 % faster": 1 / 1.05, "5 % slower": 1.05}.get(name, 1.0)
    assert len(altered) == pytest.approx(factor * len(Y), rel=0.02)
    assert level(altered) > 0.05 * level(Y)
    assert (altered[: len(Y)] != Y[: len(altered)]).any()


@pytest.mark.parametrize("name, decibels", [("−20 dB", -20), ("+6 dB", 6)])
def test_gain_changes_the_level_by_so_many_decibels(name, decibels):
    ratio = level(ALTERATIONS[name].alter(Y, SR)) / level(Y)
    assert 20 * np.log10(ratio) == pytest.approx(decibels, abs=0.01)


def test_low_pass_takes_away_what_is_above_and_keeps_what_is_below():
    low, high = tone(1_000), tone(7_000)
    assert level(alterations.low_pass(low, SR, hertz=4_000)) == pytest.approx(level(low), rel=0.01)
    middle = alterations.low_pass(high, SR, hertz=4_000)[SR:-SR]
    assert level(middle) < 0.001 * level(high)
    assert (alterations.low_pass(Y, SR, hertz=20_000) == Y).all(), "nothing is above that"


def test_pitch_moves_tones_and_tempo_does_not():
    a = tone(1_000)
    assert peak_hertz(alterations.pitch(a, SR, factor=1.03)) == pytest.approx(1_030, abs=4)
    assert peak_hertz(alterations.tempo(a, SR, factor=1.05)) == pytest.approx(1_000, abs=4)


def test_an_mp3_is_coded_at_its_bit_rate_and_sounds_alike():
    coded = alterations.mp3(Y, SR, bits_per_second=64_000)
    n = min(len(coded), len(Y)) - 4_000
    lags = range(-3_000, 3_000, 1)
    best = max(float(np.corrcoef(Y[3_000:n], coded[3_000 + lag : n + lag])[0, 1])
               for lag in lags if 3_000 + lag >= 0)  # fmt: skip
    assert best > 0.97
