"""The confusion matrix and the songs behind its cells."""

from __future__ import annotations

import numpy as np

from genrefit.explore.behind_cell import in_cell
from genrefit.learning.recipe import Recipe
from genrefit.ui.components import behind_cell, confusion
from tests.support import reports


def test_the_songs_behind_each_cell_are_all_of_them():
    report = report_with_mistakes()
    for i, true in enumerate(report.genres):
        for j, guess in enumerate(report.genres):
            found = in_cell(report.validation, level="songs", true=true, guess=guess)
            assert len(found) == report.confusion["songs"][i][j]
            found = in_cell(report.validation, level="segments", true=true, guess=guess)
            table = behind_cell.songs_table(found, true, guess)
            moments = sum(len(m.split(", ")) for m in table.get("Moments", []))
            assert moments == report.confusion["segments"][i][j]


def test_the_commonest_mix_up():
    assert confusion.commonest_cell(["a", "b"], [[5, 3], [1, 4]]) == (3, "a", "b")
    report = reports.report({"confusion": {"songs": np.eye(2, dtype=int).tolist()}})
    assert confusion.commonest_mix_up(report) == ""


def report_with_mistakes():
    """Return a report with mistakes in it."""
    from genrefit.learning import training
    from tests.support.tables import drawn

    table = drawn([["a"], ["b"], ["c"]] * 14, segments=3, apart=0.3)
    report = training.learn(table, Recipe(pipeline="logistic"), n_jobs=1).report
    assert report.wrong, "nothing was confused: the test would show nothing"
    return report
