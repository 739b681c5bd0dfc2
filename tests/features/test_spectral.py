"""Golden tests: equal to librosa 0.11 called per segment, on music and on sounds unlike any."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit import config, features
from genrefit.audio import decode
from genrefit.audio.segments import cut_segments, resample
from genrefit.features import chroma, filterbanks
from genrefit.features.spectral import Spectra, flux
from tests.support.signals import SR, nasty

librosa = pytest.importorskip("librosa")

QUICK = (
    "sine at 5 kHz",
    "noise",
    "clicks at 97 a minute",
    "silence with one click",
    "a tone, then silence",
    "very quiet noise",
)
# The spectrum of one click is flat but for rounding, and so are its "tones" and their tuning.
FLAT = ("silence with one click", "click on the first sample", "click on the last sample")


def oracle_classic(y: np.ndarray) -> np.ndarray:
    """The seed's method at 22,050 Hz: one librosa call a feature."""
    of = librosa.feature
    tempo, beats = librosa.beat.beat_track(y=y, sr=SR)
    values = [
        float(np.atleast_1d(tempo)[0]),
        len(beats),
        of.chroma_stft(y=y, sr=SR).mean(),
        of.rms(y=y).mean(),
        of.spectral_centroid(y=y, sr=SR).mean(),
        of.spectral_bandwidth(y=y, sr=SR).mean(),
        of.spectral_rolloff(y=y, sr=SR).mean(),
        of.zero_crossing_rate(y).mean(),
    ]
    return np.array([*values, *of.mfcc(y=y, sr=SR, n_mfcc=12).mean(axis=1)])


def assert_classic(y: np.ndarray, *, chroma: float = 1e-3) -> None:
    values, expected = features.classic(y), oracle_classic(y)
    for name, ours, theirs in zip(features.CLASSIC, values, expected, strict=True):
        rtol = chroma if name == "chroma_stft" else 1e-3
        atol = 1e-3 if name.startswith("mfcc") else 1e-9
        assert ours == pytest.approx(theirs, rel=rtol, abs=atol), name


def clips(music, *, every: int) -> list[np.ndarray]:
    segments = []
    for path in sorted(music.glob("*/*.mp3"))[::every]:
        song = decode.decode(path)
        y = resample(song.y, orig_sr=song.sr, sr=SR)
        segments.extend(cut_segments(y, sr=SR)[1])
    return segments


@pytest.mark.filterwarnings("ignore:Trying to estimate tuning")
@pytest.mark.parametrize("name", QUICK)
def test_classic_equals_the_oracle(name):
    assert_classic(nasty()[name], chroma=0.02 if name in FLAT else 1e-3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Trying to estimate tuning")
@pytest.mark.parametrize("seconds", [10.0, 5.0, 7.77])
@pytest.mark.parametrize("name", nasty())
def test_classic_equals_the_oracle_on_every_nasty_sound(name, seconds):
    assert_classic(nasty(seconds)[name], chroma=0.02 if name in FLAT else 1e-3)


def test_classic_equals_the_oracle_on_music(music):
    segments = clips(music, every=21)
    for segment in (segments[0], segments[7], segments[13], segments[13][: 5 * SR]):
        assert_classic(segment)


@pytest.mark.slow
def test_classic_equals_the_oracle_on_all_the_music(music):
    segments = clips(music, every=4)
    values = np.stack([features.classic(y) for y in segments])
    expected = np.stack([oracle_classic(y) for y in segments])
    ours = dict(zip(features.CLASSIC, values.T, strict=True))
    theirs = dict(zip(features.CLASSIC, expected.T, strict=True))
    # Near ties may fall either way once in a few hundred segments.
    near = {"tempo": (0.02, 0.99), "beats": (1e-9, 0.99), "chroma_stft": (1e-3, 0.99)}
    for name in features.CLASSIC:
        rtol, share = near.get(name, (1e-3, 1.0))
        atol = 1e-3 if name.startswith("mfcc") else 0.0
        equal = np.isclose(ours[name], theirs[name], rtol=rtol, atol=atol)
        assert equal.mean() >= share, (name, np.flatnonzero(~equal))


def assert_timbre(y: np.ndarray) -> None:
    """Every frame-wise series against librosa's, frame by frame."""
    series = Spectra(y, timbre=True).series
    of = librosa.feature
    expected = {
        "chroma": (of.chroma_stft(y=y, sr=SR), 1e-3),
        "rms": (of.rms(y=y), 1e-6),
        "spec_cent": (of.spectral_centroid(y=y, sr=SR), 0.5),
        "zcr": (of.zero_crossing_rate(y), 1e-9),
        "mfcc": (of.mfcc(y=y, sr=SR), 0.02),
        "flatness": (of.spectral_flatness(y=y), 1e-4),
    }
    for name, (theirs, atol) in expected.items():
        ours = np.asarray(series[name]).reshape(theirs.shape[1], -1)
        np.testing.assert_allclose(ours, theirs.T, rtol=1e-3, atol=atol, err_msg=name)
    assert_contrast(series["contrast"], of.spectral_contrast(y=y, sr=SR).T)
    magnitude = np.abs(librosa.stft(y.astype(np.float64)))
    unit = magnitude / np.maximum(magnitude.sum(axis=0), 1e-30)
    flux = np.square(np.diff(unit, axis=1)).sum(axis=0)
    np.testing.assert_allclose(series["flux"], flux, rtol=1e-3, atol=1e-6)


def assert_contrast(ours: np.ndarray, theirs: np.ndarray) -> None:
    # Where a band is 120 dB below the frame's peak, its faintest bins hold float32's rounding.
    assert np.isclose(ours, theirs, rtol=1e-3, atol=0.05).mean() > 0.9
    np.testing.assert_allclose(ours.mean(axis=0), theirs.mean(axis=0), atol=0.3)
    np.testing.assert_allclose(ours.std(axis=0), theirs.std(axis=0), atol=0.3)


@pytest.mark.filterwarnings("ignore:Trying to estimate tuning")
@pytest.mark.parametrize("name", ["noise", "beats of noise", "clicks at 97 a minute"])
def test_timbre_equals_the_oracle_frame_by_frame(name):
    assert_timbre(nasty()[name])


def test_timbre_equals_the_oracle_on_music(music):
    segments = clips(music, every=32)
    for segment in (segments[1], segments[-1], segments[0][: 5 * SR]):
        assert_timbre(segment)


def test_the_tables_are_the_oracle_s():
    np.testing.assert_allclose(
        filterbanks.mel_filters(sr=SR, n_fft=2048, n_mels=128).T,
        librosa.filters.mel(sr=SR, n_fft=2048),
        rtol=1e-5,
        atol=1e-9,
    )
    for tuning in (-0.5, 0.0, 0.37):
        np.testing.assert_allclose(
            filterbanks.chroma_filters(tuning).T,
            librosa.filters.chroma(sr=SR, n_fft=2048, tuning=tuning),
            rtol=1e-5,
            atol=1e-7,
        )
    np.testing.assert_allclose(
        filterbanks.hann(2048), librosa.filters.get_window("hann", 2048), atol=1e-12
    )
    assert config.SR == SR


@pytest.mark.parametrize("cents", [-40, -10, 0, 20, 45])
def test_tuning_is_estimated(cents):
    t = np.arange(5 * SR) / SR
    a = 440 * 2 ** (cents / 1200)
    y = 0.2 * sum(np.sin(2 * np.pi * a * 2 ** (k / 12) * t) for k in (0, 4, 7))
    power = Spectra(y.astype(np.float32)).power
    assert 100 * chroma.tuning(power) == pytest.approx(cents, abs=3)


def test_chroma_finds_the_note():
    t = np.arange(5 * SR) / SR
    for k, note in enumerate(features.PITCHES):
        y = 0.3 * np.sin(2 * np.pi * 261.626 * 2 ** (k / 12) * t)
        chroma = Spectra(y.astype(np.float32)).series["chroma"]
        assert features.PITCHES[int(chroma.mean(axis=0).argmax())] == note


def test_flatness_and_flux_tell_noise_from_a_steady_tone():
    noise, sine = (
        Spectra(nasty()[name], timbre=True).series for name in ("noise", "sine at 440 Hz")
    )
    assert noise["flatness"].mean() > 0.4 > 1e-3 > sine["flatness"].mean()
    assert np.median(noise["flux"]) > 1e-4 > 1e-5 > np.median(sine["flux"])
    assert flux(np.ones((3, 1056), dtype=np.float32)).max() == pytest.approx(0, abs=1e-6)
