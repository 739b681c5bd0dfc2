from __future__ import annotations

import time

import pytest

from genrefit.errors import Cancelled
from genrefit.learning import training
from genrefit.learning.recipe import Recipe
from tests.support import tables


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
