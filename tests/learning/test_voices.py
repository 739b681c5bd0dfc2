"""How the voices are pooled: a fit on songs and the names of the genres."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit.learning import metrics, split, training, voices
from genrefit.learning.nested_judgement import judge_nested, judge_without_names
from genrefit.learning.recipe import Recipe
from genrefit.learning.training_names import TrainingNames
from genrefit.learning.voices import NamesHeard, learn, learn_pools
from tests.support import tables


def opinions(n, *, sharp, genres=3, seed=0):
    """Log-likelihoods of a voice that is as often right as it says, then sharpened."""
    rng = np.random.default_rng(seed)
    honest = rng.dirichlet(np.full(genres, 0.7), n)
    y = (rng.random((n, 1)) > honest.cumsum(1)[:, :-1]).sum(1)
    return np.log(np.maximum(honest, 1e-5)) * sharp, np.eye(genres, dtype=bool)[y]


@pytest.mark.parametrize("sharp", [0.5, 1.0, 2.5])
def test_with_many_songs_what_was_sharpened_is_softened_again(sharp):
    fit, member = opinions(4_000, sharp=sharp)
    assert learn(fit, None, member).fit == pytest.approx(1 / sharp, rel=0.1)


def test_with_few_songs_the_names_lead_and_with_many_they_fade():
    weights = {}
    for n in (0, 6, 3_000):
        fit, member = opinions(n, sharp=1.0, seed=2)
        noise = np.log(np.random.default_rng(3).dirichlet(np.ones(3), n))
        weights[n] = learn(fit, noise, member)
    assert (weights[0].fit, weights[0].names) == pytest.approx((0.7, 0.4))
    assert abs(weights[6].names - 0.4) < 0.25
    assert weights[3_000].names < 0.06 and weights[3_000].fit == pytest.approx(1.0, abs=0.1)


def test_a_few_songs_without_a_mistake_are_no_certainty():
    for n, most in ((6, 0.97), (60, 0.999)):
        member = np.eye(3, dtype=bool)[np.arange(n) % 3]
        fit = np.log(np.where(member, 0.9, 0.05))
        assert learn(fit, None, member)(fit, None).max() < most


def test_the_loss_is_the_least_near_what_was_learned():
    fit, member = opinions(80, sharp=2.0, seed=4)
    names, _ = opinions(80, sharp=0.5, seed=5)
    pool = learn(fit, names, member)

    def penalised(t1, t2, bias):
        P = voices.Pool(t1, t2, bias)(fit, names)
        penalty = 3 * ((t1 - 0.7) ** 2 + (t2 - 0.4) ** 2) + (bias**2).sum()
        return metrics.losses(P, member).sum() + penalty

    least = penalised(pool.fit, pool.names, pool.bias)
    for step in (-0.02, 0.02):
        assert penalised(pool.fit + step, pool.names, pool.bias) > least
        assert penalised(pool.fit, max(0, pool.names + step), pool.bias) >= least
        assert penalised(pool.fit, pool.names, pool.bias + step * np.eye(3)[1]) > least


def test_a_song_is_judged_by_what_was_learned_without_it():
    rng = np.random.default_rng(6)
    song = np.repeat(np.arange(40), 3)
    fold = (song % 5).astype(int)
    member = np.eye(2, dtype=bool)[np.arange(40) // 20]
    P = rng.dirichlet(np.ones(2), 120)
    names = NamesHeard(
        np.log(rng.dirichlet(np.ones(2), 40)), np.log(rng.dirichlet(np.ones(2), 120))
    )
    before = judge_nested(P, fold, song, member, names)
    alone = judge_without_names(P, fold, song, member)
    other = member.copy()
    other[fold[::3] == 2] = ~other[fold[::3] == 2]  # the labels of one fold's songs
    after = judge_nested(P, fold, song, other, names)
    mine = np.arange(40) % 5 == 2
    assert after.of_songs[mine] == pytest.approx(before.of_songs[mine])
    assert after.of_segments[mine[song]] == pytest.approx(before.of_segments[mine[song]])
    assert not np.allclose(after.of_songs[~mine], before.of_songs[~mine])
    assert judge_without_names(P, fold, song, other)[mine] == pytest.approx(alone[mine])


def test_each_song_counts_as_one_however_many_segments_it_has():
    fit, member = opinions(30, sharp=1.5, seed=7)
    P = np.exp(fit) / np.exp(fit).sum(1, keepdims=True)
    few = learn_pools(P, np.arange(30), member, None)
    times = np.where(np.arange(30) < 15, 9, 1)
    song = np.repeat(np.arange(30), times)
    many = learn_pools(P[song], song, member, None)
    assert many.segment.fit == pytest.approx(few.segment.fit, abs=1e-3)
    assert many.song.bias == pytest.approx(few.song.bias, abs=1e-3)


@pytest.fixture(scope="module")
def ears():
    """Songs whose tags tell the genres well; the rest of the first ear tells a little."""
    genres = [["jazz"], ["reggae"], ["rock"]] * 6
    table = tables.drawn(genres, features="ear", segments=3, apart=0.15)
    second = tables.drawn(genres, features="yamnet", segments=3, apart=0.0, seed=1)
    for number, own in enumerate(genres):
        rows = table.song == number
        if own != ["reggae"]:  # which only the second ear has a word for
            table.X[rows, table.columns.index(f"tag:{own[0]}")] += 3
        name = {"jazz": "Jazz", "reggae": "Reggae", "rock": "Rock music"}[own[0]]
        second.X[rows, second.columns.index(name)] += 3
    return table, second


def test_names_are_pooled_and_the_report_says_what_each_voice_gave(ears):
    table, second = ears
    recipe = Recipe(pipeline="logistic", features="ear")
    pooled = training.learn(table, recipe, names=TrainingNames({}, (second,)), n_jobs=1)
    alone = training.learn(table, recipe, n_jobs=1)
    told = pooled.report.voices
    assert told.names.accuracy > 0.8 and told.unknown == ()
    assert told.both.accuracy == pooled.report.cross_validated.songs.accuracy
    assert told.both.log_loss < told.songs.log_loss
    assert told.songs.log_loss == pytest.approx(
        alone.report.cross_validated.songs.log_loss, rel=0.2
    )
    assert set(told.weights) == {"songs", "names"} and set(told.biases) == set(pooled.model.genres)
    assert len(told.sentences) == 2 and "names of your genres alone" in told.sentences[0]
    assert f"{round(100 * told.both.accuracy)} of 100" in told.sentences[1]
    assert pooled.card.voices == told.sentences
    assert pooled.card.sets == ("ear", "yamnet") and alone.card.sets is None
    assert pooled.card.taken_for["reggae"] == ("Reggae",)
    assert alone.report.voices is None and alone.card.taken_for is None


def test_a_song_that_the_second_ear_did_not_hear_is_judged_by_the_first(ears):
    table, second = ears
    few = second.songs["song_id"].isin(table.songs["song_id"][:9])
    rows = few.to_numpy()[second.song]
    less = type(second)(
        second.X[rows], second.song[rows], second.start[rows], second.songs[few],
        second.columns, second.features, second.version,
    )  # fmt: skip
    recipe = Recipe(pipeline="logistic", features="ear")
    trained = training.learn(table, recipe, names=TrainingNames({}, (less,)), n_jobs=1)
    both = np.hstack([table.X, np.full((len(table.X), len(second.columns)), np.nan, np.float32)])
    count = len(table.songs)
    first_alone = trained.model.songs(table.X, table.song, count)
    assert trained.model.songs(both, table.song, count) == pytest.approx(first_alone)
    both[:, len(table.columns) :] = second.X
    heard = trained.model.songs(both, table.song, count)
    assert heard.sum(1) == pytest.approx(1) and not np.allclose(heard, first_alone)
    member = split.members(table.songs, trained.model.genres)
    assert metrics.log_loss(heard, member) < metrics.log_loss(first_alone, member)


def test_names_that_say_nothing_leave_the_songs_alone():
    table = tables.drawn([["q01"], ["q02"]] * 6, features="ear", segments=2)
    recipe = Recipe(pipeline="logistic", features="ear")
    trained = training.learn(table, recipe, names=TrainingNames({}), n_jobs=1)
    assert trained.report.voices is None and trained.model.prior is None
    assert trained.model.sets == ("ear",)
