from __future__ import annotations

import numpy as np
import pytest

from genrefit.features import tempo
from genrefit.features.spectral import Spectra
from tests.support.signals import SR


def clicks(bpm: float, *, seconds: float = 10.0) -> np.ndarray:
    y = np.zeros(round(seconds * SR), dtype=np.float32)
    burst = np.random.default_rng(0).standard_normal(400).astype(np.float32)
    for beat in np.arange(0.5, seconds - 0.1, 60 / bpm):
        start = round(beat * SR)
        y[start : start + 400] += burst
    return y


@pytest.mark.parametrize("bpm", [80, 100, 120, 140, 160])
def test_a_drum_s_tempo_and_beats_are_found(bpm):
    estimated, beats = tempo.tempo_and_beats(Spectra(clicks(bpm)).onsets)
    assert estimated == pytest.approx(bpm, rel=0.04)  # a lag is a whole number of frames
    assert beats == pytest.approx(9.4 * bpm / 60, abs=3)  # weak ones at the ends are trimmed


def test_where_nothing_begins_there_is_no_tempo():
    assert tempo.tempo_and_beats(np.zeros(431, dtype=np.float32)) == (0.0, 0)


def test_one_onset_alone_has_the_prior_s_tempo():
    onsets = np.zeros(431, dtype=np.float32)
    onsets[200] = 10.0
    bpm, beats = tempo.tempo_and_beats(onsets)
    assert bpm == pytest.approx(tempo.START_BPM, rel=0.03)
    assert beats == 1


def test_the_tempogram_is_the_mean_of_normalised_autocorrelations():
    onsets = np.random.default_rng(0).random(431).astype(np.float32)
    half = tempo.LAGS // 2
    padded = np.pad(onsets.astype(float), half, mode="linear_ramp", end_values=0)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(tempo.LAGS) / tempo.LAGS)
    expected = np.zeros(tempo.LAGS)
    for frame in range(onsets.size):
        x = padded[frame : frame + tempo.LAGS] * window
        correlation = np.correlate(x, x, mode="full")[tempo.LAGS - 1 :]
        expected += correlation / correlation.max() / onsets.size
    np.testing.assert_allclose(tempo.tempogram_mean(onsets), expected, rtol=1e-4, atol=1e-9)
