"""The ear at run time: its front end and its features."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit import config
from genrefit.errors import EarError
from genrefit.features import ear_folder, ear_is_ready, ear_status, filterbanks, musicnn

HOME = config.home()
needs_ear = pytest.mark.skipif(not ear_is_ready(HOME), reason=ear_status(HOME).missing)


def sound(seconds: float, *, seed: int = 0) -> np.ndarray:
    """A chord that swells over noise, mono at 16 kHz."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * musicnn.SR)) / musicnn.SR
    chord = sum(np.sin(2 * np.pi * f * t) for f in rng.uniform(100, 4000, 6))
    swell = 0.1 + np.sin(2 * np.pi * 0.7 * t) ** 2
    return (0.1 * swell * chord + rng.normal(0, 0.01, len(t))).astype(np.float32)


# the front end


@pytest.mark.parametrize(
    ("seconds", "loudness"), [(0.05, 1.0), (1.0, 0.0), (5.3, 1e-3), (10.0, 1.0), (10.0, 30.0)]
)
def test_log_mel_equals_librosa(seconds, loudness):
    import librosa

    y = loudness * sound(seconds)
    mel = librosa.feature.melspectrogram(y=y, sr=16_000, n_fft=512, hop_length=256, n_mels=96)
    ours = musicnn.log_mel(y)
    assert ours.dtype == np.float32
    assert ours.shape == (1 + len(y) // 256, 96)
    np.testing.assert_allclose(ours, np.log10(10_000 * mel.T + 1), rtol=1e-5, atol=2e-5)


def test_log_mel_filters_equal_librosa():
    import librosa

    ours = filterbanks.mel_filters(sr=16_000, n_fft=512, n_mels=96)
    theirs = librosa.filters.mel(sr=16_000, n_fft=512, n_mels=96)
    np.testing.assert_allclose(ours.T, theirs, rtol=1e-4, atol=1e-8)


# the features


@needs_ear
def test_a_segment_is_the_mean_of_its_patches():
    import onnxruntime

    y = sound(10.0)
    spectrogram = musicnn.log_mel(y)
    session = onnxruntime.InferenceSession((ear_folder(HOME) / "musicnn.onnx").read_bytes())
    each = [
        np.hstack(session.run(["penultimate", "logits"], {"log_mel": patch[None]}))[0]
        for patch in (spectrogram[:187], spectrogram[187:374], spectrogram[374:561])
    ]
    np.testing.assert_allclose(
        musicnn.embed([y], home=HOME)[0], np.mean(each, axis=0), rtol=0, atol=1e-5
    )


@needs_ear
def test_segments_do_not_touch_each_other_and_a_tail_has_its_own_patch():
    songs = [sound(10, seed=1), sound(10, seed=2), sound(5, seed=3)]
    together = musicnn.embed(songs, home=HOME)
    assert together.shape == (3, 250) == (3, len(musicnn.COLUMNS))
    assert together.dtype == np.float32
    for row, y in zip(together, songs, strict=True):
        np.testing.assert_allclose(musicnn.embed([y], home=HOME)[0], row, rtol=0, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 0.1


@needs_ear
def test_no_segments_give_no_rows_and_a_snippet_is_refused():
    assert musicnn.embed([], home=HOME).shape == (0, 250)
    with pytest.raises(EarError, match=r"2\.0 s is too short for the ear, which needs 3 s"):
        musicnn.embed([sound(2.0)], home=HOME)


@needs_ear
def test_silence_and_overdriven_sound_give_finite_numbers():
    values = musicnn.embed([np.zeros(160_000, np.float32), 100 * sound(10)], home=HOME)
    assert np.isfinite(values).all()


def test_columns_name_the_tags():
    assert len(musicnn.COLUMNS) == len(set(musicnn.COLUMNS)) == 250
    assert musicnn.COLUMNS[0] == "ear1"
    assert musicnn.COLUMNS[199:201] == ("ear200", "tag:rock")
    assert {"Hip-Hop", "classic rock", "female vocalists", "Progressive rock"} <= set(musicnn.TAGS)


def test_sounds_like_ranks_mean_activations():
    values = np.full((2, 250), -10.0)
    values[:, musicnn.COLUMNS.index("tag:folk")] = 0.0
    values[0, musicnn.COLUMNS.index("tag:jazz")] = 100.0
    values[1, musicnn.COLUMNS.index("tag:jazz")] = 0.0
    activations = musicnn.sounds_like(values)
    assert list(activations)[:2] == ["jazz", "folk"]
    assert activations["jazz"] == pytest.approx(0.75)
    assert activations["folk"] == pytest.approx(0.5)
    assert len(activations) == 50


def test_light_to_import():
    import subprocess
    import sys

    code = "import sys, genrefit.features.musicnn; print([m for m in sys.modules if m in %r])"
    heavy = {"onnx", "onnxruntime", "pandas", "scipy.fft", "sklearn", "librosa"}
    run = subprocess.run(
        [sys.executable, "-c", code % heavy],
        capture_output=True,
        text=True,
        check=True,
        cwd=config.CHECKOUT,
    )
    assert run.stdout.strip() == "[]"
