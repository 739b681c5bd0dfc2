"""What a report tells of single songs agrees with its matrices."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit.learning import course
from tests.support.tables import drawn


@pytest.mark.parametrize("protocol", ["artist", "row"])
def test_the_moments_of_songs_sum_to_the_matrix_of_segments(protocol):
    labels = [["a"], ["b"], ["c"], ["a", "b"]] * 12
    table = drawn(labels, segments=3, apart=0.6)
    recipe = course.Recipe(pipeline="logistic", protocol=protocol)
    report = course.learn(table, recipe, n_jobs=1).report
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
