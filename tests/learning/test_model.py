from __future__ import annotations

import numpy as np
import pytest

from genrefit.errors import ModelError
from genrefit.learning import pipeline_fitting, split, training
from genrefit.learning.model import GenreModel
from genrefit.learning.recipe import Recipe
from tests.support import tables

GENRES = ("folk", "jazz", "rock")


@pytest.fixture(scope="module")
def trained():
    table = tables.drawn([[GENRES[i % 3]] for i in range(60)])
    return table, training.learn(table, Recipe(pipeline="logistic"), n_jobs=1)


def test_likelihoods_sum_to_one_and_find_the_genre(trained):
    table, result = trained
    P = result.model.segments(table.X)
    assert P.sum(1) == pytest.approx(1)
    S = result.model.songs(table.X, table.song, len(table.songs))
    assert S.sum(1) == pytest.approx(1)
    member = split.members(table.songs, GENRES)
    assert member[np.arange(60), S.argmax(1)].mean() > 0.9


def test_songs_are_pooled_means_of_what_the_fit_says_of_segments(trained):
    table, result = trained
    pool = result.model.pools.song
    raw = pipeline_fitting.likelihoods(result.model.pipeline, table.X, count=3)
    mean = raw.reshape(60, 4, 3).mean(1) ** pool.fit * np.exp(pool.bias)
    expected = mean / mean.sum(1, keepdims=True)
    assert result.model.songs(table.X, table.song, 60) == pytest.approx(expected, abs=1e-6)


def test_order_and_grouping_of_rows_do_not_matter(trained):
    table, result = trained
    order = np.random.default_rng(0).permutation(len(table.X))
    mixed = result.model.songs(table.X[order], table.song[order], 60)
    assert mixed == pytest.approx(result.model.songs(table.X, table.song, 60))


def test_noise_is_unlike_all_and_own_songs_are_not(trained):
    table, result = trained
    noise = np.random.default_rng(0).normal(size=(6, table.X.shape[1])).astype(np.float32) * 20
    typical = result.model.typicality(noise, np.zeros(6, int), 1)
    assert result.model.unlike_all(typical).tolist() == [True]
    own = result.model.typicality(table.X, table.song, 60)
    assert result.model.unlike_all(own).mean() < 0.1


def test_other_features_are_refused_by_name(trained):
    table, result = trained
    with pytest.raises(ModelError, match=r"20 features of the set 'classic'.*\(240, 19\)"):
        result.model.segments(table.X[:, :19])


def test_a_model_of_an_earlier_version_says_what_it_said(trained):
    table, result = trained
    state = result.model.state()
    del state["pools"]
    state["temperatures"] = np.array([1.7, 0.6])
    old = GenreModel.from_state(
        state, genres=GENRES, features="classic", version=1, columns=table.columns
    )
    raw = pipeline_fitting.likelihoods(old.pipeline, table.X, count=3)
    segments = _tempered(raw, 1.7)
    assert old.segments(table.X) == pytest.approx(segments, abs=1e-6)
    means = segments.reshape(60, 4, 3).mean(1)
    assert old.songs(table.X, table.song, 60) == pytest.approx(_tempered(means, 0.6), abs=1e-6)


def _tempered(P, temperature):
    powers = np.maximum(P, 1e-5) ** (1 / temperature)
    return powers / powers.sum(1, keepdims=True)
