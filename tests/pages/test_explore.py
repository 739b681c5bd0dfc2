"""The page Explore."""

from __future__ import annotations

import re

import numpy as np
import pytest

from genrefit import jobs, song_map
from genrefit.learning import registry
from genrefit.library import open_library

VIEWS = ("Map of songs", "What tells genres apart", "Two features", "Labels to check")


def charts(page):
    import json

    return [json.loads(chart.proto.spec) for chart in page.at.get("plotly_chart")]


def show_view(page, view):
    page.at.segmented_control(key="explore-view").set_value(view).run()
    return page.fine()


def test_an_empty_home_says_where_to_begin(home, open_page):
    page = open_page("explore")
    assert "no songs to look at yet" in page.text
    assert page.links() == ["collect"]
    assert not home.library.exists()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_a_filled_home(filled, open_page, view):
    page = show_view(open_page("explore"), view)
    assert not page.errors
    assert page.at.segmented_control(key="explore-view").value == view


def test_the_map_shows_every_song_of_the_chosen_genres(filled, open_page):
    page = open_page("explore")
    (figure,) = charts(page)
    traces = [t for t in figure["data"] if t["name"] in ("country", "hip hop", "jazz")]
    assert sum(len(trace["customdata"]) for trace in traces) == 30
    assert figure["layout"]["xaxis"]["title"]["text"].startswith("direction 1")
    page.at.pills(key="explore-genres-classic").set_value(["jazz"]).run()
    names = {trace["name"] for trace in charts(page.fine())[0]["data"]}
    assert "jazz" in names and "country" not in names


def test_a_genre_keeps_its_colour_when_others_are_left_out(filled, open_page):
    def colour(page):
        (trace,) = (t for t in charts(page)[0]["data"] if t["name"] == "jazz")
        return trace["marker"]["color"]

    page = open_page("explore")
    before = colour(page)
    page.at.pills(key="explore-genres-classic").set_value(["jazz"]).run()
    assert colour(page.fine()) == before


def test_a_picked_song_shows_its_card(filled, open_page):
    page = open_page("explore")
    page.at.selectbox(key="explore-song").set_value("jazz 3").run()
    page.fine()
    assert page.at.subheader[-1].value == "Song jazz 3"
    assert "The jazz band 3 · 0:50" in page.text
    assert "Sounds like **jazz**" in page.text
    assert "by a fit that had not heard this song" in page.text
    link = page.at.get("link_button")[0]
    assert link.proto.url == "https://songs.example/jazz/3"


def test_a_song_whose_file_is_gone_says_so(filled, open_page):
    page = open_page("explore")
    page.at.selectbox(key="explore-song").set_value("jazz 0").run()
    assert "Its file is not there any more" in page.fine().text


def test_a_songs_genres_can_be_changed_on_its_card(filled, open_page):
    page = open_page("explore")
    page.at.selectbox(key="explore-song").set_value("jazz 3").run()
    page.at.multiselect(key="relabel-jazz 3").set_value(["country", "jazz"]).run()
    page.click("relabel")
    with open_library(filled) as library:
        assert library.song("jazz 3").genres == ("country", "jazz")
    assert any("is in country and jazz now" in toast for toast in page.toasts)


def test_the_ranking_names_the_best_and_states_its_measure(filled, open_page):
    page = show_view(open_page("explore"), "What tells genres apart")
    ranked = page.frame("feature", "score", "information")
    assert list(ranked["score"]) == sorted(ranked["score"], reverse=True)
    assert len(ranked) == 20
    assert page.at.selectbox(key="explore-feature").value == ranked["feature"].iloc[0]
    assert "Eta squared: the share of the differences" in page.text
    assert "MFCC 9 and 11 to tell the least" in page.text
    bars, violins = charts(page)
    assert bars["layout"]["xaxis"]["title"]["text"] == "eta squared (0 to 1)"
    assert [trace["name"] for trace in violins["data"]] == ["country", "hip hop", "jazz"]


def test_any_feature_can_be_looked_at(filled, open_page):
    page = show_view(open_page("explore"), "What tells genres apart")
    page.at.selectbox(key="explore-feature").set_value("tempo").run()
    _, violins = charts(page.fine())
    assert violins["layout"]["yaxis"]["title"]["text"] == "Tempo (beats a minute)"
    page.at.segmented_control(key="explore-measure").set_value("information").run()
    assert page.fine().at.selectbox(key="explore-feature").value == "tempo"


def test_two_features_of_choice_against_each_other(filled, open_page):
    page = show_view(open_page("explore"), "Two features")
    page.at.selectbox(key="explore-x").set_value("mfcc1").run()
    (figure,) = charts(page.fine())
    assert figure["layout"]["xaxis"]["title"]["text"].startswith("Sound colour 1 (")


def test_a_mislabelled_song_is_listed(filled, open_page):
    out_of_fold = registry.out_of_fold(filled, "mine")["jazz"]
    song_id = out_of_fold[out_of_fold.index.str.startswith("jazz")].idxmax()
    with open_library(filled) as library:
        library.remove_from_genre(song_id, "jazz")
        library.add_to_genre(song_id, "country")
    page = show_view(open_page("explore"), "Labels to check")
    checks = page.frame("Song", "Labelled", "Sounds like", "Doubt")
    (row,) = checks[checks["Song"].str.startswith(f"Song {song_id}")].to_dict("records")
    assert row["Labelled"] == "country" and row["Sounds like"] == "jazz"
    assert row["Why"].endswith(".") and "jazz" in row["Why"]
    page.at.pills(key="explore-genres-classic").set_value(["hip hop"]).run()
    left = page.fine().frames("Song", "Labelled", "Sounds like", "Doubt")
    assert not any(table["Song"].str.startswith(f"Song {song_id}").any() for table in left)


def test_one_genre_alone_cannot_be_told_apart(filled, open_page):
    page = show_view(open_page("explore"), "What tells genres apart")
    page.at.pills(key="explore-genres-classic").set_value(["jazz"]).run()
    assert "Choose a second genre" in page.fine().text
    page.at.pills(key="explore-genres-classic").set_value([]).run()
    assert "Choose a genre above" in page.fine().text


def test_the_t_sne_map_is_a_job_started_once(filled, open_page, at_work):
    page = open_page("explore")
    page.at.segmented_control(key="map-way").set_value("tsne").run()
    assert page.fine().has_button("map-draw")
    number = at_work(filled, "map")
    page.at.run()
    assert page.fine().button("map-draw").disabled
    assert page.has_button(f"cancel-{number}")


@pytest.mark.slow
def test_the_t_sne_map_is_drawn_by_its_job_and_kept(filled, open_page, until):
    page = open_page("explore")
    page.at.segmented_control(key="map-way").set_value("tsne").run()
    page.click("map-draw")
    until(lambda: jobs.latest(filled, "map").state == "done", seconds=300)
    page.at.run()
    (figure,) = charts(page.fine())
    assert figure["layout"]["xaxis"]["title"]["text"] == "t-SNE 1 (no unit)"
    saved_map = song_map.saved(filled, features="classic")
    assert len(saved_map) == 30 and np.isfinite(saved_map[["x", "y"]].to_numpy()).all()
    assert not page.has_button("map-draw")
    with open_library(filled) as library:
        library.add_to_genre("jazz 3", "country")
    page.at.run()
    assert "have changed since this map was drawn" in page.fine().text
    assert page.has_button("map-draw")


def test_a_troubled_home_can_be_explored(troubled, open_page):
    for view in VIEWS:
        assert not show_view(open_page("explore"), view).errors


@pytest.mark.parametrize("name", ["explore", "train"])
def test_a_feature_set_that_is_no_longer_known_is_left_out_and_named(filled, open_page, name):
    with open_library(filled) as library, library.transaction() as db:
        db.execute(
            "INSERT INTO features SELECT song_id, 'of long ago', 1, width, starts, vals "
            "FROM features GROUP BY song_id"
        )
    page = open_page(name).fine()
    assert not page.errors
    note = (
        "The library also holds the feature set 'of long ago', which this version of genrefit "
        "does not know: it is left out."
    )
    assert page.text.count("of long ago") == 1 and note in page.text
    assert not any("of long ago" in option for box in page.at.selectbox for option in box.options)


def mislabelled(home):
    """Say of four songs of jazz that they are country, which the model had not heard so."""
    with open_library(home) as library:
        for number in (4, 5, 6, 7):
            library.set_genres(f"jazz {number}", ["country"])


def test_labels_are_checked_one_song_at_a_time_and_every_button_is_undone(filled, open_page):
    mislabelled(filled)
    page = show_view(open_page("explore"), "Labels to check")
    total = int(re.search(r"1 of (\d+)", page.text)[1])
    assert total >= 2
    first = page.at.subheader[0].value
    assert "sounds like **jazz**" in page.text and "Out of fold, by **mine**" in page.text
    page.click("label-5-queue")
    assert f"2 of {total}" in page.text and page.at.subheader[0].value != first
    title = page.at.subheader[0].value.split(" – ")[0]
    page.click("label-1-queue")
    assert f"{title} is jazz now." in page.toasts
    with open_library(filled) as library:
        (song,) = (s for s in library.songs() if s.title == title)
        assert song.genres == ("jazz",) and (song.song_id, "jazz") in library.confirmed_labels()
        library.undo()
        assert library.song(song.song_id).genres == ("country",)
        assert not library.confirmed_labels()


@pytest.mark.parametrize(
    ("number", "labels"), [(2, {"country"}), (3, {"country", "jazz"}), (4, None)]
)
def test_the_other_buttons_settle_a_label_too(filled, open_page, number, labels):
    mislabelled(filled)
    page = show_view(open_page("explore"), "Labels to check")
    title = page.at.subheader[0].value.split(" – ")[0]
    page.click(f"label-{number}-queue")
    assert page.at.subheader[0].value.split(" – ")[0] != title
    with open_library(filled) as library:
        found = [s for s in library.songs() if s.title == title]
        assert (set(found[0].genres) if found else None) == labels


def test_copies_are_shown_and_one_is_kept_in_both_genres(filled, open_page):
    with open_library(filled) as library:
        like = library.features("jazz 3", "classic")
        library.add_features("country 3", {"classic": like})
    page = show_view(open_page("explore"), "Labels to check")
    assert "1 recording in more than one copy" in page.text
    (key,) = (b.key for b in page.at.button if (b.key or "").startswith("merge-"))
    page.click(key)
    with open_library(filled) as library:
        assert library.song(key.removeprefix("merge-")).genres == ("country", "jazz")
        assert len(library.songs()) == 29
        library.undo()
        assert len(library.songs()) == 30


def test_unknown_artists_are_counted_and_names_that_look_like_one_are_joined(filled, open_page):
    with open_library(filled) as library, library.change("named two artists") as db:
        for song_id, name in (("jazz 3", "Radiohead"), ("jazz 4", "Radiohaed")):
            db.execute("UPDATE songs SET artist = ? WHERE song_id = ?", (name, song_id))
    page = show_view(open_page("explore"), "Labels to check")
    assert "6 songs of 30 by an unknown artist" in page.text
    assert "their names are all but equal" in page.text
    page.click("one-artist-0")
    assert "all but equal" not in page.text
    with open_library(filled) as library:
        assert library.song("jazz 3").artist == library.song("jazz 4").artist
