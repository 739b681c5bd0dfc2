from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from genrefit.errors import TrainError
from genrefit.features import FEATURE_SETS
from genrefit.learning import train, training, training_table
from genrefit.learning.recipe import Recipe
from genrefit.learning.training_table import several_genres_note
from genrefit.library import open_library
from genrefit.records import Features
from tests.support import tables
from tests.support.homes import fill_library


def test_the_best_features_that_all_songs_have(home):
    fill_library(home, [["jazz"], ["rock"]] * 8, sets=("classic", "timbre"))
    with open_library(home) as library:
        assert training_table.chosen_table(library, Recipe())[0].features == "timbre"
        library.add_features(
            "s0", {"ear": Features(np.zeros(1), np.zeros((1, len(FEATURE_SETS["ear"].columns))))}
        )
        table, notes = training_table.chosen_table(library, Recipe())
        assert (table.features, notes) == ("timbre", [])
        table, notes = training_table.chosen_table(library, Recipe(features="ear"))
        assert "15 of 16 songs have no 'ear' features" in notes[0]


def test_songs_of_no_chosen_genre_are_left_out():
    table = tables.drawn([["jazz"], ["rock"], ["folk"], []] * 10)
    trained = training.learn(table, Recipe(pipeline="logistic", genres=("rock", "jazz")), n_jobs=1)
    assert trained.model.genres == ("jazz", "rock")
    assert len(trained.out_of_fold) == 20


def test_features_that_are_no_numbers_are_reported():
    table = tables.drawn([["jazz"], ["rock"]] * 6)
    table.X[3, 2] = np.nan
    with pytest.raises(TrainError, match="1 of 48 segments"):
        training.learn(table, Recipe(pipeline="logistic"), n_jobs=1)


def test_a_song_of_a_genre_that_was_not_chosen_changes_nothing():
    genres = [["a"], ["b"]] * 12
    plain = tables.drawn(genres)
    also_c = dataclasses.replace(plain, songs=plain.songs.copy())
    also_c.songs["genres"] = [
        (*names, "c") if number in (3, 8) else names
        for number, names in enumerate(plain.songs["genres"])
    ]
    recipe = Recipe(pipeline="logistic", genres=("a", "b"))
    one, two = (training.learn(table, recipe, n_jobs=1) for table in (plain, also_c))
    np.testing.assert_array_equal(
        one.model.songs(plain.X, plain.song, 24), two.model.songs(plain.X, plain.song, 24)
    )
    np.testing.assert_array_equal(one.out_of_fold.to_numpy(), two.out_of_fold.to_numpy())
    assert dataclasses.replace(one.report, seconds=0) == dataclasses.replace(two.report, seconds=0)


def test_a_feature_set_that_is_no_longer_known_is_left_out(home):
    fill_library(home, [["jazz"], ["rock"]] * 8)
    with open_library(home) as library, library.transaction() as db:
        db.execute(
            "INSERT INTO features SELECT song_id, 'gone', 1, width, starts, vals FROM features"
        )
    with open_library(home) as library:
        table, notes = training_table.chosen_table(library, Recipe())
        assert table.features == "classic"
        assert notes == [
            "the library also holds the feature set 'gone', which this version of genrefit does "
            "not know: it is left out"
        ]
        with pytest.raises(TrainError, match="no feature set 'gone': choose one of"):
            training_table.chosen_table(library, Recipe(features="gone"))
    report = train.train(home, Recipe(pipeline="logistic"), n_jobs=1)
    assert report.features == "classic"


def test_songs_in_several_genres_are_counted_with_what_that_does():
    songs = pd.DataFrame({"genres": [("a", "b"), ("a", "b"), ("a",), ("b", "c"), ("c",)]})
    note = several_genres_note(songs, {"a", "b", "c"})
    assert note.startswith("3 songs of 5 are in several genres, most often a and b (2)")
    assert several_genres_note(songs, {"a", "c"}) is None
    assert several_genres_note(songs, {"b", "c"}).startswith("1 song of 5 is in several genres")
