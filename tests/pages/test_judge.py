"""The page Judge."""

from __future__ import annotations

import dataclasses
import json

import pytest

from genrefit.formatting import clock
from genrefit.judging import saved_robustness
from genrefit.judging.robustness import AlterationResult, Movement, Robustness
from genrefit.learning import registry
from genrefit.learning.recipe import Recipe
from genrefit.learning.report import Report
from genrefit.learning.train import train
from genrefit.library import open_library
from genrefit.ui.components import model_comparison

VIEWS = ("Overview", "Mix-ups", "Curves", "Compare")


@pytest.fixture(scope="session")
def second_once(filled_once, tmp_path_factory):
    """A filled home with a second model, of two genres, judged by rows."""
    import shutil

    from genrefit import config

    home = config.home(tmp_path_factory.mktemp("second") / "home")
    shutil.copytree(filled_once.path, home.path)
    recipe = Recipe(genres=("country", "jazz"), features="classic", pipeline="logistic",
                    protocol="row", name="other")  # fmt: skip
    train(home, recipe, n_jobs=1)
    registry.use(home, "mine")
    return home


@pytest.fixture
def second(second_once, home):
    import shutil

    shutil.copytree(second_once.path, home.path)
    return home


def charts(page):
    return [json.loads(chart.proto.spec) for chart in page.at.get("plotly_chart")]


def show_view(page, view, level=None):
    page.at.segmented_control(key="judge-view").set_value(view).run()
    if level:
        page.at.segmented_control(key="judge-level").set_value(level).run()
    return page.fine()


def test_an_empty_home_says_where_to_begin(home, open_page):
    page = open_page("judge")
    assert "no model to judge yet" in page.text
    assert page.links() == ["train"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("level", ["songs", "segments"])
def test_every_view_shows_a_filled_home(second, open_page, view, level):
    page = show_view(open_page("judge"), view, level)
    assert not page.errors
    assert "Right for" in page.text


def test_the_numbers_are_the_reports(filled, open_page):
    report = registry.report(filled, "mine")
    # Six of thirty songs are too few to tell: the numbers are over all.
    over_all = report.to_json()["cross_validated"]["songs"]
    page = open_page("judge")
    metrics = {metric.label: (metric.value, metric.delta) for metric in page.at.metric}
    assert metrics["Accuracy"][0] == f"{100 * over_all['accuracy']:.0f} %"
    low, high = over_all["intervals"]["accuracy"]
    assert metrics["Accuracy"][1] == f"{100 * low:.0f} to {100 * high:.0f} %"
    assert "Over all 30 songs, each judged by a fit that had not heard it" in page.text
    assert metrics["Log loss"][0] == f"{over_all['log_loss']:.2f}"
    low, high = over_all["intervals"]["log_loss"]
    assert metrics["Log loss"][1] == f"{low:.2f} to {high:.2f}"
    assert set(metrics) == {"Accuracy", "Balanced accuracy", "Log loss", "Jaccard",
                          "Calibration error"}  # fmt: skip
    each = page.frame("Genre", "Recall", "Precision", "F1", "Jaccard", "Songs")
    assert tuple(each["Genre"]) == report.genres
    assert list(each["Songs"]) == [10, 10, 10]
    assert "a single one moves its recall by 10 points" in page.text
    page.at.segmented_control(key="judge-level").set_value("segments").run()
    metrics = {metric.label: metric.value for metric in page.fine().at.metric}
    assert metrics["Accuracy"] == f"{100 * report.headline('segments').accuracy:.0f} %"
    assert "Over all 30 songs, each judged by a fit that had not heard it" in page.text


@pytest.mark.parametrize("kind", ["confusion", "recall", "precision"])
def test_each_matrix_is_drawn_with_cells_that_can_be_picked(filled, open_page, kind):
    report = registry.report(filled, "mine")
    page = show_view(open_page("judge"), "Mix-ups")
    page.at.segmented_control(key="matrix-kind").set_value(kind).run()
    (figure,) = charts(page.fine())
    heat, *_, cells = figure["data"]
    assert heat["type"] == "heatmap" and cells["mode"] == "markers"
    assert figure["layout"]["xaxis"]["title"]["text"] == "guess"
    counts = {(true, guess): n for true, guess, n in cells["customdata"]}
    genres = report.genres
    for i, true in enumerate(genres):
        for j, guess in enumerate(genres):
            assert counts[true, guess] == report.headline_confusion("songs")[i][j]
    assert len(cells["x"]) == len(genres) ** 2
    assert list(zip(cells["y"], cells["x"], strict=True)) == [tuple(c[:2]) for c in
                                                              cells["customdata"]]  # fmt: skip


def test_a_picked_cell_shows_its_songs(filled, open_page):
    report = registry.report(filled, "mine")
    page = show_view(open_page("judge"), "Mix-ups")
    page.at.selectbox(key="cell-true").set_value("jazz").run()
    page.at.selectbox(key="cell-guess").set_value("jazz").run()
    place = report.genres.index("jazz")
    rows = report.headline_confusion("songs")
    n = rows[place][place]
    assert "of jazz rightly known as **jazz**" in page.fine().text
    assert f", out of {sum(rows[place])}" in page.text
    table = next(t for t in page.frames("Song", "Moments") if list(t.columns)[-1] != "Guess")
    assert len(table) == n > 0
    page.at.segmented_control(key="matrix-basis").set_value("Held back").run()
    assert f", out of {sum(report.confusion['songs'][place])}" in page.fine().text


def test_behind_a_cell_each_moment_can_be_heard(filled, open_page, tmp_path):
    with open_library(filled) as library, library.transaction() as db:
        (tmp_path / "a.wav").write_bytes(b"RIFF")
        db.execute("UPDATE songs SET address = ?", (str(tmp_path / "a.wav"),))
    report = registry.report(filled, "mine")
    pairs = [(t, g) for t in report.genres for g in report.genres if t != g]
    rows = dict(zip(report.genres, report.headline_confusion("segments"), strict=True))
    true, guess = max(pairs, key=lambda p: rows[p[0]][report.genres.index(p[1])])
    assert rows[true][report.genres.index(guess)]
    page = show_view(open_page("judge"), "Mix-ups", "segments")
    page.at.selectbox(key="cell-true").set_value(true).run()
    page.at.selectbox(key="cell-guess").set_value(guess).run()
    (table,) = page.fine().frames("Song", "Moments")
    page.at.session_state[f"behind mine segments {true} {guess} 30 0"] = {
        "selection": {"rows": [0], "columns": [], "cells": []}
    }
    page.at.run()
    assert not page.fine().errors
    data = [json.loads(c.proto.json) for c in page.at.get("bidi_component")]
    (timeline,) = [d for d in data if "moments" in d]
    assert [clock(at) for at in timeline["moments"]] == table["Moments"].iloc[0].split(", ")
    for segment in timeline["segments"]:
        if segment["start"] in timeline["marked"]:
            assert (
                timeline["genres"][segment["shares"].index(max(segment["shares"]))]["name"] == guess
            )
    assert timeline["sound"] and page.at.get("audio")
    song = next(m.value for m in page.at.markdown if m.value.startswith("**Song "))
    page.click("label-1-cell")  # make it what it was taken for
    with open_library(filled) as library:
        (changed,) = [s for s in library.songs() if guess in s.genres and true in s.title]
    assert changed.title in song and changed.genres == (guess,)


def test_the_curves_explain_themselves(filled, open_page):
    page = show_view(open_page("judge"), "Curves")
    assert len(charts(page)) == 3
    assert "10-second pieces of one song land on both sides" in page.text
    assert "From folds over all songs" in page.text and "the fewest" in page.text
    assert "what it calls 70 % likely is right 70 times of 100" in page.text


def test_two_models_side_by_side(second, open_page):
    page = show_view(open_page("judge"), "Compare")
    numbers = page.frame("Metric", "mine", "other", "Difference")
    assert numbers["Metric"].iloc[0] == "Accuracy"
    ours, theirs, difference = charts(page)
    assert len(ours["data"][0]["x"]) == 3 and len(theirs["data"][0]["x"]) == 2
    assert len(difference["data"][0]["x"]) == 2
    assert "judged differently (by artist and by row)" in page.text


def test_the_difference_of_a_model_and_itself_is_nothing(filled):
    report = registry.report(filled, "mine")
    numbers = model_comparison.numbers(report, dataclasses.replace(report, model="again"), "songs")
    assert set(numbers["Difference"]) == {"the same"}
    assert model_comparison.caveats(report, report) == []


def test_a_difference_is_better_or_worse_in_words(filled):
    report = registry.report(filled, "mine")
    values = report.to_json() | {"model": "other"}
    songs = values["cross_validated"]["songs"]
    songs["accuracy"] -= 0.1
    songs["jaccard_macro"] += 0.01
    songs["log_loss"] += 0.2
    songs["ece"] -= 0.05
    other = Report.from_json(values)
    differences = model_comparison.numbers(report, other, "songs").set_index("Metric")["Difference"]
    assert differences.to_dict() == {
        "Accuracy": "10 points better", "Balanced accuracy": "the same",
        "Jaccard": "1 point worse", "Log loss": "0.20 better",
        "Calibration error": "5 points worse",
    }  # fmt: skip


def test_with_one_model_there_is_nothing_to_compare(filled, open_page):
    page = show_view(open_page("judge"), "Compare")
    assert "there must be a second model" in page.text


def test_choosing_the_model_in_use(second, open_page):
    page = open_page("judge")
    assert page.at.selectbox(key="judge-model").value == "mine"
    assert not page.has_button("model-use")
    page.at.selectbox(key="judge-model").set_value("other").run()
    page.click("model-use")
    assert registry.in_use(second) == "other"


def test_renaming_a_model(second, open_page):
    page = open_page("judge")
    page.at.text_input(key="model-new-mine").set_value("better")
    page.click("model-rename")
    assert registry.names(second) and "better" in registry.names(second)
    assert registry.in_use(second) == "better"
    assert page.at.selectbox(key="judge-model").value == "better"


def test_a_name_that_is_taken_is_refused_in_words(second, open_page):
    page = open_page("judge")
    page.at.text_input(key="model-new-mine").set_value("other")
    page.click("model-rename")
    assert any("other" in error and "already" in error for error in page.errors)
    assert sorted(registry.names(second)) == ["mine", "other"]


def test_deleting_a_model_asks_first(second, open_page):
    page = open_page("judge")
    assert "Delete the model mine? Your songs stay, and it can be undone" in page.text
    page.click("model-delete-yes")
    assert registry.names(second) == ["other"]
    assert page.at.selectbox(key="judge-model").value == "other"
    page.click("model-delete-yes")
    assert "no model to judge yet" in page.text


def test_a_leaky_model_says_so(second, open_page):
    page = open_page("judge")
    page.at.selectbox(key="judge-model").set_value("other").run()
    assert any("Leaky protocol" in warning.value for warning in page.fine().at.warning)


def test_a_damaged_report_is_one_line(filled, open_page):
    (filled.models / "mine" / "report.json").write_text("{}")
    page = open_page("judge")
    assert len(page.errors) == 1
    assert "changed or damaged" in page.errors[0]


def test_the_robustness_view_offers_the_test_and_shows_what_was_kept(filled, open_page):
    page = show_view(open_page("judge"), "Robustness")
    assert page.has_button("robust") and not page.frames("Sound")
    halves = Movement(0.1, 0.05, 0.15)
    result = AlterationResult("−20 dB", "loudness", 20, 0, Movement(0.3, 0.2, 0.4), 0.2, 0.7, True)
    saved_robustness.save(filled, Robustness("mine", 20, 20, 60.0, 0.9, halves, (result,)))
    page = show_view(open_page("judge"), "Robustness")
    assert "listens to loudness where it should listen to music" in page.text
    assert page.frame("Sound")["Sound"].tolist() == ["The other half of the song", "−20 dB"]
