"""A model beside another: paired differences on the songs that both know, with intervals."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from genrefit.judging import resampling
from genrefit.judging.comparison import ALIKE, BETTER, WORSE, compare, compare_with_model_in_use
from genrefit.learning import metrics, registry, training
from genrefit.learning.recipe import Recipe
from genrefit.library import open_library
from tests.support import tables
from tests.support.commands import run_command
from tests.support.homes import fill_library

GENRES = ("jazz", "rock")
SONGS = 40


@pytest.fixture(scope="module")
def result():
    return training.learn(
        tables.drawn([["jazz"], ["rock"]] * 15), Recipe(pipeline="logistic"), n_jobs=1
    )


@pytest.fixture
def judged(home, result, monkeypatch, tmp_path):
    """A home of labelled songs, and a function that saves a model with given likelihoods."""
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "no ear"))
    fill_library(home, [[GENRES[i % 2]] for i in range(SONGS)],
                 artists=[f"a{i // 4}" for i in range(SONGS)])  # fmt: skip

    def save(name, P, *, genres=GENRES, songs=range(SONGS)):
        frame = pd.DataFrame(P, index=[f"s{i}" for i in songs], columns=list(genres))
        more = {}
        if "out_of_fold_segments" in registry.save.__kwdefaults__ or hasattr(
            result, "out_of_fold_segments"
        ):
            more = {"out_of_fold_segments": result.out_of_fold_segments}
        registry.save(
            home,
            name=name,
            model=dataclasses.replace(result.model, genres=tuple(genres)),
            card=result.card,
            report=result.report,
            out_of_fold=frame,
            **more,
        )

    return home, save


def likelihoods(right_share, *, sure=0.8, seed=0):
    """Likelihoods of SONGS songs of which this share is guessed right."""
    rng = np.random.default_rng(seed)
    truth = np.arange(SONGS) % 2
    guess = np.where(rng.permutation(SONGS) < right_share * SONGS, truth, 1 - truth)
    P = np.full((SONGS, 2), 1 - sure)
    P[np.arange(SONGS), guess] = sure
    return P


def test_the_difference_is_that_of_the_two_accuracies_and_losses(judged):
    home, save = judged
    old, new = likelihoods(0.6), likelihoods(0.9, seed=1)
    save("old", old)
    save("new", new)
    compared = compare(home, "new", "old")
    member = np.eye(2, dtype=bool)[np.arange(SONGS) % 2]
    assert compared.songs == SONGS and compared.artists == 10
    assert compared.accuracy.mean == pytest.approx(0.3)
    assert compared.log_loss.mean == pytest.approx(
        metrics.log_loss(new, member) - metrics.log_loss(old, member)
    )
    assert compared.accuracy.low < 0.3 < compared.accuracy.high
    back = compare(home, "old", "new")
    assert back.accuracy.mean == pytest.approx(-0.3) and back.verdict == WORSE
    assert compared.verdict == BETTER and "new is better than old" in compared.sentences()


def test_a_model_beside_itself_differs_in_nothing(judged):
    home, save = judged
    save("old", likelihoods(0.6))
    save("new", likelihoods(0.6))
    compared = compare(home, "new", "old")
    assert compared.verdict == ALIKE
    assert (compared.accuracy.low, compared.accuracy.high, compared.log_loss.mean) == (0, 0, 0)


def test_only_songs_and_genres_that_both_know_count(judged):
    home, save = judged
    three = np.column_stack([likelihoods(1.0)[:30] * 0.5, np.full(30, 0.5)])
    save("old", likelihoods(0.5))
    save("new", three, genres=("jazz", "rock", "folk"), songs=range(30))
    compared = compare(home, "new", "old")
    assert compared.songs == 30 and compared.genres == GENRES
    assert compared.accuracy.mean > 0, "folk is no choice where the other cannot choose it"
    save("others", likelihoods(0.5), genres=("polka", "tango"))
    assert compare(home, "new", "others") is None


def test_labels_are_those_of_today(judged):
    home, save = judged
    save("old", likelihoods(1.0))
    save("new", 1 - likelihoods(1.0))
    with open_library(home) as library:
        for i in range(SONGS):
            library.set_genres(f"s{i}", [GENRES[1 - i % 2]])
    assert compare(home, "new", "old").accuracy.mean == 1.0


def test_intervals_resample_artists_not_songs():
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(size=10), 50)
    of_songs = resampling.mean_interval(values, np.arange(500))
    of_artists = resampling.mean_interval(values, np.repeat(np.arange(10), 50))
    assert of_artists[1] - of_artists[0] > 3 * (of_songs[1] - of_songs[0])


def test_a_worse_model_does_not_slip_into_use(judged, capsys):
    """Training prints what it is worth beside the model in use, and the command that uses it."""
    home, save = judged
    save("good", likelihoods(1.0, sure=0.99))
    arguments = ["train", "--model", "logistic", "--features", "classic", "--drop", "tempo"]
    code, out, err = run_command(home.path, capsys, *arguments, "--name", "my new one")
    assert code == 0, err
    assert registry.in_use(home) == "good"
    assert "genrefit models use 'my new one'" in out and "answers still come from good" in out
    assert "that both know" in out
    code, out, _ = run_command(home.path, capsys, *arguments, "--name", "third", "--json", "--use")
    printed = json.loads(out)
    assert printed["in_use"] is True and registry.in_use(home) == "third"
    assert printed["compared"]["other"] == "good" and printed["compared"]["songs"] == SONGS
    assert compare_with_model_in_use(home, "third") is None
