"""What is imported ahead: after the first page, without a word about what cannot be."""

from __future__ import annotations

import importlib
import sys
import threading

import pytest

from genrefit import warmup


@pytest.fixture
def served(monkeypatch):
    """A server's event that no page of another test has set."""
    event = threading.Event()
    monkeypatch.setattr(warmup, "SERVED", event)
    monkeypatch.setattr(warmup, "MODULES", ("genrefit.no_such_module", "colorsys"))
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    return event


def test_nothing_is_imported_before_a_page_was_served_and_a_failure_stops_nothing(served, capfd):
    thread = warmup.begin()
    thread.join(0.3)
    assert thread.is_alive() and thread.daemon and "colorsys" not in sys.modules
    warmup.page_ends()
    assert served.is_set()
    thread.join(0.5)
    assert thread.is_alive() and "colorsys" not in sys.modules  # a page was only just at work
    thread.join(30)
    assert not thread.is_alive() and "colorsys" in sys.modules
    assert sys.getswitchinterval() > warmup.TURN_SECONDS  # as it was before
    assert capfd.readouterr() == ("", "")


def test_where_nobody_looks_the_time_is_used(served, monkeypatch):
    monkeypatch.setattr(warmup, "ALONE_SECONDS", 0.01)
    warmup.begin().join(30)
    assert "colorsys" in sys.modules


@pytest.mark.parametrize("name", warmup.MODULES)
def test_what_is_listed_is_there(name):
    assert importlib.import_module(name)
