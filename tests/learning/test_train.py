from __future__ import annotations

import dataclasses
import json
import time

import numpy as np
import pandas as pd
import pytest

from genrefit.errors import Cancelled, LibraryError, ModelError, SplitError, TrainError
from genrefit.features import FEATURE_SETS
from genrefit.learning import card, pipelines, registry, split, train, training, training_table
from genrefit.learning.recipe import Recipe
from genrefit.learning.report import ModelCard, Report
from genrefit.library import open_library
from genrefit.records import Features, Song
from tests.support import tables

LEVEL = {
    "accuracy", "balanced_accuracy", "log_loss", "jaccard_macro", "ece", "majority", "intervals",
    "genres",
}  # fmt: skip


def fill(home, genres, *, sets=("classic",), artists=None, segments=3):
    """Put songs of drawn features into the home's library."""
    drawn = {name: tables.drawn(genres, segments=segments, features=name) for name in sets}
    with open_library(home) as library:
        for i, names in enumerate(genres):
            artist = artists[i] if artists else f"artist {i}"
            song = Song(f"s{i}", f"k{i}", f"file:///{i}", f"title {i}", artist, 30.0, f"c{i}",
                        tuple(names))  # fmt: skip
            rows = slice(i * segments, (i + 1) * segments)
            library.add(song, {n: Features(t.start[rows], t.X[rows]) for n, t in drawn.items()})


@pytest.fixture(scope="module")
def trained_home(tmp_path_factory):
    from genrefit import config

    home = config.home(tmp_path_factory.mktemp("trained"))
    genres = [["jazz"], ["rock"], ["folk"]] * 16 + [["jazz", "folk"]] * 4
    fill(home, genres, artists=[f"a{i % 30}" for i in range(len(genres))])
    seen = []
    recipe = Recipe(pipeline="logistic", name="one")
    report = train.train(home, recipe, on_progress=seen.append, n_jobs=1).to_json()
    return home, report, seen


def test_the_report_has_every_key_that_others_rely_on(trained_home):
    _, report, _ = trained_home
    assert {
        "model", "features", "pipeline", "parameters", "protocol", "seed", "genres", "seconds",
        "splits", "warnings", "segments", "songs", "confusion", "reliability", "row_protocol",
        "learning_curve", "wrong", "validation", "candidates",
    } <= set(report)  # fmt: skip
    assert set(report["segments"]) == set(report["songs"]) == LEVEL
    assert set(report["songs"]["genres"]["jazz"]) == {
        "precision", "recall", "f1", "jaccard", "support",
    }  # fmt: skip
    assert set(report["songs"]["intervals"]) == {
        "accuracy", "balanced_accuracy", "log_loss", "jaccard_macro", "ece",
    }  # fmt: skip
    for part in ("train", "test", "validation"):
        assert set(report["splits"][part]) == {"songs", "segments", "artists", "genres"}
    assert set(report["row_protocol"]["segments"]) == {"accuracy", "log_loss"}
    assert set(report["learning_curve"][0]) == {"songs", "accuracy", "low", "high"}
    assert set(report["confusion"]) == {"segments", "songs"}
    assert set(report["reliability"]["songs"][0]) == {"low", "high", "confidence", "accuracy", "n"}
    assert {"song_id", "title", "artist", "truth", "guess", "likelihoods"} <= set(
        report["validation"][0]
    )
    assert {"pipeline", "log_loss"} <= set(report["candidates"][0])
    assert json.loads(json.dumps(report)) == report


def test_the_report_adds_up(trained_home):
    home, report, _ = trained_home
    sizes = report["splits"]
    assert sum(part["songs"] for part in sizes.values()) == 52
    assert sum(part["segments"] for part in sizes.values()) == 156
    assert len(report["validation"]) == sizes["validation"]["songs"]
    for level in ("segments", "songs"):
        counts = np.array(report["confusion"][level])
        assert counts.sum() == sizes["validation"][level]
        right = counts.trace() / counts.sum()
        assert report[level]["accuracy"] == pytest.approx(right)
    points = report["learning_curve"]
    assert points[-1]["accuracy"] == report["songs"]["accuracy"]
    assert points[-1]["songs"] == sizes["train"]["songs"] + sizes["test"]["songs"]
    assert [p["songs"] for p in points] == sorted(p["songs"] for p in points)
    wrong = [s for s in report["validation"] if s["guess"] not in s["genres"]]
    assert report["wrong"] == wrong
    assert registry.report(home, "one").to_json() == report


def test_the_saved_model_knows_all_songs_and_out_of_fold_does_not_flatter(trained_home):
    home, _, _ = trained_home
    model = registry.load(home, "one")
    with open_library(home) as library:
        table = library.table("classic")
    known = model.songs(table.X, table.song, len(table.songs))
    kept = registry.out_of_fold(home, "one")
    assert set(kept.index) == set(table.songs["song_id"])
    assert kept.to_numpy().sum(1) == pytest.approx(1, abs=1e-5)
    member = split.members(table.songs, model.genres)
    fair = kept.loc[list(table.songs["song_id"])].to_numpy()
    assert (known * member).sum(1).mean() > (fair * member).sum(1).mean()


def test_the_card_says_what_the_model_is(trained_home):
    home, report, _ = trained_home
    card = registry.card(home, "one").to_json()
    assert card["genres"] == report["genres"] == ["folk", "jazz", "rock"]
    assert card["columns"] == list(FEATURE_SETS["classic"].columns)
    assert len(card["fingerprint"]) == 64
    assert card["versions"]["scikit-learn"].startswith("1.")
    pd.Timestamp(card["date"])


def test_progress_comes_in_order_with_estimates(trained_home):
    _, _, seen = trained_home
    done = [p.done for p in seen]
    assert done == sorted(done)
    assert seen[-1].done == seen[-1].total
    assert {p.stage for p in seen} == {"comparing pipelines", "fitting"}
    assert any(p.left_seconds is not None and p.left_seconds >= 0 for p in seen)
    assert seen[-1].left_seconds == pytest.approx(0, abs=1e-6)


def test_a_cancelled_training_saves_nothing(home):
    fill(home, [["jazz"], ["rock"]] * 8)
    calls = []

    def cancelled():
        calls.append(1)
        return len(calls) > 3

    with pytest.raises(Cancelled):
        train.train(home, Recipe(pipeline="logistic"), cancelled=cancelled, n_jobs=1)
    assert len(calls) == 4
    assert [n for n in registry.names(home) if n != registry.BUILT_IN] == []


def test_a_taken_name_is_refused_before_any_work(home):
    fill(home, [["jazz"], ["rock"]] * 8)
    train.train(home, Recipe(pipeline="logistic", name="mine"), n_jobs=1)
    seen = []
    with pytest.raises(ModelError, match="'mine' already"):
        train.train(home, Recipe(pipeline="logistic", name="mine"), on_progress=seen.append)
    assert not seen
    again = train.train(
        home, Recipe(pipeline="logistic", name="mine", replace=True, seed=1), n_jobs=1
    )
    assert registry.report(home, "mine").seed == again.seed == 1


def test_a_name_is_made_where_none_is_given(home):
    fill(home, [["jazz"], ["rock"]] * 8)
    names = [train.train(home, Recipe(pipeline="logistic"), n_jobs=1).model for _ in "12"]
    assert names[0].startswith("jazz-rock-classic-20")
    assert names[1] == f"{names[0]}-2"


@pytest.mark.parametrize(
    ("recipe", "error", "words"),
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
def test_what_cannot_be_trained_is_told(home, recipe, error, words):
    fill(home, [["jazz"], ["rock"]] * 8)
    with pytest.raises(error) as refused:
        train.train(home, recipe, n_jobs=1)
    assert all(word in str(refused.value) for word in words)


def test_no_library_and_an_empty_one_are_told(home):
    with pytest.raises(LibraryError, match="no library"):
        train.train(home, Recipe())
    open_library(home).close()
    with pytest.raises(TrainError, match="at least two"):
        train.train(home, Recipe())


def test_the_best_features_that_all_songs_have(home):
    fill(home, [["jazz"], ["rock"]] * 8, sets=("classic", "timbre"))
    with open_library(home) as library:
        assert training_table.chosen_table(library, Recipe())[0].features == "timbre"
        library.add_features(
            "s0", {"ear": Features(np.zeros(1), np.zeros((1, len(FEATURE_SETS["ear"].columns))))}
        )
        table, notes = training_table.chosen_table(library, Recipe())
        assert (table.features, notes) == ("timbre", [])
        table, notes = training_table.chosen_table(library, Recipe(features="ear"))
        assert "15 of 16 songs have no 'ear' features" in notes[0]


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


def test_songs_of_no_chosen_genre_are_left_out():
    table = tables.drawn([["jazz"], ["rock"], ["folk"], []] * 10)
    found = training.learn(table, Recipe(pipeline="logistic", genres=("rock", "jazz")), n_jobs=1)
    assert found.model.genres == ("jazz", "rock")
    assert len(found.out_of_fold) == 20


def test_features_that_are_no_numbers_are_told():
    table = tables.drawn([["jazz"], ["rock"]] * 6)
    table.X[3, 2] = np.nan
    with pytest.raises(TrainError, match="1 of 48 segments"):
        training.learn(table, Recipe(pipeline="logistic"), n_jobs=1)


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
        [["a"], ["b"]] * 3,
        [["a"], ["b"], ["a", "b"]] * 3,
        [["a"]] * 20 + [["b"]] * 3,
    ],
)
def test_the_least_that_can_be_split_can_be_trained_on(pipeline, genres):
    table = tables.drawn(genres, segments=1)
    for protocol in ("artist", "row"):
        recipe = Recipe(pipeline=pipeline, protocol=protocol, drop=table.columns[5:])
        found = training.learn(table, recipe, n_jobs=1)
        P = found.model.songs(table.X, table.song, len(genres))
        assert P.sum(1) == pytest.approx(1)
        assert np.isfinite(found.report.songs.log_loss)


def test_a_small_genre_weighs_as_much_as_a_large_one():
    table = tables.drawn([["jazz"]] * 40 + [["rock"]] * 8, apart=0.2)
    report = training.learn(table, Recipe(pipeline="logistic"), n_jobs=1).report.to_json()
    weights = report["class_weights"]
    assert weights["rock"] / weights["jazz"] == pytest.approx(5)
    assert sum(s["guess"] == "rock" for s in report["validation"]) >= 1


def test_fingerprints_tell_data_apart_but_not_its_order():
    table = tables.drawn([["jazz"], ["rock"]] * 6)
    genres = ("jazz", "rock")
    first = card.fingerprint(table, genres)
    turned = tables.Table(
        table.X[::-1].reshape(-1, 4, 20)[:, ::-1].reshape(-1, 20),
        table.song,
        table.start,
        table.songs[::-1].reset_index(drop=True),
        table.columns,
        table.features,
        table.version,
    )
    assert card.fingerprint(turned, genres) == first
    table.X[0, 0] += 1
    assert card.fingerprint(table, genres) != first


def test_the_estimate_grows_with_work(home):
    fill(home, [["jazz"], ["rock"]] * 8)
    quick = train.estimate(home, Recipe(pipeline="logistic"))
    assert 0 < quick < 60
    assert train.estimate(home, Recipe(pipeline="svm")) > quick
    assert train.estimate(home, Recipe(pipeline="svm", grid=True)) > train.estimate(
        home, Recipe(pipeline="svm")
    )


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
def test_cancelling_stops_fits_that_run_beside_each_other(seed_file):
    table = tables.of_seed(seed_file)
    began = []

    def cancelled():
        began.append(time.monotonic())
        return len(began) > 1  # after the first fit

    with pytest.raises(Cancelled):
        training.learn(table, Recipe(pipeline="svm"), cancelled=cancelled, n_jobs=2)
    # A fit in hand is not waited for, let alone the twenty that were still to come.
    assert time.monotonic() - began[-1] < began[-1] - began[0] + 5


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


REPORT_KEYS = {
    "features", "pipeline", "parameters", "dropped", "protocol", "protocol_means", "seed", "grid",
    "asked", "candidates", "genres", "splits", "warnings", "class_weights", "temperatures",
    "segments", "songs", "confusion", "reliability", "row_protocol", "learning_curve",
    "typicality", "validation", "wrong", "cross_validated", "seconds", "model",
}  # fmt: skip
CARD_KEYS = {
    "pipeline", "parameters", "dropped", "protocol", "seed", "grid", "asked", "seconds", "songs",
    "segments", "fingerprint", "versions", "date", "accuracy", "majority", "format", "genres",
    "features", "version", "columns", "sha256",
}  # fmt: skip


def test_the_files_of_a_model_have_the_keys_that_they_always_had(trained_home):
    home, _, _ = trained_home
    folder = home.models / "one"
    report, card = (json.loads((folder / f"{n}.json").read_bytes()) for n in ("report", "card"))
    assert set(report) == REPORT_KEYS
    assert set(card) == CARD_KEYS
    assert set(report["candidates"][0]) == {
        "pipeline", "parameters", "log_loss", "test_log_loss", "accuracy", "rows",
    }  # fmt: skip
    assert set(report["validation"][0]) == {
        "song_id", "title", "artist", "truth", "genres", "guess", "likelihoods", "segments",
    }  # fmt: skip
    assert set(report["temperatures"]) == {"segment", "song"}
    assert set(report["typicality"]) == {"untypical", "unlike_all"}
    assert Report.from_json(report).to_json() == report
    assert ModelCard.from_json(card).to_json() == card
    (row,) = [m.to_json() for m in registry.listing(home) if m.name == "one"]
    assert set(row) == CARD_KEYS - {"columns", "sha256"} | {"name", "in_use", "built_in"}


def test_a_report_of_an_earlier_version_is_still_read(trained_home):
    values = trained_home[1]
    for key in ("cross_validated", "candidates", "dropped", "warnings", "typicality"):
        values = {name: value for name, value in values.items() if name != key}
    values["validation"] = [
        {name: value for name, value in song.items() if name != "segments"}
        for song in values["validation"]
    ]
    assert Report.from_json(values).to_json() == values


def test_a_recipe_is_the_arguments_of_a_job():
    recipe = Recipe(genres=("a", "b"), drop=("mfcc9",), grid=True, seed=3)
    values = json.loads(json.dumps(recipe.to_json()))
    assert values["genres"] == ["a", "b"] and values["drop"] == ["mfcc9"]
    assert Recipe.from_json(values) == recipe
    assert Recipe.from_json({"genres": ["a", "b"]}) == Recipe(genres=("a", "b"))


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
    fill(home, [["jazz"], ["rock"]] * 8)
    with open_library(home) as library, library.transaction() as db:
        db.execute(
            "INSERT INTO features SELECT song_id, 'gone', 1, width, starts, vals FROM features"
        )
    with open_library(home) as library:
        assert training_table.chosen_table(library, Recipe())[0].features == "classic"
        with pytest.raises(TrainError, match="no feature set 'gone': choose one of"):
            training_table.chosen_table(library, Recipe(features="gone"))
    report = train.train(home, Recipe(pipeline="logistic"), n_jobs=1)
    assert report.features == "classic"
