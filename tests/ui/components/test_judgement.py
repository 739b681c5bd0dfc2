"""What judges a model: advice on what to collect, and the leak between the sets."""

from __future__ import annotations

import pytest

from genrefit.ui.components import judgement
from tests.support import reports


@pytest.mark.parametrize(
    "gain, advice", [(0.10, "still brought 10 points"), (0.0, "brought nothing")]
)
def test_what_to_collect_next_names_the_weakest_genre(gain, advice):
    points = [
        {"songs": songs, "accuracy": accuracy, "low": 0.0, "high": 1.0}
        for songs, accuracy in ((20, 0.5), (40, 0.6), (60, 0.6 + gain))
    ]
    report = reports.report({
        "learning_curve": points,
        "genres": ["a", "b"],
        "songs": {
            "genres": {
                name: {"recall": recall, "support": 10} for name, recall in (("a", 0.9), ("b", 0.4))
            }
        },
        "splits": {"train": {"genres": {"a": 10, "b": 20}}},
    })  # fmt: skip
    text = judgement.advice(report)
    assert advice in text
    assert "**b**: it finds 4 of 10 that were judged, and your library has 20 songs of it" in text


@pytest.mark.parametrize(
    ("claimed", "remark"), [(0.93, "is not knowledge of genres"), (0.60, "gained nothing")]
)
def test_the_leak_is_stated_with_the_interval_of_what_is_true(claimed, remark):
    text = judgement.leak_sentences(reports.report({
        "protocol": "artist",
        "row_protocol": {"segments": {"accuracy": claimed}},
        "segments": {"accuracy": 0.78, "intervals": {"accuracy": [0.57, 0.94]}},
    }))  # fmt: skip
    assert "it is **78 %** (57 to 94)" in text and remark in text
