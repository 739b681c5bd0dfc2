import io

import pytest

from genrefit.cli import progress
from genrefit.records import Progress


def test_a_line_of_progress_says_all_that_is_known():
    step = Progress("collecting", 1200, 3000, failed=3, per_minute=61.4, left_seconds=200, note="x")
    assert progress.progress_line(step) == (
        "collecting: 1,200 of 3,000, 3 failed, 61 songs a minute, 3 min left, x"
    )
    assert progress.progress_line(Progress("listing", 0, 0)) == "listing"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "lines"), [(Terminal, 1), (io.StringIO, 3)])
def test_progress_rewrites_a_line_on_a_terminal_and_adds_lines_elsewhere(
    monkeypatch, stream, lines
):
    err = stream()
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    with progress.show_progress() as show:
        for done in (1, 2, 2, 3):
            show(Progress("scoring", done, 3))
    assert "scoring: 3 of 3" in err.getvalue()
    assert err.getvalue().count("\n") == lines
