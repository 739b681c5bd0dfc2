"""The songs and segments behind a cell: those that the report counts."""

from __future__ import annotations

import pytest

from genrefit.explore.behind_cell import all_judged, in_cell
from genrefit.learning import training
from genrefit.learning.recipe import Recipe
from tests.support.tables import drawn


@pytest.fixture(scope="module")
def trained():
    table = drawn([["a"], ["b"], ["c"], ["a", "b"]] * 12, segments=3, apart=0.3)
    return table, training.learn(table, Recipe(pipeline="logistic"), n_jobs=1)


@pytest.fixture(scope="module")
def judged(trained):
    table, result = trained
    rows = table.songs.to_dict("records")
    return all_judged(
        result.report,
        out_of_fold=result.out_of_fold,
        segments=result.out_of_fold_segments,
        songs={row["song_id"]: row for row in rows},
    )


@pytest.mark.parametrize("level", ["songs", "segments"])
def test_cells_hold_what_the_report_counts(trained, judged, level):
    report = trained[1].report
    assert report.cross_validated.mistakes
    for i, true in enumerate(report.genres):
        for j, guess in enumerate(report.genres):
            found = in_cell(judged, level=level, true=true, guess=guess)
            n = len(found) if level == "songs" else sum(len(starts) for _, starts in found)
            assert n == report.headline_confusion(level)[i][j], (true, guess)


def test_a_song_that_left_the_library_stays_out(trained):
    table, result = trained
    rows = {row["song_id"]: row for row in table.songs.to_dict("records")[:20]}
    found = all_judged(result.report, out_of_fold=result.out_of_fold,
                       segments=result.out_of_fold_segments, songs=rows)  # fmt: skip
    mistakes = {song.song_id for song in result.report.cross_validated.mistakes}
    assert {song.song_id for song in found} == set(rows) | mistakes
