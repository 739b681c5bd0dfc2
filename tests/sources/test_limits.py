"""Pauses between the songs of a site."""

from __future__ import annotations

from dataclasses import replace

from genrefit import sources
from genrefit.sources.limits import YOUTUBE_PAUSE_SECONDS


def test_pauses_are_polite_unless_set_otherwise():
    polite = sources.Limits()
    assert polite.pause("youtube.com") == YOUTUBE_PAUSE_SECONDS
    assert polite.pause("example.org") == 1.0
    assert polite.pause("") == 0.0
    assert replace(polite, pause_seconds=3.0).pause("youtube.com") == 3.0
