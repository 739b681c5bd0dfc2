import io

import pytest

from genrefit.cli import output
from genrefit.records import Progress


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_duration(seconds, text):
    assert output.duration(seconds) == text


def test_a_line_of_progress_says_all_that_is_known():
    step = Progress("collecting", 1200, 3000, failed=3, per_minute=61.4, left_seconds=90, note="x")
    assert output.progress_line(step) == (
        "collecting: 1,200 of 3,000, 3 failed, 61 songs a minute, 1 min 30 s left, x"
    )
    assert output.progress_line(Progress("listing", 0, 0)) == "listing"


def test_a_share_comes_with_how_sure_it_is():
    assert output.sure(0.82, [0.77, 0.87]) == "82 % (77 to 87)"
    assert output.sure(0.82, None) == "82 %"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "lines"), [(Terminal, 1), (io.StringIO, 3)])
def test_progress_rewrites_a_line_on_a_terminal_and_adds_lines_elsewhere(
    monkeypatch, stream, lines
):
    err = stream()
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setattr(output, "LINE_SECONDS", 0.0)
    with output.progress() as show:
        for done in (1, 2, 2, 3):
            show(Progress("scoring", done, 3))
    assert "scoring: 3 of 3" in err.getvalue()
    assert err.getvalue().count("\n") == lines


def test_a_table_sets_numbers_right_and_cuts_long_texts(capsys):
    output.table([("x" * 60, 0.5), ("y", 10.25)], ["title", "fit"])
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.startswith("title")
    assert first.split() == ["x" * 47 + "…", "0.500"]
    assert second.endswith("10.250")
    assert len(first) == len(second)


@pytest.mark.parametrize(
    ("protocol", "words"),
    [("artist", "artists it has never heard"), ("song", "never heard"), ("row", "leaky")],
)
def test_a_verdict_says_what_was_unheard(protocol, words):
    songs = {"accuracy": 0.78, "majority": 0.31, "intervals": {"accuracy": [0.7, 0.86]}}
    text = output.verdict({"songs": songs, "protocol": protocol})
    assert text.startswith("Right for 78 % (70 to 86) of")
    assert words in text
    assert text.endswith("guessing the biggest genre gives 31 %.")


def test_a_verdict_on_few_songs_leads_with_all_of_them():
    held = {"accuracy": 0.79, "majority": 0.14, "intervals": {"accuracy": [0.57, 1.0]}}
    every = {"accuracy": 0.86, "majority": 0.14, "intervals": {"accuracy": [0.75, 0.94]}}
    found = {"songs": held, "protocol": "artist", "cross_validated": {"songs": every},
             "splits": {"validation": {"songs": 40}}}  # fmt: skip
    assert output.verdict(found) == (
        "Right for 86 % (75 to 94) of songs by artists it has never heard; guessing the biggest "
        "genre gives 14 %. On the 40 songs held back alone: 79 % (57 to 100)."
    )
    sure = {**held, "intervals": {"accuracy": [0.7, 0.88]}}
    text = output.verdict({**found, "songs": sure})
    assert text.startswith("Right for 79 % (70 to 88) of")
    assert text.endswith("each judged by a fit that never heard it: 86 % (75 to 94).")
