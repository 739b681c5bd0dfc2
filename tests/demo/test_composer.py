"""The composer: the same seed gives the same song, and styles sound as what they are."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from scipy import signal

from genrefit.demo import composer
from genrefit.demo.composer import SR, STYLES, song


@pytest.fixture(scope="module")
def songs() -> dict[tuple[str, int], np.ndarray]:
    """Four artists of every style, none of whose songs turns into another, 15 s each."""
    return {(style, seed): song(style, seed, 15.0)[0] for style in STYLES for seed in (0, 1, 2, 4)}


def band_levels(y: np.ndarray) -> np.ndarray:
    """Log energy in 12 bands, and how much it changes from moment to moment."""
    power = np.abs(signal.stft(y, SR, nperseg=2048)[2]) ** 2
    edges = np.geomspace(4, len(power), 13).astype(int)
    bands = np.array([power[a:b].mean(axis=0) for a, b in pairwise(edges)])
    levels = np.log(bands + 1e-9)
    return np.concatenate([levels.mean(axis=1), levels.std(axis=1)])


def test_length_rate_and_level(songs):
    for (style, seed), y in songs.items():
        assert y.dtype == np.float32 and y.shape == (15 * SR,), (style, seed)
        assert np.isfinite(y).all() and np.abs(y).max() <= 0.9, (style, seed)
        sounding = np.abs(y).reshape(-1, SR).max(axis=1)
        assert (sounding > 0.01).all(), (style, seed, "has a silent second")


def test_same_seed_same_song_in_another_process():
    code = (
        "from genrefit.demo.composer import song; from hashlib import sha256; "
        "print(sha256(song('swing', 3, 6.0)[0].tobytes()).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == sha256(song("swing", 3, 6.0)[0].tobytes()).hexdigest()


def test_songs_of_one_artist_differ():
    assert composer.composition("dance", 0).artist == composer.composition("dance", 6).artist
    assert not np.array_equal(song("dance", 0, 6.0)[0], song("dance", 6, 6.0)[0])


def test_styles_are_told_apart_by_artists_not_heard(songs):
    names = list(STYLES)
    known = {s: np.array([band_levels(songs[s, n]) for n in (0, 1)]) for s in names}
    scale = np.concatenate(list(known.values())).std(axis=0)
    right = 0
    for style in names:
        for seed in (2, 4):
            x = band_levels(songs[style, seed])
            distance = [np.linalg.norm((x - known[s].mean(axis=0)) / scale) for s in names]
            right += names[int(np.argmin(distance))] == style
    # 14 songs; chance is 2.
    assert right >= 10


def test_some_songs_turn_into_another_style_for_a_while():
    composition = composer.composition("country", 7)
    assert composition.title.endswith("(Hip Hop Turn)")
    y, sr = song("country", 7, 30.0)

    def rumble(a, b):
        part = y[round(a * sr) : round(b * sr)]
        power = np.abs(np.fft.rfft(part)) ** 2
        return power[: round(70 * len(part) / sr)].sum() / power.sum()

    # The turn takes the middle 40 %, with a bass that country has not.
    assert rumble(11, 19) > 2 * max(rumble(0, 8), rumble(22, 30))


def test_the_dance_machine_keeps_its_beat():
    """Bass energy of a four-on-the-floor song repeats at one steady beat of 118 to 136 bpm."""
    y, sr = song("dance", 1, 20.0)
    power = np.abs(signal.stft(y, sr, nperseg=1024, noverlap=1024 - 320)[2][:5]) ** 2
    onsets = np.maximum(0, np.diff(power.sum(axis=0)))
    onsets -= onsets.mean()
    echo = signal.correlate(onsets, onsets)[len(onsets) - 1 :]
    lags = np.arange(len(echo)) * 320 / sr
    near = (lags > 0.3) & (lags < 0.6)
    bpm = 60 / lags[near][np.argmax(echo[near])]
    assert 117 <= bpm <= 137


def test_names_are_distinct_and_artists_shared():
    for style in STYLES:
        songs = [composer.composition(style, seed) for seed in range(48)]
        assert len({(c.artist, c.title) for c in songs}) == 48
        assert len({c.title for c in songs[:8]}) == 8
        assert len({c.artist for c in songs[:8]}) == 6
        assert len({c.artist for c in songs}) == 36
        assert all(30 <= c.seconds <= 45 for c in songs)
    everyone = [composer.composition(s, n).artist for s in STYLES for n in (0, 1, 2, 3, 4, 5)]
    assert len(set(everyone)) == len(everyone)


def test_written_whole_with_tags(tmp_path):
    composition = composer.composition("waltz", 2, seconds=6.0)
    path = composer.write(composition, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [
        f"{composition.artist} - {composition.title}.flac"
    ]
    with soundfile.SoundFile(path) as file:
        assert (file.artist, file.title, file.album) == (
            composition.artist,
            composition.title,
            composer.SYNTHETIC,
        )
        y = file.read(dtype="float32")
    np.testing.assert_allclose(y, song("waltz", 2, 6.0)[0], atol=2 / 2**15)


@pytest.mark.parametrize(
    "style, seed, seconds, says",
    [("polka", 0, 10, "polka"), ("punk", -1, 10, "-1"), ("punk", 0, 2, "5 to 600")],
)
def test_refuses(style, seed, seconds, says):
    with pytest.raises(ValueError, match=says):
        song(style, seed, seconds)
