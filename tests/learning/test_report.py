"""The keys of a report, and which figures it leads with."""

from __future__ import annotations

import json

import pytest

from genrefit.learning.report import Report
from tests.support import reports


@pytest.mark.parametrize(
    ("songs", "edges", "protocol", "leads"),
    [
        (100, [0.70, 0.86], "artist", "cross_validated"),
        (100, [0.55, 0.96], "artist", "cross_validated"),
        (100, [0.55, 0.96], "song", "cross_validated"),
        (12, [1.0, 1.0], "artist", "cross_validated"),
        (12, [0.3, 0.9], "row", "validation"),
    ],
)
def test_a_report_leads_with_all_songs_unless_its_protocol_leaks(songs, edges, protocol, leads):
    held = {"accuracy": edges[1], "intervals": {"accuracy": edges}}
    values = {"protocol": protocol, "songs": held, "splits": {"validation": {"songs": songs}}}
    alone = reports.report(values).headline_source()
    assert alone == "validation", "nothing else is there"
    report = reports.report({**values, "cross_validated": {"songs": held}})
    assert report.headline_source() == leads


def test_a_report_that_was_cross_validated_over_songs_only_is_still_read():
    matrix = {"songs": [[3, 1], [0, 4]], "segments": [[9, 1], [2, 8]]}
    values = {"confusion": matrix, "songs": {"accuracy": 0.7}, "segments": {"accuracy": 0.6},
              "cross_validated": {"songs": {"accuracy": 0.8}}}  # fmt: skip
    report = reports.report(values)
    assert report.headline().accuracy == 0.8
    assert report.headline("segments").accuracy == 0.6
    assert report.headline_confusion("songs") == ((3, 1), (0, 4))
    assert report.mistakes() == report.wrong


LEVEL = {
    "accuracy", "balanced_accuracy", "log_loss", "jaccard_macro", "ece", "majority", "intervals",
    "genres",
}  # fmt: skip


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
    assert set(report["cross_validated"]) == {
        "songs", "segments", "confusion", "mistakes", "reliability", "repeats",
    }  # fmt: skip
    assert set(report["row_protocol"]["segments"]) == {"accuracy", "log_loss"}
    assert set(report["learning_curve"][0]) == {"songs", "accuracy", "low", "high"}
    assert set(report["confusion"]) == {"segments", "songs"}
    assert set(report["reliability"]["songs"][0]) == {"low", "high", "confidence", "accuracy", "n"}
    assert {"song_id", "title", "artist", "truth", "guess", "likelihoods"} <= set(
        report["validation"][0]
    )
    assert {"pipeline", "log_loss"} <= set(report["candidates"][0])
    assert json.loads(json.dumps(report)) == report


def test_a_report_of_an_earlier_version_is_still_read(trained_home):
    values = trained_home[1]
    for key in ("cross_validated", "candidates", "dropped", "warnings", "typicality"):
        values = {name: value for name, value in values.items() if name != key}
    values["validation"] = [
        {name: value for name, value in song.items() if name != "segments"}
        for song in values["validation"]
    ]
    assert Report.from_json(values).to_json() == values
