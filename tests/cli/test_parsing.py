import argparse

import pytest

from genrefit.cli import parsing


def test_ports():
    assert parsing.port("1") == 1
    assert parsing.port("65535") == 65_535
    for text in ("0", "65536", "70000"):
        with pytest.raises(argparse.ArgumentTypeError, match=text):
            parsing.port(text)


def test_only_a_path_that_exists_is_resolved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "songs").mkdir()
    assert parsing.resolved("songs") == str(tmp_path / "songs")
    assert parsing.resolved("https://example.org/a.mp3") == "https://example.org/a.mp3"
    assert parsing.resolved("absent") == "absent"


def test_the_ends_of_a_range_are_allowed():
    share = parsing.number_between(0, 1)
    assert (share("0"), share("0.5"), share("1")) == (0.0, 0.5, 1.0)
    assert (parsing.seed("0"), parsing.seed("4294967295")) == (0, 2**32 - 1)
