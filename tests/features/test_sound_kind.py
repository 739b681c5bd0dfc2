from __future__ import annotations

import numpy as np
import pytest

from genrefit import features
from genrefit.audio.decode import Audio, decode
from genrefit.features import sound_kind, yamnet
from tests.conftest import SHARED
from tests.features.test_musicnn import HOME
from tests.features.test_yamnet import needs_second_ear

SR = yamnet.SR


def logits(**classes: float) -> np.ndarray:
    """A song of two segments, every class unlikely but those given."""
    row = np.full(len(yamnet.COLUMNS), -12.0)
    for name, value in classes.items():
        row[yamnet.COLUMNS.index(name.replace("_", " "))] = value
    return np.stack([row, row])


@pytest.mark.parametrize(
    ("classes", "kind"),
    [
        ({"Speech": 4.0}, "speech"),
        ({"Speech": 4.0, "Music": 0.5}, "speech"),
        ({"Speech": 4.0, "Music": 2.0}, None),  # a song that begins with a few words
        ({"Speech": 2.0, "Rapping": 1.0}, None),
        ({"Speech": -1.0}, None),
        ({"Conversation": 3.0}, "speech"),
        ({"Silence": 2.0}, "silence or noise"),
        ({"White_noise": -0.5, "Music": -4.0}, "silence or noise"),
        ({"White_noise": -0.5, "Music": -3.0}, None),
        ({"White_noise": -0.5, "Electronic_music": 1.0}, None),
        ({"Music": 3.0, "Singing": 1.0}, None),
        ({"A_capella": -2.0, "Noise": -4.0}, None),
        ({}, None),
    ],
)
def test_what_is_ahead_of_all_music_names_the_kind(classes, kind):
    told = sound_kind.not_music(logits(**classes))
    assert (told.kind if told else None) == kind


def test_a_few_words_before_a_song_do_not_make_it_speech():
    song = np.concatenate([logits(Speech=4.0)[:1], *[logits(Music=4.0)] * 3])
    assert sound_kind.not_music(song) is None


@needs_second_ear
@pytest.mark.parametrize("colour", [0, 1, 2])
def test_noise_is_called_noise(colour):
    rng = np.random.default_rng(colour)
    spectrum = np.fft.rfft(rng.normal(size=20 * SR))
    spectrum /= np.maximum(1, np.arange(len(spectrum))) ** (colour / 2)
    noise = np.fft.irfft(spectrum)
    song = Audio((0.3 * noise / np.abs(noise).max()).astype(np.float32), SR)
    values = features.extract(song, ["yamnet"], home=HOME)["yamnet"].values
    told = features.not_music(values)
    assert told is not None
    assert told.kind == "silence or noise"
    assert told.sentence == "this is silence or noise, not music"


@needs_second_ear
def test_music_is_music(music):
    """One clip of each genre; the slow tests take all."""
    for genre in sorted(music.iterdir()):
        if genre.is_dir():
            _assert_music(sorted(genre.glob("*.mp3"))[0])


@pytest.mark.slow
@needs_second_ear
def test_all_real_clips_are_music(music):
    for path in sorted(music.glob("*/*.mp3")):
        _assert_music(path)


def _assert_music(path) -> None:
    values = features.extract(decode(path), ["yamnet"], home=HOME)["yamnet"].values
    assert features.not_music(values) is None, path.name


@pytest.mark.skipif(not (SHARED / "data" / "emotify_ears.npz").is_file(), reason="no data here")
def test_the_songs_of_a_collection_are_music():
    with np.load(SHARED / "data" / "emotify_ears.npz") as arrays:
        songs = arrays["yamnet_mean"].astype(np.float64)[:, yamnet.KEPT]
    called = [sound_kind.not_music(song[None]) for song in songs]
    assert sum(kind is not None for kind in called) == 0
