"""What a report tells of single songs agrees with its matrices."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit.learning import training
from genrefit.learning.recipe import Recipe
from tests.support import reports
from tests.support.tables import drawn


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


@pytest.mark.parametrize(
    ("songs", "edges", "protocol", "leads"),
    [
        (100, [0.70, 0.86], "artist", "validation"),
        (100, [0.55, 0.96], "artist", "cross_validated"),
        (100, [0.55, 0.96], "song", "cross_validated"),
        (12, [1.0, 1.0], "artist", "cross_validated"),
        (12, [0.3, 0.9], "row", "validation"),
    ],
)
def test_a_report_leads_with_all_songs_where_few_were_held_back(songs, edges, protocol, leads):
    held = {"accuracy": edges[1], "intervals": {"accuracy": edges}}
    values = {"protocol": protocol, "songs": held, "splits": {"validation": {"songs": songs}}}
    alone = reports.report(values).headline_source()
    assert alone == "validation", "nothing else is there"
    report = reports.report({**values, "cross_validated": {"songs": held}})
    assert report.headline_source() == leads
