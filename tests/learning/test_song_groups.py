"""Songs that are no independent evidence stay together."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit.learning import song_groups, split, training
from genrefit.learning.recipe import Recipe
from tests.support import tables


def songs_of(artists, **columns):
    return tables.frame([["jazz"]] * len(artists), artists).assign(**columns)


def partition(number):
    return {frozenset(np.flatnonzero(number == n).tolist()) for n in number}


def test_a_guest_joins_the_songs_of_both_artists():
    songs = songs_of(["Abc", "Xyz", None, "Q", None])
    songs["artists"] = [("abc",), ("xyz", "abc"), (), ("q",), ("xyz",)]
    assert partition(split.artists(songs)) == {frozenset({0, 1, 4}), frozenset({2}), frozenset({3})}
    assert song_groups.of_unknown_artist(songs).tolist() == [False, False, True, False, False]


def test_keys_are_read_from_names_where_the_table_has_none():
    songs = songs_of(["The Abc", "abc feat. Xyz", "Xyz", None])
    assert partition(split.artists(songs)) == {frozenset({0, 1, 2}), frozenset({3})}


@pytest.mark.parametrize("none", [None, "", float("nan")])
def test_copies_of_a_recording_stay_together_whatever_their_artist(none):
    songs = songs_of(["a", "b", "c", "d"], recording=["r1", none, "r1", none])
    assert partition(split.groups(songs, "artist")) == {
        frozenset({0, 2}), frozenset({1}), frozenset({3}),
    }  # fmt: skip
    assert partition(split.groups(songs, "song")) == partition(split.groups(songs, "artist"))
    apart = songs_of(["a", "a", "c", "d"], recording=["r1", none, "r1", none])
    assert partition(split.groups(apart, "artist")) == {frozenset({0, 1, 2}), frozenset({3})}
    assert partition(split.groups(apart, "song")) == {
        frozenset({0, 2}), frozenset({1}), frozenset({3}),
    }  # fmt: skip


def test_a_long_chain_of_guests_is_one_group():
    keys = [(f"a{i}", f"a{i + 1}") for i in range(3_000)]
    assert set(song_groups.connected(keys[::2] + keys[1::2])) == {0}


def test_the_report_says_how_many_songs_are_of_unknown_artist():
    table = tables.drawn(
        [["jazz"], ["rock"]] * 8, artists=[None, "a", None, "b", *"cdefghijklmn"][:16]
    )
    assert table.songs["artist"].isna().sum() == 2
    trained = training.learn(table, Recipe(pipeline="logistic"), n_jobs=1)
    assert trained.report.unknown_artists == 2
    (warning,) = [line for line in trained.report.warnings if "unknown artist" in line]
    assert warning.startswith("2 of 16 songs")
