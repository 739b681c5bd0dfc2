"""The page Collect."""

from __future__ import annotations

import pytest

from genrefit import jobs
from genrefit.jobs import store
from genrefit.library import genres, open_library
from genrefit.records import Progress
from tests.support import songs


def tick(page, *rows):
    version = page.at.session_state["songs-version"]
    page.at.session_state[f"songs-{version}"] = {
        "selection": {"rows": list(rows), "columns": [], "cells": []}
    }
    page.at.run()


def test_without_genres_it_says_what_to_do(home, open_page):
    page = open_page("collect")
    assert "There is nothing to collect yet" in page.text
    assert page.links() == ["genres"]
    assert not page.has_button("collect")


def test_genres_without_a_source_are_sent_back_for_one(home, open_page):
    genres.add(home, "jazz")
    page = open_page("collect")
    assert "None of your genres has a source" in page.text
    assert page.links() == ["genres"]


def test_songs_are_shown_with_their_genres(troubled, open_page):
    page = open_page("collect")
    table = page.frame("Title", "Genres", "Length")
    assert len(table) == 30
    both = table[table["Title"] == "Song jazz 3"].iloc[0]
    assert sorted(both["Genres"]) == ["country", "jazz"]
    assert {m.label: m.value for m in page.at.metric} == {
        "Songs": "30", "Genres with songs": "3", "In several genres": "1", "Failed": "5",
    }  # fmt: skip
    page.at.selectbox(key="songs-only").set_value("in several genres").run()
    assert list(page.frame("Title", "Genres", "Length")["Title"]) == ["Song jazz 3"]
    page.at.selectbox(key="songs-only").set_value("all songs")
    page.at.text_input(key="songs-wanted").set_value("HOP BAND 7").run()
    assert list(page.frame("Title", "Genres", "Length")["Title"]) == ["Song hip hop 7"]


def test_failures_are_grouped_by_reason_in_plain_words(troubled, open_page):
    page = open_page("collect")
    labels = [e.label for e in page.at.expander]
    assert labels == [
        "**The site asks for a pause**: 4 songs · may work at another try",
        "**Not there any more**: 1 song · a retry will not help",
    ]
    assert "Retry 4 failed songs" in [b.label for b in page.at.button]
    page.click("forgive-yes")
    with open_library(troubled) as library:
        assert library.failures() == []
    assert "Nothing failed." in page.text


@pytest.mark.parametrize(
    ("key", "left"), [("songs-move", ["country"]), ("songs-put", ["country", "jazz"])]
)
def test_a_ticked_song_is_moved_or_put_in_another_genre(filled, open_page, key, left):
    page = open_page("collect")
    titles = list(page.frame("Title", "Genres", "Length")["Title"])
    tick(page, titles.index("Song jazz 4"))
    assert "**1 song ticked:** Song jazz 4" in page.text
    assert page.at.selectbox(key="songs-genre").value is None, "nothing is chosen for the user"
    assert page.button(key).disabled
    page.at.selectbox(key="songs-genre").set_value("country").run()
    assert "1 song joined to country, and taken: 1 out of jazz" in page.text
    assert "no label is lost" in page.text
    page.click(key)
    with open_library(filled) as library:
        assert list(library.song("jazz 4").genres) == left
    assert "ticked" not in page.text  # rows have moved: nothing stays ticked


def test_ticked_songs_are_removed_once_confirmed(filled, open_page):
    page = open_page("collect")
    tick(page, 0, 1)
    page.click("songs-remove-yes")
    with open_library(filled) as library:
        assert len(library.songs()) == 28
    assert len(page.frame("Title", "Genres", "Length")) == 28


def test_removed_songs_are_let_back_in(filled, open_page):
    page = open_page("collect")
    assert not page.has_button("let-back-in-yes")
    tick(page, 0)
    page.click("songs-remove-yes")
    assert "**1 song** that you removed may come back" in page.text
    assert "with the labels they had: 1 as " in page.text
    with open_library(filled) as library:
        assert len(library.exclusions()) == 1
    page.click("let-back-in-yes")
    assert not page.has_button("let-back-in-yes")
    with open_library(filled) as library:
        assert not library.exclusions()
        assert len(library.songs()) == 29  # it comes back when its source is collected
    assert page.toasts == ["The next collection takes the removed songs in again."]


def test_a_tick_never_slips_to_another_song(filled, open_page):
    page = open_page("collect")
    tick(page, 2)
    assert "**1 song ticked:**" in page.text
    with open_library(filled) as library:
        library.add_to_genre("jazz 1", "country")  # rows stay as they are
    page.at.run()
    assert "**1 song ticked:**" in page.text
    page.at.text_input(key="songs-wanted").set_value("jazz").run()
    assert "ticked" not in page.text
    tick(page, 0)
    with open_library(filled) as library:
        library.remove("jazz 0")  # in another tab
    page.at.run()
    assert "ticked" not in page.text


def test_a_running_collection_is_shown_wherever_it_was_started(filled, open_page, at_work):
    number = at_work(filled, "collect")
    with open_library(filled) as library:
        of_genre = {"jazz": (3, 10), "country": (5, 10)}
        store.set_progress(
            library, number, Progress("collecting", 6, 20, 2, 12.0, 60.0, genres=of_genre)
        )
    page = open_page("collect")
    assert page.button("collect").disabled
    bars = [bar.proto for bar in page.at.get("progress")]
    assert "6 of 20 · 2 failed · 12 a minute · about 60 s left" in bars[0].text
    assert bars[0].value == 40
    assert [(bar.text, bar.value) for bar in bars[1:]] == [
        ("jazz · 3 of 10 songs", 30), ("country · 5 of 10 songs", 50),
    ]  # fmt: skip
    page.click(f"cancel-{number}")
    assert page.button(f"cancel-{number}").disabled
    assert "Stopping" in page.at.get("progress")[0].proto.text
    with open_library(filled) as library:
        assert store.stop_requested_at(library, number)


def test_a_collection_that_another_tab_started_is_shown_and_no_second_is_started(
    filled, open_page, at_work
):
    page = open_page("collect")
    number = at_work(filled, "collect")  # from another tab, after this one was drawn
    page.click("collect")
    assert page.has_button(f"cancel-{number}")
    with open_library(filled) as library:
        assert library.rows("SELECT COUNT(*) FROM jobs") == [(1,)]


def test_an_interrupted_collection_says_so_and_can_be_resumed(troubled, open_page, monkeypatch):
    page = open_page("collect")
    job = jobs.latest(troubled, "collect")
    assert "Collection was interrupted" in page.text and "resume it to go on" in page.text
    assert page.has_button(f"resume-{job.id}")


@pytest.mark.slow
def test_a_collection_runs_to_its_end_and_is_resumed(home, open_page, tmp_path, until):
    songs.folder(tmp_path / "a", {f"Ann - {n}.wav": n for n in range(2)})
    songs.folder(tmp_path / "b", {"Bob - 9.wav": 9})
    (tmp_path / "b" / "fake.mp3").write_bytes(b"this is no audio" * 100)
    genres.add(home, "slow", [str(tmp_path / "a")])
    genres.add(home, "fast", [str(tmp_path / "b")])
    page = open_page("collect")
    page.click("collect")
    assert jobs.active(home, "collect") is not None
    until(lambda: jobs.active(home, "collect") is None, 120)
    page.at.run()
    assert "3 songs collected, 1 failed" in page.text
    assert any("Not audio" in e.label for e in page.at.expander)
    assert sorted(page.frame("Title", "Genres", "Length")["Title"]) == ["0", "1", "9"]
    page.at.multiselect(key="collect-genres").set_value(["slow"])
    page.click("collect")
    until(lambda: jobs.active(home, "collect") is None, 120)
    page.at.run()
    assert "0 songs collected, 2 were there before" in page.text
