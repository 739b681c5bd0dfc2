"""The page Home."""

from __future__ import annotations

import pytest

from genrefit import demo, features, jobs
from genrefit.demo import builder
from genrefit.learning import registry
from genrefit.library import genres, open_library
from genrefit.query import parse
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


def test_a_filled_home_shows_the_model_in_use_and_what_to_ask(filled, open_page):
    page = open_page("home")
    report = registry.report(filled, "mine")
    right = round(100 * report.headline().accuracy)
    assert f"**mine**: Right for **{right} of 100** songs" in page.text
    assert {"judge", "find"} <= set(page.links())
    if report.mistakes():
        assert "explore" in page.links()
    offered = page.at.button_group(key="home-ask").options
    assert offered
    for text in offered:
        parse(text, report.genres)


def test_a_question_on_home_is_asked_on_find(filled, open_page):
    with open_library(filled) as library:
        library.save_situation("my wedding", "country or jazz")
    page = open_page("home")
    page.at.button_group(key="home-situation").set_value("my wedding").run()
    page.fine()
    assert page.at.title[0].value == "Find"
    assert page.at.text_input(key="find-query").value == "country or jazz"


def test_while_collecting_nothing_is_called_next(filled, open_page, at_work):
    at_work(filled, "collect")
    page = open_page("home")
    assert "[Next]" not in page.text
    assert "30 songs so far" in page.text


def test_the_demo_can_be_removed(filled, open_page):
    builder._write_manifest(filled, 0, demo.STYLES)
    genres.add(filled, demo.genre(demo.STYLES[0]))
    page = open_page("home")
    page.click("demo-remove-yes")
    assert "Synthetic demo" not in page.text and not demo.is_demo(filled)
    assert sorted(genres.read(filled)) == ["country", "hip hop", "jazz"]
    assert registry.names(filled) == ["mine"]


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
