"""Songs that are unlike all genres, by the first ear's tags."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit.learning import split, tag_typicality, training
from genrefit.learning.recipe import Recipe
from genrefit.learning.typicality import Typicality, unlike_all
from tests.support import tables

GENRES = ("jazz", "reggae", "rock")


@pytest.fixture(scope="module")
def ear():
    table = tables.drawn([[genre] for genre in GENRES] * 40, features="ear", segments=3, apart=1.5)
    member = split.members(table.songs, GENRES)
    fold = split.folds(member, np.arange(120), n=5, seed=0)
    return table, member, fold, tag_typicality.tag_columns(table.columns)


def test_about_a_twentieth_of_own_songs_are_unlike_all(ear):
    table, member, fold, columns = ear
    assert len(columns) == 50
    learned, own = tag_typicality.learn(table.X, table.song, member, fold, columns)
    assert 0.02 <= unlike_all(own).mean() <= 0.06
    assert own[member].mean() > 0.4 and own[~member].mean() < 0.1
    # By the model that heard them they are no more often so.
    assert unlike_all(learned(table.X, table.song, 120)).mean() <= 0.06


def test_what_lies_far_from_every_genre_is_unlike_all(ear):
    table, member, fold, columns = ear
    learned, _ = tag_typicality.learn(table.X, table.song, member, fold, columns)
    flagged = unlike_all(learned(table.X + 6, table.song, 120))
    assert flagged.mean() > 0.9


def test_a_genre_that_was_left_out_is_found_strange_and_a_twin_is_not(ear):
    table, member, fold, columns = ear
    rate = tag_typicality.strangers_flagged(table.X, table.song, member, fold, columns)
    assert rate > 0.9, "the genres lie far apart"
    twins = np.random.default_rng(1).normal(size=table.X.shape)
    assert tag_typicality.strangers_flagged(twins, table.song, member, fold, columns) < 0.15
    rows = table.song < 6
    few = (table.X[rows], table.song[rows], member[:6], fold[:6])
    assert tag_typicality.strangers_flagged(*few, columns) is None


def test_what_was_saved_is_the_same_and_models_of_old_go_by_segments(ear):
    table, member, fold, columns = ear
    learned, _ = tag_typicality.learn(table.X, table.song, member, fold, columns)
    again = Typicality.from_arrays(learned.arrays())
    np.testing.assert_array_equal(
        again(table.X, table.song, 120), learned(table.X, table.song, 120)
    )
    old = {name: array for name, array in learned.arrays().items() if name != "columns"}
    assert Typicality.from_arrays(old).columns is None


def test_the_report_says_both_rates(ear):
    table, _, _, _ = ear
    trained = training.learn(table, Recipe(pipeline="logistic", features="ear"), n_jobs=1)
    found = trained.report.typicality
    assert found.strangers > 0.9 and 0.0 <= found.unlike_all <= 0.06
    assert trained.model.typical.columns is not None
