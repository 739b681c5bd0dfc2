from __future__ import annotations

import numpy as np
import pytest

from genrefit import features
from genrefit.audio import decode
from genrefit.errors import ModelError
from genrefit.learning import split, typicality
from tests.support import tables

GENRES = ("folk", "jazz", "rock")


def learnt(count=120, segments=6, seed=0, genres=GENRES):
    table = tables.drawn([[genres[i % len(genres)]] for i in range(count)], segments=segments,
                         seed=seed)  # fmt: skip
    member = split.members(table.songs, genres)
    fold = split.folds(member, np.arange(count), n=5, seed=seed)
    return table, member, typicality.learn(table.X, table.song, member, fold)


def test_about_one_in_twenty_own_songs_is_untypical():
    shares = []
    for seed in range(4):
        _, member, (_, own) = learnt(200, seed=seed)
        assert ((own > 0) & (own <= 1)).all()
        shares.append((own[member] < typicality.UNLIKE).mean())
        assert typicality.unlike_all(own).mean() <= 0.08
    assert np.mean(shares) == pytest.approx(0.05, abs=0.02)


def test_fresh_songs_of_known_genres_are_seldom_flagged():
    table, member, _ = learnt(400)
    half = np.arange(200)
    rows = table.song < 200
    fold = split.folds(member[half], half, n=5, seed=0)
    known, _ = typicality.learn(table.X[rows], table.song[rows], member[half], fold)
    p = known(table.X[~rows], table.song[~rows] - 200, 200)
    own = p[member[200:]]
    assert (own < typicality.UNLIKE).mean() == pytest.approx(0.05, abs=0.045)
    # Uniform p-values, not only at one point.
    assert np.quantile(own, [0.25, 0.5, 0.75]) == pytest.approx([0.25, 0.5, 0.75], abs=0.12)


def test_what_is_unlike_everything_is_flagged():
    table, _, (known, _) = learnt()
    rng = np.random.default_rng(1)
    elsewhere = (rng.normal(size=(60, table.X.shape[1])) + 15).astype(np.float32)
    p = known(elsewhere, np.repeat(np.arange(10), 6), 10)
    assert typicality.unlike_all(p).all()


def test_white_noise_is_unlike_real_music(seed_file):
    table = tables.of_seed(seed_file)
    genres = ("bluegrass", "blues", "classic_rock", "folk")
    member = split.members(table.songs, genres)
    fold = split.folds(member, split.artists(table.songs), n=5, seed=0)
    known, own = typicality.learn(table.X, table.song, member, fold)
    assert (own[member] < typicality.UNLIKE).mean() == pytest.approx(0.05, abs=0.015)
    assert typicality.unlike_all(own).mean() < 0.05
    y = np.random.default_rng(0).normal(scale=0.1, size=30 * 22_050).astype(np.float32)
    noise = features.extract(decode.Audio(y, 22_050, {}), ("classic",))["classic"].values
    p = known(noise, np.zeros(len(noise), int), 1)
    assert typicality.unlike_all(p).tolist() == [True]


def test_a_clip_is_judged_about_as_a_whole_song():
    table, member, (known, _) = learnt(200)
    whole = known(table.X, table.song, 200)[member]
    first = np.arange(0, len(table.X), 6)
    clip = known(table.X[first], table.song[first], 200)[member]
    assert (clip < typicality.UNLIKE).mean() <= (whole < typicality.UNLIKE).mean() + 0.08


@pytest.mark.parametrize("count", [16, 24])
def test_small_genres_borrow_so_that_anything_can_be_flagged(count):
    table, _, (known, _) = learnt(2 * count, genres=("folk", "jazz"))
    far = np.full((3, table.X.shape[1]), 40, np.float32)
    assert typicality.unlike_all(known(far, np.zeros(3, int), 1)).all()


def test_songs_of_several_genres_count_in_each():
    genres = [["folk"], ["jazz"], ["folk", "jazz"]] * 20
    table = tables.drawn(genres)
    member = split.members(table.songs, ("folk", "jazz"))
    fold = split.folds(member, np.arange(60), n=5, seed=0)
    _, own = typicality.learn(table.X, table.song, member, fold)
    assert np.median(own[2::3]) > 0.1


def test_what_is_saved_comes_back():
    table, _, (known, _) = learnt(30)
    restored = typicality.Typicality.from_arrays(known.arrays())
    assert (restored(table.X, table.song, 30) == known(table.X, table.song, 30)).all()


def test_columns_that_never_vary_do_no_harm():
    table, member, _ = learnt(60)
    table.X[:, 3] = 7.0
    fold = split.folds(member, np.arange(60), n=5, seed=0)
    known, own = typicality.learn(table.X, table.song, member, fold)
    assert np.isfinite(known(table.X, table.song, 60)).all()
    assert (own[member] < typicality.UNLIKE).mean() < 0.15


def test_a_song_without_segments_is_refused():
    table, _, (known, _) = learnt(30)
    with pytest.raises(ModelError, match="no segments"):
        known(table.X, table.song, 31)
