"""A source that is in two genres is said, in whatever spelling it is written."""

from __future__ import annotations

import pytest

from genrefit.library.shared_sources import all_shared_sources, shared_sources
from genrefit.records import Genre

KNOWN = {
    "rock": Genre("rock", ("/music/rock", "https://www.youtube.com/playlist?list=PL123")),
    "pop": Genre("pop", ("/music/pop",)),
}


@pytest.mark.parametrize(
    ("source", "how"),
    [
        ("/music/rock", "is a source of rock already"),
        ("/music/../music/rock/", "is a source of rock already"),
        ("/music/rock/old", "is within a source of rock already"),
        ("/music/rock/one.mp3", "is within a source of rock already"),
        ("/music", "is a folder around a source of rock already"),
        ("https://youtube.com/playlist?list=PL123", "is a source of rock already"),
    ],
)
def test_a_source_of_another_genre_is_said(source, how):
    sentence = shared_sources(KNOWN, "jazz", [source])[0]
    assert how in sentence and "in jazz and in rock" in sentence


@pytest.mark.parametrize("source", ["/music/rocky", "/other", "https://example.com/rock", "a:b"])
def test_other_sources_are_not(source):
    assert shared_sources(KNOWN, "jazz", [source]) == []


def test_a_genres_own_sources_are_no_others():
    assert shared_sources(KNOWN, "ROCK", ["/music/rock"]) == []
    assert all_shared_sources(KNOWN) == []


def test_pairs_are_said_once_and_only_of_chosen_genres():
    known = KNOWN | {"loud": Genre("loud", ("/music/rock/loud",))}
    assert len(all_shared_sources(known)) == 1
    assert len(all_shared_sources(known, ["loud"])) == 1
    assert all_shared_sources(known, ["pop"]) == []
