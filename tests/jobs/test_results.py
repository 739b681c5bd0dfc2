"""Job results go to JSON and back, by way of the library."""

from __future__ import annotations

import json

import pytest

from genrefit.collecting.run import CollectionResult
from genrefit.demo import DemoResult
from genrefit.jobs import store
from genrefit.jobs.results import MapResult, TrainResult, result_from_json
from genrefit.library import open_library

RESULTS = {
    "collect": CollectionResult(3, 1, 2, ("one source is empty",), 12.5),
    "train": TrainResult("my model"),
    "map": MapResult(40),
    "demo": DemoResult(16, ("Demo Dance", "Demo Waltz"), "demo"),
}


@pytest.mark.parametrize("kind", RESULTS)
def test_a_result_comes_back_from_json_as_it_was(kind):
    fields = json.loads(json.dumps(RESULTS[kind].to_json()))
    assert result_from_json(kind, fields) == RESULTS[kind]


@pytest.mark.parametrize("kind", RESULTS)
def test_a_job_comes_back_with_its_result(home, kind):
    with open_library(home) as library:
        with library.transaction() as db:
            number = store.insert(db, kind, {})
        store.finish(library, number, "done", "ready", result=RESULTS[kind])
        (job,) = store.select(library, "WHERE id = ?", (number,))
    assert job.result == RESULTS[kind]


@pytest.mark.parametrize("kind", RESULTS)
@pytest.mark.parametrize("fields", [{}, {"done": 2, "warnings": []}, []])
def test_a_result_of_other_fields_is_none(kind, fields):
    assert result_from_json(kind, fields) is None


def test_a_collection_of_an_older_version_comes_back():
    fields = RESULTS["collect"].to_json()
    fields["problems"] = fields.pop("notes")
    assert result_from_json("collect", fields) == RESULTS["collect"]


def test_an_ear_has_no_result():
    assert result_from_json("ear", {}) is None
