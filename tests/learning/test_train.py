from __future__ import annotations

import pytest

from genrefit.errors import Cancelled, LibraryError, ModelError, SplitError, TrainError
from genrefit.learning import registry, split, train
from genrefit.learning.recipe import Recipe
from genrefit.library import open_library
from tests.support.homes import fill_library


def test_the_saved_model_knows_all_songs_and_out_of_fold_does_not_flatter(trained_home):
    home, _, _ = trained_home
    model = registry.load(home, "one")
    with open_library(home) as library:
        table = library.table("classic")
    known = model.songs(table.X, table.song, len(table.songs))
    likelihoods = registry.out_of_fold(home, "one")
    assert set(likelihoods.index) == set(table.songs["song_id"])
    assert likelihoods.to_numpy().sum(1) == pytest.approx(1, abs=1e-5)
    member = split.members(table.songs, model.genres)
    fair = likelihoods.loc[list(table.songs["song_id"])].to_numpy()
    assert (known * member).sum(1).mean() > (fair * member).sum(1).mean()


def test_progress_comes_in_order_with_estimates(trained_home):
    _, _, progress = trained_home
    done = [p.done for p in progress]
    assert done == sorted(done)
    assert progress[-1].done == progress[-1].total
    assert {p.stage for p in progress} == {"comparing pipelines", "fitting"}
    assert any(p.left_seconds is not None and p.left_seconds >= 0 for p in progress)
    assert progress[-1].left_seconds == pytest.approx(0, abs=1e-6)


def test_a_cancelled_training_saves_nothing(home):
    fill_library(home, [["jazz"], ["rock"]] * 8)
    calls = []

    def cancelled():
        calls.append(1)
        return len(calls) > 3

    with pytest.raises(Cancelled):
        train.train(home, Recipe(pipeline="logistic"), cancelled=cancelled, n_jobs=1)
    assert len(calls) == 4
    assert [n for n in registry.names(home) if not registry.is_built_in(n)] == []


def test_a_taken_name_is_refused_before_any_work(home):
    fill_library(home, [["jazz"], ["rock"]] * 8)
    train.train(home, Recipe(pipeline="logistic", name="mine"), n_jobs=1)
    progress = []
    with pytest.raises(ModelError, match="'mine' already"):
        train.train(home, Recipe(pipeline="logistic", name="mine"), on_progress=progress.append)
    assert not progress
    report = train.train(
        home, Recipe(pipeline="logistic", name="mine", replace=True, seed=1), n_jobs=1
    )
    assert registry.report(home, "mine").seed == report.seed == 1


def test_a_name_is_made_where_none_is_given(home):
    fill_library(home, [["jazz"], ["rock"]] * 8)
    names = [train.train(home, Recipe(pipeline="logistic"), n_jobs=1).model for _ in "12"]
    assert names[0].startswith("jazz-rock-classic-20")
    assert names[1] == f"{names[0]}-2"


@pytest.mark.parametrize(
    ("recipe", "error", "phrases"),
    [
        (Recipe(genres=("jazz", "polka")), TrainError, ["'polka'", "jazz, rock"]),
        (Recipe(genres=("jazz",)), TrainError, ["at least two", "only 'jazz'"]),
        (Recipe(features="smell"), TrainError, ["'smell'", "classic"]),
        (Recipe(pipeline="forest"), TrainError, ["'forest'"]),
        (Recipe(drop=("tempi",)), TrainError, ["'tempi'", "tempo"]),
        (Recipe(protocol="rows"), SplitError, ["'rows'", "artist, song, row"]),
        (Recipe(name="../x"), ModelError, ["cannot name a model"]),
    ],
)
def test_what_cannot_be_trained_is_reported(home, recipe, error, phrases):
    fill_library(home, [["jazz"], ["rock"]] * 8)
    with pytest.raises(error) as refused:
        train.train(home, recipe, n_jobs=1)
    assert all(phrase in str(refused.value) for phrase in phrases)


def test_no_library_and_an_empty_one_are_reported(home):
    with pytest.raises(LibraryError, match="no library"):
        train.train(home, Recipe())
    open_library(home).close()
    with pytest.raises(TrainError, match="at least two"):
        train.train(home, Recipe())


def test_the_estimate_grows_with_work(home):
    fill_library(home, [["jazz"], ["rock"]] * 8)
    quick = train.estimate(home, Recipe(pipeline="logistic"))
    assert 0 < quick < 60
    assert train.estimate(home, Recipe(pipeline="svm")) > quick
    assert train.estimate(home, Recipe(pipeline="svm", grid=True)) > train.estimate(
        home, Recipe(pipeline="svm")
    )
