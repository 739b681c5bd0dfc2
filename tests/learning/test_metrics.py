"""Golden tests against scikit-learn, and what scikit-learn has not by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from genrefit.learning import evaluation, metrics
from tests.support.models import random_guesses

GENRES = ("folk", "jazz", "metal", "rock")


@pytest.mark.parametrize("seed", range(3))
def test_all_metrics_are_scikit_learns(seed):
    y, P, member = random_guesses(seed=seed)
    guess = P.argmax(1)
    level = evaluation.evaluate_level(P, member, genres=GENRES)
    assert level.accuracy == pytest.approx(sk.accuracy_score(y, guess))
    assert level.balanced_accuracy == pytest.approx(sk.balanced_accuracy_score(y, guess))
    assert level.log_loss == pytest.approx(sk.log_loss(y, P))
    assert level.jaccard_macro == pytest.approx(sk.jaccard_score(y, guess, average="macro"))
    assert level.majority == pytest.approx(np.bincount(y).max() / len(y))
    precision, recall, f1, support = sk.precision_recall_fscore_support(y, guess)
    jaccard = sk.jaccard_score(y, guess, average=None)
    for g, genre in enumerate(GENRES):
        each = level.genres[genre]
        assert each.precision == pytest.approx(precision[g])
        assert each.recall == pytest.approx(recall[g])
        assert each.f1 == pytest.approx(f1[g])
        assert each.jaccard == pytest.approx(jaccard[g])
        assert each.support == support[g]
    counts = metrics.confusion(*metrics.labels(P, member), genres=GENRES)
    assert (counts.to_numpy() == sk.confusion_matrix(y, guess)).all()
    assert list(counts.columns) == list(counts.index) == list(GENRES)


def test_any_of_several_true_genres_is_right():
    P = np.array([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1]])
    member = np.array([[True, True, False], [False, True, True]])
    truth, guess = metrics.labels(P, member)
    assert truth.tolist() == [1, 1]  # right; and held against the likelier of jazz and rock
    assert guess.tolist() == [1, 0]
    loss = -0.5 * (np.log(0.1) + np.log(0.7) + np.log(0.3) + np.log(0.1)) / 2
    assert metrics.log_loss(P, member) == pytest.approx(loss)


def test_calibration_error_by_hand():
    P = np.array([[0.95, 0.05], [0.95, 0.05], [0.65, 0.35], [0.35, 0.65]])
    member = np.array([[True, False], [False, True], [True, False], [False, True]])
    # Bin 0.9 to 1: confidence 0.95, accuracy 0.5; bin 0.6 to 0.7: 0.65 and 1.
    assert metrics.calibration_error(P, member) == pytest.approx(0.5 * 0.45 + 0.5 * 0.35)
    bins = metrics.reliability(P, member)
    assert [(b.low, b.n, b.accuracy) for b in bins] == [(0.6, 2, 1.0), (0.9, 2, 0.5)]


def test_certainty_has_a_bin_and_a_finite_loss():
    P, member = np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[True, False], [False, True]])
    level = evaluation.evaluate_level(P, member, genres=("a", "b"), group=np.array([0, 1]))
    assert np.isfinite(level.log_loss)
    assert metrics.reliability(P, member)[0].n == 2


def test_intervals_equal_a_plain_bootstrap_over_artists():
    _, P, member = random_guesses(120)
    group = np.random.default_rng(5).integers(0, 30, 120)
    intervals = metrics.intervals(P, member, group=group, seed=1, resamples=2_000)
    rng = np.random.default_rng(99)
    artists = np.unique(group)
    plain = {name: [] for name in metrics.METRICS}
    for _ in range(500):
        drawn = rng.choice(artists, len(artists))
        rows = np.concatenate([np.flatnonzero(group == artist) for artist in drawn])
        once = evaluation.evaluate_level(P[rows], member[rows], genres=GENRES)
        for name in plain:
            plain[name].append(getattr(once, name))
    for name, values in plain.items():
        spread = np.std(values)
        assert intervals[name] == pytest.approx(
            np.quantile(values, [0.025, 0.975]), abs=0.5 * spread
        )


def test_intervals_are_wider_where_artists_have_many_songs():
    y, P, member = random_guesses(200)
    alone = metrics.intervals(P, member, group=np.arange(200))["accuracy"]
    # Ten artists, each right or wrong throughout: only ten pieces of evidence.
    order = np.argsort(P.argmax(1) == y)
    group = np.empty(200, int)
    group[order] = np.arange(200) // 20
    few = metrics.intervals(P, member, group=group)["accuracy"]
    assert few[1] - few[0] > 2 * (alone[1] - alone[0])


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(2, 5), st.integers(0, 10_000))
def test_bounds(n, genres, seed):
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.full(genres, 0.3), n)
    member = rng.random((n, genres)) < 0.3
    member[np.arange(n), rng.integers(0, genres, n)] = True
    names = [str(g) for g in range(genres)]
    level = evaluation.evaluate_level(P, member, genres=names, group=rng.integers(0, 5, n))
    for name in ("accuracy", "balanced_accuracy", "jaccard_macro", "ece", "majority"):
        assert 0 <= getattr(level, name) <= 1
    assert level.log_loss >= 0
    for low, high in level.intervals.values():
        assert low <= high
    assert sum(g.support for g in level.genres.values()) == n
    assert sum(b.n for b in metrics.reliability(P, member)) == n
