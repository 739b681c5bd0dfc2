"""Reports in plain sentences."""

from __future__ import annotations

import dataclasses

import pytest

from genrefit.ui.components import report_summary
from tests.support import reports


def report(**changes):
    level = {
        "accuracy": 0.78, "majority": 0.31, "intervals": {"accuracy": [0.70, 0.85]},
        "genres": {"a": {"recall": 0.9, "support": 10}, "b": {"recall": 0.5, "support": 10}},
    }  # fmt: skip
    parts = {"train": 64, "test": 16, "validation": 20}
    splits = {name: {"songs": n} for name, n in parts.items()}
    return reports.report({"songs": level, "segments": level, "splits": splits, **changes})


def test_the_verdict_in_plain_words():
    assert report_summary.quality_sentence(report()) == (
        "Right for **78 of 100** songs by artists it never heard (70 to 85); guessing the "
        "biggest genre gives 31."
    )
    assert (
        "Judged on 20 songs held back, after learning from 80."
        in report_summary.basis_sentences(report())
    )
    every = {"songs": {"accuracy": 0.81, "intervals": {"accuracy": [0.72, 0.9]}}}
    assert "**81 of 100**" in report_summary.quality_sentence(report(cross_validated=every))
    assert "**78 %** (70 to 85)" in report_summary.basis_sentences(report(cross_validated=every))
    assert (
        "**a** best (finds 9 of its 10 songs) and **b** least (5 of 10)"
        in report_summary.strongest_sentence(report())
    )


def test_where_few_songs_were_held_back_the_verdict_is_over_all():
    genres = {"a": {"recall": 1.0, "support": 50}, "b": {"recall": 0.62, "support": 50}}
    every = {"accuracy": 0.81, "majority": 0.5, "intervals": {"accuracy": [0.72, 0.9]},
             "genres": genres}  # fmt: skip
    held = report().songs
    few = dataclasses.replace(
        report(cross_validated={"songs": every}),
        songs=dataclasses.replace(held, intervals={"accuracy": (0.5, 0.95)}),
    )
    assert report_summary.quality_sentence(few).startswith(
        "Right for **81 of 100** songs by artists it never heard (72 to 90); guessing the "
        "biggest genre gives 50."
    )
    basis = report_summary.basis_sentences(few)
    assert basis.startswith(
        "Each of the 100 songs was judged once, by a fit that had heard neither"
    )
    assert "Of the 20 songs that were held back from the start, as the seed did" in basis
    assert "it got **78 %** (50 to 95) right" in basis
    assert "**a** best (finds 50 of its 50 songs) and **b** least (31 of 50)" in (
        report_summary.strongest_sentence(few)
    )


def test_a_verdict_without_a_mistake_claims_no_more_than_it_saw():
    level = report().to_json()["songs"] | {"accuracy": 1.0, "intervals": {"accuracy": [1.0, 1.0]}}
    sentence = report_summary.quality_sentence(report(songs=level))
    assert sentence.startswith("Right for **all 20** songs by artists it never heard; guessing")


def test_a_warning_that_many_genres_share_is_reported_once():
    rough = "has only 8 songs by 6 artists: its numbers are rough"
    lines = report_summary.grouped_warnings(
        [f"'a' {rough}", "the ear is old", f'"b\'s" {rough}', "'c' has only 1 song"]
    )
    assert lines == [
        f"**a** and **b's**: each {rough}",
        "The ear is old",
        "**c** has only 1 song",
    ]


@pytest.mark.parametrize("protocol", ["artist", "song", "row"])
def test_every_protocol_has_its_words(protocol):
    assert report_summary.UNHEARD[protocol] in report_summary.quality_sentence(
        report(protocol=protocol)
    )
