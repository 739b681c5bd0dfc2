"""The records that packages hand to each other."""

from __future__ import annotations

import pytest

from genrefit.errors import AudioError, GenrefitError, ModelError, SourceError
from genrefit.records import Failure


@pytest.mark.parametrize(
    ("error", "kind", "retry"),
    [
        (SourceError("no answer", kind="timeout", retry=True), "timeout", True),
        (AudioError("only silence"), "not audio", False),
        (ModelError("no such model"), "", False),
        (GenrefitError("no"), "", False),
    ],
)
def test_a_failure_has_the_kind_and_retry_of_its_error(error, kind, retry):
    assert Failure.from_error(error, about="song.mp3") == Failure(
        "song.mp3", str(error), kind, retry
    )
