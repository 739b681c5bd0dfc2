from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from genrefit.learning import pipelines, training
from genrefit.learning.recipe import Recipe
from tests.support import tables


def test_the_same_seed_gives_the_same_report():
    table = tables.drawn([["jazz"], ["rock"]] * 12)
    one, two = (
        training.learn(table, Recipe(pipeline="logistic", seed=4), n_jobs=1).report for _ in "12"
    )
    assert dataclasses.replace(one, seconds=0) == dataclasses.replace(two, seconds=0)


def test_jobs_do_not_change_the_result():
    table = tables.drawn([["jazz"], ["rock"]] * 12)
    one, two = (training.learn(table, Recipe(pipeline="logistic"), n_jobs=n).report for n in (1, 2))
    assert one.songs.log_loss == pytest.approx(two.songs.log_loss, abs=1e-9)


def test_five_songs_a_genre_train_with_a_warning():
    table = tables.drawn([["jazz"], ["rock"]] * 5, segments=2)
    recipe = Recipe(pipeline="auto", drop=table.columns[:8])
    report = training.learn(table, recipe, n_jobs=1).report.to_json()
    assert any("only 5 songs" in warning for warning in report["warnings"])
    assert {c["pipeline"] for c in report["candidates"]} == set(pipelines.PIPELINES)
    best = min(report["candidates"], key=lambda c: c["log_loss"])
    assert (report["pipeline"], report["parameters"]) == (best["pipeline"], best["parameters"])


@pytest.mark.parametrize("pipeline", ["logistic", "svm", "boosted"])
@pytest.mark.parametrize(
    "genres",
    [
        [["a"], ["b"]] * 2,
        [["a"], ["b"]] * 3,
        [["a"], ["b"], ["a", "b"]] * 3,
        [["a"]] * 20 + [["b"]] * 3,
    ],
)
def test_the_least_that_can_be_split_can_be_trained_on(pipeline, genres):
    table = tables.drawn(genres, segments=1)
    for protocol in ("artist", "row"):
        recipe = Recipe(pipeline=pipeline, protocol=protocol, drop=table.columns[5:])
        trained = training.learn(table, recipe, n_jobs=1)
        P = trained.model.songs(table.X, table.song, len(genres))
        assert P.sum(1) == pytest.approx(1)
        assert np.isfinite(trained.report.songs.log_loss)


def test_a_small_genre_weighs_as_much_as_a_large_one():
    table = tables.drawn([["jazz"]] * 40 + [["rock"]] * 8, apart=0.5)
    report = training.learn(table, Recipe(pipeline="logistic"), n_jobs=1).report.to_json()
    weights = report["class_weights"]
    assert weights["rock"] / weights["jazz"] == pytest.approx(5)
    assert sum(s["guess"] == "rock" for s in report["validation"]) >= 1


@pytest.mark.parametrize("pipeline", ["logistic", "svm"])
def test_a_grid_is_searched(pipeline, monkeypatch):
    # The seed's starting point and one other: the whole grid only takes longer.
    kind = pipelines.KINDS[pipeline]
    assert any({**kind.defaults, **tried} == kind.defaults for tried in kind.grid)
    fewer = dataclasses.replace(kind, grid=(kind.grid[0], kind.defaults))
    monkeypatch.setitem(pipelines.KINDS, pipeline, fewer)
    table = tables.drawn([["jazz"], ["rock"]] * 6, segments=2)
    recipe = Recipe(pipeline=pipeline, grid=True, drop=table.columns[5:])
    report = training.learn(table, recipe, n_jobs=1).report.to_json()
    tried = [c["parameters"] for c in report["candidates"]]
    assert tried == [{**kind.defaults, **kind.grid[0]}, kind.defaults]


@pytest.mark.slow
def test_the_seeds_numbers_by_rows_and_by_artists(seed_file):
    table = tables.of_seed(seed_file)
    rows = training.learn(table, Recipe(pipeline="svm", protocol="row"), n_jobs=2).report.to_json()
    assert rows["parameters"] == {"C": 8.0, "gamma": 0.25, "tol": 1e-4}
    assert rows["segments"]["accuracy"] == pytest.approx(0.924, abs=0.02)
    assert any("leaky" in warning for warning in rows["warnings"])
    artists = training.learn(
        table, Recipe(pipeline="svm", protocol="artist"), n_jobs=2
    ).report.to_json()
    assert 0.36 <= artists["segments"]["accuracy"] <= 0.54
    # The gap is shown in every report: what a leak would have claimed.
    assert artists["row_protocol"]["segments"]["accuracy"] == pytest.approx(0.924, abs=0.02)
