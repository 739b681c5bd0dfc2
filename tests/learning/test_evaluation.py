from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from genrefit.learning import evaluation, registry, training
from genrefit.learning.recipe import Recipe
from genrefit.learning.report import GenreMetrics
from tests.support.models import random_guesses
from tests.support.tables import drawn

GENRES = ("folk", "jazz", "metal", "rock")


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


def test_a_genre_that_is_absent_counts_as_scikit_learn_counts_it():
    y, P, _ = random_guesses(genres=3)
    P = np.hstack([P, np.zeros((len(P), 1))])
    member = np.eye(4, dtype=bool)[y]
    level = evaluation.evaluate_level(P, member, genres=GENRES)
    assert level.balanced_accuracy == pytest.approx(sk.balanced_accuracy_score(y, P.argmax(1)))
    assert level.jaccard_macro == pytest.approx(sk.jaccard_score(y, P.argmax(1), average="macro"))
    assert level.genres["rock"] == GenreMetrics(0, 0, 0, 0, support=0)


@pytest.mark.parametrize("protocol", ["artist", "row"])
def test_the_moments_of_songs_sum_to_the_matrix_of_segments(protocol):
    labels = [["a"], ["b"], ["c"], ["a", "b"]] * 12
    table = drawn(labels, segments=3, apart=0.6)
    recipe = Recipe(pipeline="logistic", protocol=protocol)
    report = training.learn(table, recipe, n_jobs=1).report.to_json()
    genres = report["genres"]
    counts = np.zeros((3, 3), dtype=int)
    starts = set()
    for song in report["validation"]:
        for truth, guesses in song["segments"].items():
            assert truth in song["genres"]
            for guess, at in guesses.items():
                counts[genres.index(truth), genres.index(guess)] += len(at)
                starts |= set(at)
    assert counts.tolist() == report["confusion"]["segments"]
    assert starts <= {0.0, 10.0, 20.0}
    assert counts.sum() == report["splits"]["validation"]["segments"]
