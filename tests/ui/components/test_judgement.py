"""What judges a model: the leak between the sets."""

from __future__ import annotations

import pytest

from genrefit.ui.components import judgement
from tests.support import reports


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
