"""The scored songs that a home keeps."""

from __future__ import annotations

import pytest

from genrefit.scoring import ScoredSong, kept


def scored(title, **more):
    return ScoredSong(
        source=title, title=title, artist=None, seconds=20.0, likelihoods={"jazz": 0.7, "pop": 0.3},
        typicality={"jazz": 0.5, "pop": 0.1}, unlike_all=False,
        timeline=[{"start": 0.0, "likelihoods": {"jazz": 0.7, "pop": 0.3}}], sounds_like={},
        model="mine", **more,
    )  # fmt: skip


def test_the_latest_come_first_and_the_oldest_go(home, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    assert kept.songs(home) == []
    for title in "abcd":
        kept.keep(home, [scored(title)])
    assert [song.title for song in kept.songs(home)] == ["d", "c", "b"]
    assert kept.songs(home)[0] == scored("d")
    kept.forget(home)
    assert kept.songs(home) == []


def test_a_song_that_is_scored_again_is_there_once(home):
    for unlike_all in (False, True):
        kept.keep(home, [scored("a", held_out=unlike_all), scored("b")])
    assert [(song.title, song.held_out) for song in kept.songs(home)] == [("a", True), ("b", False)]


def test_a_fit_is_kept_too(home):
    kept.keep(home, [scored("a", fit=0.4, terms={"jazz": 0.7})])
    assert kept.songs(home) == [scored("a", fit=0.4, terms={"jazz": 0.7})]


@pytest.mark.parametrize("text", ["", "no json", "{}", "[1]", '[{"title": "a"}]', "[{}]"])
def test_a_damaged_file_is_as_none(home, text):
    home.data.mkdir(parents=True)
    kept.file(home).write_text(text)
    assert kept.songs(home) == []
    kept.keep(home, [scored("a")])
    assert [song.title for song in kept.songs(home)] == ["a"]
