from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit.errors import TrainError
from genrefit.learning import pipeline_fitting, pipelines
from tests.support import tables

COLUMNS = tables.FEATURE_SETS["classic"].columns


def drawn_rows(count=30, genres=3, seed=0):
    table = tables.drawn([[f"g{i % genres}"] for i in range(count)], segments=3, seed=seed)
    y = np.arange(count)[table.song] % genres
    return table, y


def fitted(name, table, y, *, columns=COLUMNS, drop=(), **options):
    return pipeline_fitting.fit(
        name,
        table.X,
        y,
        weight=np.ones(len(y)),
        member=np.eye(y.max() + 1, dtype=bool)[y],
        group=table.song,
        columns=columns,
        drop=drop,
        **options,
    )


@pytest.mark.parametrize("name", pipelines.PIPELINES)
def test_every_pipeline_learns_and_sums_to_one(name):
    table, y = drawn_rows()
    fresh, fresh_y = drawn_rows()
    P = pipeline_fitting.likelihoods(fitted(name, table, y), fresh.X, count=3)
    assert P.shape == (len(fresh.X), 3)
    assert P.sum(1) == pytest.approx(1)
    assert (P >= 0).all()
    assert (P.argmax(1) == fresh_y).mean() > 0.8


@pytest.mark.parametrize("name", pipelines.PIPELINES)
def test_every_pipeline_ignores_what_is_dropped(name):
    table, y = drawn_rows()
    drop = ("tempo", "rms")
    pipeline = fitted(name, table, y, drop=drop)
    changed = table.X.copy()
    changed[:, [COLUMNS.index(c) for c in drop]] += 1_000
    before, after = (pipeline_fitting.likelihoods(pipeline, X, count=3) for X in (table.X, changed))
    assert before == pytest.approx(after)


@pytest.mark.parametrize("name", pipelines.PIPELINES)
def test_every_pipeline_repeats_itself_with_its_seed(name):
    table, y = drawn_rows()
    one, two = (
        pipeline_fitting.likelihoods(fitted(name, table, y, seed=3), table.X, count=3) for _ in "12"
    )
    assert (one == two).all()


@pytest.mark.parametrize("name", pipelines.PIPELINES)
def test_a_genre_never_heard_gets_nothing(name):
    table, y = drawn_rows(genres=2)
    P = pipeline_fitting.likelihoods(fitted(name, table, y * 2), table.X, count=3)
    assert (P[:, 1] == 0).all()
    assert P.sum(1) == pytest.approx(1)


def test_svm_drop_ignores_mfcc_9_and_11_only():
    assert pipelines.least_distinct(("mfcc9", "mfcc11_std", "mfcc1", "mfcc19", "mfcc12")) == (
        "mfcc9",
        "mfcc11_std",
    )
    table, y = drawn_rows()
    pipeline = fitted("svm-drop", table, y)
    changed = table.X.copy()
    changed[:, [COLUMNS.index("mfcc9"), COLUMNS.index("mfcc11")]] += 50
    before = pipeline_fitting.likelihoods(pipeline, table.X, count=3)
    assert pipeline_fitting.likelihoods(pipeline, changed, count=3) == pytest.approx(before)
    changed[:, COLUMNS.index("mfcc10")] += 50
    assert pipeline_fitting.likelihoods(pipeline, changed, count=3) != pytest.approx(before)


def test_the_seeds_parameters_are_the_svms():
    machine = pipelines.svm(COLUMNS).named_steps["model"].estimator
    assert (machine.C, machine.gamma, machine.tol) == (8, 0.25, 1e-4)
    wide = pipelines.svm([f"c{i}" for i in range(100)]).named_steps["model"].estimator
    assert wide.gamma == pytest.approx(0.05)


def test_weights_tell():
    table, y = drawn_rows(genres=2)
    mixed = table.X[y == 0][:10]
    X, labels = np.concatenate([mixed, mixed]), np.repeat([0, 1], 10)
    options = {"member": np.eye(2, dtype=bool)[labels], "group": np.arange(20)}
    for heavy in (0, 1):
        weight = np.where(labels == heavy, 9.0, 1.0)
        pipeline = pipeline_fitting.fit(
            "logistic", X, labels, weight=weight, columns=COLUMNS, **options
        )
        assert pipeline_fitting.likelihoods(pipeline, X, count=2)[:, heavy].min() > 0.7


def test_calibration_keeps_groups_whole_and_is_not_saved():
    table, y = drawn_rows()
    folds = pipeline_fitting._calibration_folds(y, np.eye(3, dtype=bool)[y], table.song, seed=0)
    for train, test in folds:
        assert not set(table.song[train]) & set(table.song[test])
        assert set(y[train]) == {0, 1, 2}
    assert fitted("svm", table, y).named_steps["model"].cv == pipelines.CALIBRATION_FOLDS


def test_a_genre_of_one_artist_is_calibrated_on_rows():
    table, y = drawn_rows()
    group = np.where(y == 0, 0, table.song + 1)
    for train, _ in pipeline_fitting._calibration_folds(y, np.eye(3, dtype=bool)[y], group, seed=0):
        assert set(y[train]) == {0, 1, 2}


def test_a_genre_of_one_row_is_calibrated_on_what_was_heard():
    y = np.array([0] * 6 + [1])
    folds = pipeline_fitting._calibration_folds(y, np.eye(2, dtype=bool)[y], np.arange(7), seed=0)
    assert [(train.tolist(), test.tolist()) for train, test in folds] == [([*range(7)],) * 2]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(1, 400))
def test_spread_takes_the_same_from_each_song(counts, most):
    song = np.repeat(np.arange(len(counts)), counts)
    rows = pipeline_fitting.spread(song, most)
    assert len(rows) <= most
    assert (np.diff(rows) > 0).all()
    taken = np.bincount(song[rows], minlength=len(counts))
    if sum(counts) <= most:
        assert (taken == counts).all()
    elif len(counts) <= most:
        limit = taken.max()
        assert (taken == np.minimum(counts, limit)).all()
        assert np.minimum(counts, limit + 1).sum() > most
    else:
        assert taken.sum() == most


def test_spread_reaches_from_beginning_to_end():
    rows = pipeline_fitting.spread(np.repeat([0, 1], 24), 8)
    assert rows.tolist() == [5, 11, 17, 23, 29, 35, 41, 47]


@pytest.mark.parametrize(
    ("name", "drop", "phrases"),
    [
        ("forest", (), ["'forest'", "auto, logistic, svm, svm-drop, boosted"]),
        ("svm", ("mfc9",), ["'mfc9'", "did you mean mfcc9"]),
        ("svm", COLUMNS, ["every feature", "keep at least one"]),
    ],
)
def test_what_cannot_be_built_is_reported(name, drop, phrases):
    with pytest.raises(TrainError) as refused:
        pipelines.check(name, COLUMNS, drop)
    assert all(phrase in str(refused.value) for phrase in phrases)


def test_svm_drop_needs_mfccs():
    with pytest.raises(TrainError, match="use svm"):
        pipelines.check("svm-drop", ("ear1", "ear2"), ())


def test_auto_compares_all_that_apply():
    names = {name for name, _ in pipelines.candidates("auto", COLUMNS, grid=False)}
    assert names == set(pipelines.PIPELINES)
    names = {name for name, _ in pipelines.candidates("auto", ("ear1", "ear2"), grid=False)}
    assert names == set(pipelines.PIPELINES) - {"svm-drop"}
    wide = tables.FEATURE_SETS["ear"].columns
    names = {name for name, _ in pipelines.candidates("auto", wide, grid=False)}
    assert names == {"logistic"}, "the others gain nothing there"
    names = {name for name, _ in pipelines.candidates("auto", wide, grid=True)}
    assert names == {"logistic", "boosted", "svm"}
    tried = [p["C"] for n, p in pipelines.candidates("logistic", ("ear1",), grid=False)]
    assert min(tried) == 0.001
    assert max(tried) == 1
    for name in pipelines.PIPELINES:
        assert len(pipelines.candidates(name, COLUMNS, grid=True)) >= 4
