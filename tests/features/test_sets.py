from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit import config, features
from genrefit.audio.decode import Audio
from genrefit.errors import AudioError, EarError
from genrefit.features.sets import CLASSIC, FEATURE_SETS, TIMBRE
from tests.support.signals import SR, nasty

SEED_COLUMNS = (
    *("tempo", "beats", "chroma_stft", "rms", "spec_cent", "spec_bw", "rolloff", "zcr"),
    *("mfcc1", "mfcc2", "mfcc3", "mfcc4", "mfcc5", "mfcc6", "mfcc7", "mfcc8", "mfcc9", "mfcc10"),
    *("mfcc11", "mfcc12"),
)


def noise(seconds: float, *, sr: int = SR) -> Audio:
    y = 0.1 * np.random.default_rng(0).standard_normal(round(seconds * sr))
    return Audio(y.astype(np.float32), sr)


def test_the_sets_are_described_and_their_columns_unique():
    assert list(FEATURE_SETS)[:3] == ["classic", "timbre", "ear"]
    assert FEATURE_SETS["classic"].columns == SEED_COLUMNS
    assert FEATURE_SETS["timbre"].columns[: len(CLASSIC)] == CLASSIC
    for name, one in FEATURE_SETS.items():
        assert one.name == name
        assert one.what
        assert one.version >= 1
        assert len(set(one.columns)) == len(one.columns)
    assert len(TIMBRE) == 96
    assert len(FEATURE_SETS["ear"].columns) == 250
    assert not set(FEATURE_SETS["ear"].columns) & set(FEATURE_SETS["yamnet"].columns)


def test_the_seed_s_beats_are_counts(seed_file):
    """What `beats` means was read off the seed's data: whole numbers that follow tempo x length."""
    import gzip
    import json

    with gzip.open(seed_file, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    assert all(isinstance(row["beats"], int) for row in rows)
    seconds = [row["beats"] * 60 / row["tempo"] for row in rows if row["tempo"]]
    assert 5 < np.median(seconds) < 10  # the seed's pieces are a 24th of a song


@pytest.mark.parametrize("sets", [["classic"], ["timbre"], ["timbre", "classic"]])
def test_every_set_describes_the_same_segments(sets):
    song = noise(37, sr=44_100)
    song.y[10 * 44_100 - 500 : 20 * 44_100 + 500] = 0
    extracted = features.extract(song, sets)
    assert list(extracted) == sets
    for name in sets:
        assert list(extracted[name].starts) == [0.0, 20.0, 30.0]
        assert extracted[name].values.shape == (3, len(FEATURE_SETS[name].columns))
        assert extracted[name].values.dtype == np.float32


def test_classic_is_the_same_alone_and_within_timbre():
    y = nasty()["beats of noise"]
    np.testing.assert_allclose(
        features.timbre(y)[: len(CLASSIC)], features.classic(y), rtol=1e-5, atol=1e-5
    )


def test_classic_and_timbre_differ_between_songs_and_repeat_for_one():
    one = features.extract(noise(10), ["timbre"])["timbre"].values
    again = features.extract(noise(10), ["timbre"])["timbre"].values
    other = features.extract(Audio(nasty()["chord"], SR), ["timbre"])["timbre"].values
    assert np.array_equal(one, again)
    assert np.mean(~np.isclose(one, other, rtol=1e-2)) > 0.9


@pytest.mark.parametrize("name", nasty())
@pytest.mark.parametrize("seconds", [10.0, 5.0])
def test_values_are_finite_for_every_sound(name, seconds):
    values = features.timbre(nasty(seconds)[name])
    assert np.isfinite(values).all()
    assert np.isfinite(features.classic(nasty(seconds)[name])).all()


@settings(max_examples=15, deadline=None)
@given(
    seconds=st.floats(5.0, 10.0),
    level=st.sampled_from([1e-7, 1e-3, 0.5, 1.0, 100.0]),
    hz=st.floats(1.0, 11_000.0),
    hiss=st.sampled_from([0.0, 1e-6, 0.1, 1.0]),
    offset=st.sampled_from([0.0, -0.9, 1.0]),
    top=st.sampled_from([1e-6, 0.5, 1e3]),
    holes=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=3),
    seed=st.integers(0, 2**32 - 1),
)
def test_values_stay_in_their_ranges(seconds, level, hz, hiss, offset, top, holes, seed):
    n = round(seconds * SR)
    y = np.sin(2 * np.pi * hz * np.arange(n) / SR)
    y += hiss * np.random.default_rng(seed).standard_normal(n) + offset
    y = np.clip(level * y, -top, top)
    for start, end in holes:
        y[int(start * n) : int(end * n)] = 0
    values = dict(zip(TIMBRE, features.timbre(y.astype(np.float32)), strict=True))
    assert all(np.isfinite(value) for value in values.values())
    for name in ("spec_cent", "spec_bw", "rolloff"):
        assert 0 <= values[name] <= config.SR / 2
    for name in ("chroma_stft", "zcr", "flatness", "chroma_a"):
        assert 0 <= values[name] <= 1.0001
    assert 0 <= values["tempo"] < 330
    assert 0 <= values["beats"] < 60
    assert all(value >= 0 for name, value in values.items() if name.endswith("_std"))


def test_a_song_too_short_or_silent_is_refused():
    with pytest.raises(AudioError, match=r"lasts 3\.0 s"):
        features.extract(noise(3), ["classic"])
    with pytest.raises(AudioError, match="nothing but silence"):
        features.extract(Audio(np.zeros(20 * SR, dtype=np.float32), SR), ["classic"])


def test_songs_of_other_lengths_and_threads_leave_no_trace():
    """Arrays are filled again and again, each thread its own."""
    songs = [
        Audio(noise(seconds).y * level, SR) for seconds, level in ((17, 1), (10, 3), (26, 0.2))
    ]
    alone = [features.extract(song, ["timbre"])["timbre"].values for song in songs]
    with ThreadPoolExecutor(3) as threads:
        for _ in range(4):
            together = threads.map(lambda song: features.extract(song, ["timbre"]), songs)
            for extracted, expected in zip(together, alone, strict=True):
                np.testing.assert_array_equal(extracted["timbre"].values, expected)


def test_the_ear_joins_in_where_it_is(monkeypatch):
    if not features.ear_is_ready(config.home()):
        pytest.skip("the ear is not here: run `genrefit ear` once")
    second = ("yamnet",) if features.second_ear_is_ready(config.home()) else ()
    assert features.default_sets(config.home()) == ("classic", "timbre", "ear", *second)
    extracted = features.extract(noise(26, sr=44_100), ["ear", "classic"], home=config.home())
    assert extracted["ear"].values.shape == (3, 250)
    assert np.array_equal(extracted["ear"].starts, extracted["classic"].starts)
    tags = features.sounds_like(extracted["ear"].values)
    assert len(tags) == 50
    assert all(0 <= value <= 1 for value in tags.values())


def test_without_the_ear_the_other_sets_go_on(monkeypatch, tmp_path):
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "nothing here"))
    assert not features.available(config.home(), "ear")
    assert features.default_sets(config.home()) == ("classic", "timbre")
    with pytest.raises(EarError):
        features.extract(noise(10), ["classic", "ear"], home=config.home())
    with pytest.raises(ValueError, match="need a home"):
        features.extract(noise(10), ["ear"])


def test_an_unknown_set_is_not_available():
    assert not features.available(config.home(), "loudness")


def test_nothing_of_the_oracle_is_loaded_at_run_time():
    code = (
        "import sys, numpy as np\n"
        "from genrefit import features\n"
        "from genrefit.audio.decode import Audio\n"
        "y = np.random.default_rng(0).standard_normal(250_000).astype('float32')\n"
        "features.extract(Audio(y, 44_100), ['timbre'])\n"
        "print([name for name in ('librosa', 'numba', 'sklearn') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("gain", [10 ** (-20 / 20), 10 ** (-12 / 20), 2.0])
def test_the_ears_hear_a_song_alike_however_loud_it_is(gain):
    ears = [name for name in ("ear", "yamnet") if features.available(config.home(), name)]
    if not ears:
        pytest.skip("no ear is here: run `genrefit ear` once")
    song = noise(20)
    as_it_is = features.extract(song, ears, home=config.home())
    louder = features.extract(
        Audio(song.y * np.float32(gain), song.sr), [*ears, "classic"], home=config.home()
    )
    for name in ears:
        np.testing.assert_allclose(louder[name].values, as_it_is[name].values, atol=0.02)
    rms = louder["classic"].values[:, CLASSIC.index("rms")]
    assert rms.mean() == pytest.approx(0.1 * gain, rel=0.02)  # the seed's features keep the level
