"""The page Find."""

from __future__ import annotations

import pytest

from genrefit.learning import registry
from genrefit.library import open_library


def enter_query(page, text):
    page.at.text_input(key="find-query").set_value(text).run()
    return page.fine()


def test_an_empty_home_is_sent_to_collect(home, open_page):
    page = open_page("find")
    assert "no songs to look through" in page.text
    assert page.links() == ["collect"]


def test_without_a_model_one_is_sent_to_train(filled, open_page):
    registry.delete(filled, "mine")
    page = open_page("find")
    assert "There is no model yet" in page.text
    assert page.links() == ["train"]


def test_an_example_is_a_click_away(filled, open_page):
    page = open_page("find")
    assert not page.frames("Fit")
    page.at.button_group(key="find-query-example").set_value("country but not hip hop").run()
    assert page.at.text_input(key="find-query").value == "country but not hip hop"
    page.fine()
    assert len(page.frame("Fit")) > 0


def test_songs_are_ranked_with_what_each_term_gave(filled, open_page):
    page = enter_query(open_page("find"), "jazz but in no way country")
    assert "Understood as: **jazz and not country**" in page.text
    table = page.frame("Fit")
    assert list(table.columns[:5]) == ["Fit", "Title", "Artist", "jazz", "not country"]
    assert list(table["Fit"]) == sorted(table["Fit"], reverse=True)
    assert list(table["Genres"][:5]).count("jazz") >= 3
    assert ((table["jazz"] * table["not country"] / 100 - table["Fit"]).abs() < 1e-6).all()


def test_the_least_fit_leaves_songs_out(filled, open_page):
    page = enter_query(open_page("find"), "jazz")
    page.at.slider(key="find-least").set_value(0).run()
    everything = page.frame("Fit")
    assert (everything["Fit"] < 60).sum() > 5
    page.at.slider(key="find-least").set_value(60).run()
    assert len(page.frame("Fit")) == (everything["Fit"] >= 60).sum()
    page.at.number_input(key="find-top").set_value(2).run()
    assert len(page.frame("Fit")) == 2


def test_when_nothing_fits_the_nearest_is_named(filled, open_page):
    page = enter_query(open_page("find"), "34% jazz, 33% country, 33% hip hop")
    page.at.slider(key="find-least").set_value(100).run()
    assert "No song fits by 100 % or more. The nearest is **Song " in page.text


def test_an_error_points_at_its_word(filled, open_page):
    page = enter_query(open_page("find"), "country but not jaz or hip hop")
    assert "No genre 'jaz'; did you mean jazz?" in page.text.replace("\\", "")
    assert page.at.code[0].value == "country but not jaz or hip hop\n" + " " * 16 + "^^^"
    assert not page.errors


def test_a_typo_is_corrected_at_a_click(filled, open_page):
    page = enter_query(open_page("find"), "country but not jaz or hip hop")
    page.at.button_group(key="find-query-meant").set_value("country but not jazz or hip hop").run()
    assert page.at.text_input(key="find-query").value == "country but not jazz or hip hop"
    assert len(page.fine().frame("Fit")) > 0


def test_help_begins_with_six_examples_and_signs_are_no_quotations(filled, open_page):
    page = open_page("find")
    examples = page.at.button_group(key="find-query-help")
    assert len(examples.options) == 6
    (text,) = [m.value for m in page.at.markdown if m.value.startswith("A query is made of")]
    assert not [line for line in text.splitlines() if line.lstrip().startswith(">")]
    assert "\\> (more than" in text
    examples.set_value("country but not hip hop").run()
    assert page.at.text_input(key="find-query").value == "country but not hip hop"


def test_of_a_blend_the_columns_are_its_genres_likelihoods(filled, open_page):
    table = enter_query(open_page("find"), "70% country, 30% jazz").frame("Fit", "country", "jazz")
    assert table["country"].nunique() > len(table) / 2
    assert table["country"].max() > 70


def test_a_word_that_is_being_written_is_completed(filled, open_page):
    page = enter_query(open_page("find"), "country but not ja")
    options = page.at.button_group(key="find-query-next")
    assert "jazz" in options.options
    assert not page.at.code
    options.set_value("jazz").run()
    assert page.at.text_input(key="find-query").value.strip() == "country but not jazz"
    assert len(page.frame("Fit")) > 0


def test_a_query_is_saved_as_a_situation_used_and_deleted(filled, open_page):
    page = enter_query(open_page("find"), "country or jazz but not hip hop")
    page.at.text_input(key="situation-name").set_value("my wedding")
    next(b for b in page.at.button if b.label == "Save").click()
    page.at.run()
    with open_library(filled) as library:
        assert library.situations() == {"my wedding": "(country or jazz) and not hip hop"}
    fresh = open_page("find")
    fresh.at.button_group(key="find-query-situation").set_value("my wedding").run()
    assert fresh.at.text_input(key="find-query").value == "(country or jazz) and not hip hop"
    fresh.click("situation-delete-yes")
    with open_library(filled) as library:
        assert library.situations() == {}


def test_a_situation_needs_a_name(filled, open_page):
    page = enter_query(open_page("find"), "jazz")
    next(b for b in page.at.button if b.label == "Save").click()
    page.at.run()
    assert page.errors and "needs a name" in page.errors[0]


def test_the_query_is_still_there_after_another_page(filled, open_page):
    page = enter_query(open_page("find"), "jazz")
    page.go("collect")
    page.go("find")
    assert page.at.text_input(key="find-query").value == "jazz"


@pytest.mark.parametrize("form", ["m3u", "csv", "json"])
def test_the_ranking_is_downloaded(filled, open_page, form):
    page = enter_query(open_page("find"), "jazz")
    assert any(b.key == f"download-find-{form}" for b in page.at.get("download_button"))


def test_songs_that_were_not_heard_as_the_model_needs_are_counted(filled, open_page):
    with open_library(filled) as library, library.transaction() as db:
        db.execute("DELETE FROM features WHERE song_id IN ('jazz 1', 'jazz 2')")
    assert "2 songs left out" in open_page("find").text


def test_a_ticked_song_shows_its_card(filled, open_page):
    page = enter_query(open_page("find"), "jazz")
    best = page.frame("Fit").iloc[0]
    page.at.session_state["find mine jazz 30 200 0"] = {
        "selection": {"rows": [0], "columns": [], "cells": []}
    }
    page.at.run()
    page.fine()
    assert not page.errors
    assert page.text.count(best["Title"]) >= 1
    assert page.at.get("plotly_chart")
    assert page.at.subheader[0].value == best["Title"]
    assert page.button("previous find mine jazz 30 200").disabled
    second = page.frame("Fit").iloc[1]
    page.click("next find mine jazz 30 200")
    assert page.at.subheader[0].value == second["Title"] and "2 of" in page.text
    page.click("previous find mine jazz 30 200")
    assert page.at.subheader[0].value == best["Title"]


def test_a_found_song_says_why_by_the_querys_genres(filled, open_page):
    page = enter_query(open_page("find"), "jazz but not country")
    best = page.frame("Fit").iloc[0]
    page.at.session_state["find mine jazz and not country 30 200 0"] = {
        "selection": {"rows": [0], "columns": [], "cells": []}
    }
    page.at.run()
    (toggle,) = [t for t in page.fine().at.toggle if t.label == "Why?"]
    toggle.set_value(True).run()
    assert not page.fine().errors
    assert "What spoke for jazz" in page.text and "What spoke for country" in page.text
    assert "Your songs of country that sound most like it" in page.text
    assert f"[{best['Title']}" not in page.text  # a song is not alike to itself
    assert "https://songs.example/jazz/" in page.text


def test_a_playlist_is_named_after_its_query_and_holds_what_can_be_played(filled, open_page):
    with open_library(filled) as library, library.transaction() as db:
        db.execute("UPDATE songs SET address = 'jazz1.mp3' WHERE song_id = 'jazz 1'")
    page = enter_query(open_page("find"), "jazz > 0% and not country")
    (button,) = [b for b in page.at.get("download_button") if b.key == "download-find-m3u"]
    assert button.proto.help == "Download as jazz 0% and not country.m3u"
    assert "1 song will not be in the M3U" in page.text


def test_it_says_how_many_of_the_first_songs_to_expect_to_be_what_was_asked(filled, open_page):
    page = open_page("find")
    page.at.text_input(key="find-query").set_value("jazz").run()
    labels = [popover.proto.popover.label for popover in page.fine().at.get("popover")]
    assert any(label.startswith("Of the first 20, expect ") for label in labels), labels
    page.at.text_input(key="find-query").set_value("jazz and country").run()
    assert "none of your songs is labelled as jazz and country" in page.fine().text
