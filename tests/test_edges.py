from __future__ import annotations

import csv
import io
import json
import logging

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit import edges

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
HARMFUL = ["\x1b[31m", "\x1b]0;title\x07", "a\rb", "a\x9b31mb", "\u202egnp.mp3", "\u2066x",
           "\udcff", "\x00", "\x7f", "\u2028", "\x85"]  # fmt: skip


def is_harmless(text: str, *, lines: bool = False) -> bool:
    text.encode("utf-8")
    return all(
        (c.isprintable() or c in ("\n\t" if lines else "")) or ord(c) > 0x9F for c in text
    ) and not any(c in text for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028")


@pytest.mark.parametrize("text", HARMFUL)
def test_harmful_characters_are_shown_as_one_that_is_not(text):
    assert is_harmless(edges.one_line(f"a{text}b"))
    assert edges.one_line(f"a{text}b").startswith("a")


def test_what_people_write_stays():
    for text in ("Zoë – Füße #2 (100 %)", "群星", "Иванов", "👩‍🎤 live", "Ünïcödé", "a\u200db"):
        assert edges.one_line(text) == text


def test_line_breaks_become_spaces():
    assert edges.one_line("a\r\nb\tc\n\n d") == "a b c d"


@given(ANY_TEXT)
def test_any_text_is_one_harmless_line(text):
    assert is_harmless(edges.one_line(text))
    assert is_harmless(edges.markdown(text))
    assert edges.one_line(edges.one_line(text)) == edges.one_line(text)


@given(ANY_TEXT)
def test_json_keeps_everything_and_shows_nothing_harmful(text):
    written = edges.json_text({"title": text})
    assert is_harmless(written)
    assert json.loads(written) == {"title": text}


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@x", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_formulas_are_neutral(text):
    cell = str(edges.csv_cell(text))
    assert cell[0] not in "=+-@\t\r"


def test_numbers_stay_numbers():
    assert edges.csv_cell(-1.5) == -1.5
    assert edges.csv_cell(None) is None
    frame = pd.DataFrame({"=x": ["-a", None], "n": [-1.5, 2.0]})
    assert edges.csv_of_frame(frame) == "'=x,n\n'-a,-1.5\n,2.0\n"


@given(ANY_TEXT)
def test_a_neutral_text_can_be_read_back(text):
    assert edges.original_text(edges.neutral_formula(text)) == text


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=5))
def test_a_table_has_one_line_a_row(rows):
    text = edges.csv_text(["a", "b"], rows)
    assert is_harmless(text, lines=True)
    assert len(list(csv.reader(io.StringIO(text)))) == len(rows) + 1
    assert text.count("\n") == len(rows) + 1


@given(ANY_TEXT)
def test_an_address_is_one_line_of_m3u(text):
    for address in (text, f"/music/{text}"):
        line = edges.m3u_address(address)
        assert is_harmless(line)
        assert not line.startswith("#")


def test_a_path_that_would_break_a_list_is_a_file_url():
    assert edges.m3u_address("/m/a\nb.mp3") == "file:///m/a%0Ab.mp3"
    assert edges.m3u_address("/m/\udcff.mp3") == "file:///m/%FF.mp3"
    assert edges.m3u_address("/m/Zoë.mp3") == "/m/Zoë.mp3"
    assert edges.m3u_address("https://x.org/a.mp3") == "https://x.org/a.mp3"


@pytest.mark.parametrize("text", [" " * 2_000_000, "\n" * 2_000_000, "\n " * 1_000_000])
def test_a_long_text_costs_no_more_than_its_length(text):
    """20,000 spaces took 15 s, so that two million would take days."""
    assert edges.one_line(f"a{text}b").startswith("a")


def test_a_log_keeps_the_lines_of_a_trace_and_nothing_harmful():
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "song %s", ("a\x1b[2Jb\udcff",), None)
    record.exc_text = "Traceback\n  line"
    text = edges.LogFormatter("%(message)s").format(record)
    assert is_harmless(text, lines=True)
    assert text.splitlines()[1:] == ["Traceback", "  line"]
