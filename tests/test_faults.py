"""What is unforeseen inside one entry becomes its reason, and is logged."""

from __future__ import annotations

import logging

from genrefit.errors import AudioError, SourceError
from genrefit.faults import FAULT, failure_of


def test_a_user_error_says_so_itself(tmp_path):
    failure = failure_of(
        SourceError("gone", retry=True, kind="gone"), about="x", log=tmp_path / "l"
    )
    assert (failure.reason, failure.kind, failure.retry) == ("gone", "gone", True)
    assert not (tmp_path / "l").exists()
    assert failure_of(AudioError("bad"), about="x").kind == "not audio"


def test_anything_else_is_a_fault_whose_traceback_is_logged(tmp_path, caplog):
    log = tmp_path / "logs" / "score.log"
    failure = failure_of(ZeroDivisionError("by \udce9"), about="song \udce9", log=log)
    assert failure.reason.startswith(FAULT) and str(log) in failure.reason and failure.retry
    assert failure.reason.encode("utf-8") is not None
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert failure_of(KeyError("k"), about="x").kind == "bug"
    assert "KeyError" in caplog.text


def test_a_log_that_cannot_be_written_is_no_second_fault(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    assert failure_of(KeyError("k"), about="x", log=tmp_path / "file" / "log").kind == "bug"
    assert "KeyError" in caplog.text


def test_a_lack_of_memory_may_pass(tmp_path):
    failure = failure_of(MemoryError(), about="x", log=tmp_path / "log")
    assert failure.kind == "memory" and failure.retry
