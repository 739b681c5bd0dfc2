"""The page Home."""

from __future__ import annotations

import pytest

from genrefit import demo, features, jobs
from genrefit.demo import builder
from genrefit.library import genres, open_library
from tests.pages.conftest import interrupted


def test_an_empty_home_says_what_this_is_and_offers_the_demo(home, open_page):
    page = open_page("home")
    assert "in your own words" in page.text
    assert page.text.count(":orange-badge[Next]") == 1
    assert page.has_button("load-demo")
    assert page.links()[0] == "genres"
    assert not page.errors
    assert not home.library.exists()  # looking changes nothing


def test_without_the_ear_it_offers_to_fetch_it(home, open_page):
    page = open_page("home")
    assert "The pretrained ear is missing" in page.text
    assert page.has_button("fetch-ear")
    assert not page.at.file_uploader  # nothing could answer a dropped song


def test_a_filled_home_shows_how_far_one_is_and_takes_a_song(filled, open_page):
    page = open_page("home")
    assert "3 genres" in page.text and "30 songs" in page.text and "1 model" in page.text
    assert page.at.file_uploader
    assert not page.has_button("load-demo")


def test_the_next_step_moves_on(home, open_page):
    genres.add(home, "jazz", ["/music/jazz"])
    page = open_page("home")
    values = [m.value for m in page.at.markdown]
    following = values.index(":orange-badge[Next]")
    assert values[following + 1] == "**Collect songs**"


def test_two_named_genres_answer_before_any_song(home, open_page, monkeypatch):
    monkeypatch.delenv("GENREFIT_EAR")
    if not features.ear_is_ready(home):
        pytest.skip(features.ear_status(home).missing)
    for name in ("jazz", "my *stuff*"):
        genres.add(home, name)
    page = open_page("home")
    assert "at once over your genres (jazz, my \\*stuff\\*)" in page.text
    assert page.at.file_uploader and not page.errors
    values = [m.value for m in page.at.markdown]
    assert values[values.index(":orange-badge[Next]") + 1] == "**Collect songs**"
    page = open_page("score")
    assert page.at.selectbox(key="score-model").value == "names"
    assert "no word is known for 'my \\*stuff\\*'" in page.text


def test_the_demo_is_started_once_and_shown(home, open_page, at_work):
    at_work(home, "demo")
    page = open_page("home")
    assert not page.has_button("load-demo")
    assert any("The demo" in bar.proto.text for bar in page.at.get("progress"))
    assert jobs.active(home, "demo") is not None


def test_the_demo_is_labelled_as_synthetic_on_its_pages(filled, open_page):
    builder._write_manifest(filled, 0, demo.STYLES)
    genres.add(filled, demo.genre(demo.STYLES[0]))
    for name in ("home", "genres", "collect", "find"):
        assert "Synthetic demo" in open_page(name).text


def test_an_interrupted_demo_can_be_resumed(home, open_page):
    number = interrupted(home, "demo")
    page = open_page("home")
    assert "was interrupted" in page.text
    assert page.has_button(f"resume-{number}")


def test_a_damaged_library_is_one_line(home, open_page):
    home.data.mkdir(parents=True)
    home.library.write_bytes(b"no library" * 100)
    page = open_page("home")
    assert len(page.errors) == 1
    assert "damaged or not a genrefit library" in page.errors[0]
    assert "Traceback" not in page.text


def test_a_newer_library_is_one_line_on_every_page(filled, open_page):
    with open_library(filled) as library:
        library.rows("PRAGMA user_version = 99")
    for name in ("home", "genres", "collect", "find"):
        errors = open_page(name).errors
        assert any("newer genrefit" in error for error in errors), name
