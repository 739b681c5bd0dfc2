"""Trained models that the tests of this folder share."""

from __future__ import annotations

import dataclasses

import pytest

from genrefit import config
from genrefit.learning import (
    registry,
    train,
    training,
)
from genrefit.learning.recipe import Recipe
from tests.support import tables
from tests.support.homes import fill_library


@pytest.fixture(scope="package")
def trained():
    table = tables.drawn([["jazz"], ["rock"]] * 15)
    return table, training.learn(table, Recipe(pipeline="logistic"), n_jobs=1)


@pytest.fixture
def save(home, trained):
    """A function that saves the trained model under a name."""
    _, result = trained

    def saved(name, *, replace=False, date="2027-01-01"):
        return registry.save(
            home,
            name=name,
            model=result.model,
            card=dataclasses.replace(result.card, date=date),
            report=result.report,
            out_of_fold=result.out_of_fold,
            out_of_fold_segments=result.out_of_fold_segments,
            replace_saved=replace,
        )

    return saved


@pytest.fixture
def no_ear(monkeypatch, tmp_path):
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "no ear here"))


@pytest.fixture(scope="package")
def trained_home(tmp_path_factory):
    home = config.home(tmp_path_factory.mktemp("trained"))
    genres = [["jazz"], ["rock"], ["folk"]] * 16 + [["jazz", "folk"]] * 4
    fill_library(home, genres, artists=[f"a{i % 30}" for i in range(len(genres))])
    progress = []
    recipe = Recipe(pipeline="logistic", name="one")
    report = train.train(home, recipe, on_progress=progress.append, n_jobs=1).to_json()
    return home, report, progress
