from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from genrefit.errors import ModelError
from genrefit.learning import model, split, training
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


def test_songs_are_tempered_means_of_their_segments(trained):
    table, result = trained
    P = result.model.segments(table.X)
    mean = P.reshape(60, 4, 3).mean(1) ** (1 / result.model.temperatures.song)
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


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(model.COOLEST, model.HOTTEST))
def test_tempering_keeps_order_and_sum(seed, temperature):
    P = np.random.default_rng(seed).dirichlet(np.full(4, 0.5), 20)
    tempered = model.tempered(P, temperature)
    assert tempered.sum(1) == pytest.approx(1)
    assert (tempered.argmax(1) == P.argmax(1)).all()
    certain = P.max(1) < 0.999  # rounding apart
    if temperature > 1.01:
        assert (tempered.max(1) <= P.max(1) + 1e-9)[certain].all()
    if temperature < 0.99:
        assert (tempered.max(1) >= P.max(1) - 1e-9)[certain].all()


@pytest.mark.parametrize("n", [12, 60, 600])
def test_a_few_songs_without_a_mistake_are_no_certainty(n):
    member = np.eye(3, dtype=bool)[np.arange(n) % 3]
    P = np.where(member, 0.9, 0.05)
    surest = model.tempered(P, model.temperature(P, member)).max(1)
    # One made-up song in every genre alike: (n + 1/3) / (n + 1) is the best that can be said.
    assert surest == pytest.approx((n + 1 / 3) / (n + 1), abs=0.01)


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_temperature_undoes_what_was_done(true):
    rng = np.random.default_rng(0)
    honest = rng.dirichlet(np.ones(3), 4_000)
    y = (rng.random((4_000, 1)) > honest.cumsum(1)).sum(1)
    member = np.eye(3, dtype=bool)[y]
    off = model.tempered(honest, 1 / true)
    assert model.temperature(off, member) == pytest.approx(true, rel=0.1)


def test_calibration_lowers_the_log_loss():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 100)
    song = np.repeat(np.arange(100), 8)
    member = np.eye(3, dtype=bool)[y]
    noisy = model.tempered(rng.dirichlet(np.ones(3), 800) + 0.35 * member[song], 0.3)
    temperatures, songs, P = model.calibrate(noisy, song, member)
    assert songs.tolist() == list(range(100))
    plain = noisy.reshape(100, 8, 3).mean(1)
    assert log_loss(y, P) < log_loss(y, plain)
    assert temperatures.segment > 1  # segments are over-confident, as they were made
    assert temperatures.song < 1  # and means of softened ones under-confident
