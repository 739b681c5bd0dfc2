"""The page Train."""

from __future__ import annotations

import dataclasses

import pytest

from genrefit import jobs
from genrefit.learning import registry
from genrefit.learning.recipe import Recipe
from genrefit.library import open_library
from genrefit.ui.components import report_summary
from tests.pages.conftest import _held, interrupted
from tests.support import reports


def test_an_empty_home_says_where_to_begin(home, open_page):
    page = open_page("train")
    assert "no songs to learn from yet" in page.text
    assert page.links() == ["collect"]
    assert not page.has_button("train")


def test_a_filled_home_shows_what_there_is_and_how_long_it_takes(filled, open_page):
    page = open_page("train")
    material = page.frame("Genre", "Songs", "Artists", "Segments")
    assert list(material["Genre"]) == ["country", "hip hop", "jazz"]
    assert set(material["Songs"]) == {10} and set(material["Segments"]) == {50}
    assert "Takes less than a minute" in page.text
    assert not page.button("train").disabled


def test_what_was_chosen_is_what_the_job_is_given(filled, open_page, held_jobs):
    held_jobs(filled)
    page = open_page("train")
    page.at.text_input(key="train-name").set_value("by page").run()
    page.at.pills(key="train-genres-classic").set_value(["country", "jazz"]).run()
    page.at.selectbox(key="train-pipeline").set_value("svm").run()
    page.at.toggle(key="train-grid").set_value(True).run()
    page.click("train")
    job = jobs.active(filled, "train")
    assert Recipe.from_json(job.arguments) \
        == Recipe(genres=("country", "jazz"), features="classic", pipeline="svm", grid=True,
                  name="by page")  # fmt: skip
    assert page.button("train").disabled


@pytest.fixture
def held_jobs(monkeypatch):
    """Make jobs that are started from a page wait instead of working."""
    homes = []

    def hold_jobs(home):
        homes.append(home)
        monkeypatch.setitem(jobs.start.__kwdefaults__, "command", _held(home))

    yield hold_jobs
    for home in homes:
        (home.path / "let go").touch()


@pytest.mark.slow
def test_a_training_runs_as_a_job_and_ends_in_plain_words(filled, open_page, until):
    page = open_page("train")
    page.at.text_input(key="train-name").set_value("by page").run()
    page.at.selectbox(key="train-pipeline").set_value("logistic").run()
    page.at.radio(key="train-protocol").set_value("song").run()
    page.at.multiselect(key="train-drop-classic").set_value(["mfcc9", "mfcc11"]).run()
    page.at.number_input(key="train-seed").set_value(3).run()
    page.click("train")
    until(lambda: jobs.latest(filled, "train").state != "running", seconds=500)
    job = jobs.latest(filled, "train")
    assert job.state == "done", job.message
    report = registry.report(filled, "by page")
    assert report.pipeline == "logistic" and report.protocol == "song"
    assert report.seed == 3 and sorted(report.dropped) == ["mfcc11", "mfcc9"]
    page.at.run()
    page.fine()
    right = round(100 * report_summary.leading_metrics(report).accuracy)
    assert f"Right for **{right} of 100** songs it never heard" in page.text
    assert "; guessing the biggest genre gives" in page.text
    assert {"judge", "find"} <= set(page.links())


def test_a_part_of_the_genres(filled, open_page):
    page = open_page("train")
    page.at.pills(key="train-genres-classic").set_value(["country", "jazz"]).run()
    assert list(page.fine().frame("Genre", "Artists")["Genre"]) == ["country", "jazz"]
    page.at.pills(key="train-genres-classic").set_value(["jazz"]).run()
    assert "Choose two genres or more" in page.fine().text
    assert not page.has_button("train")


def test_a_taken_name_must_be_replaced_on_purpose(filled, open_page):
    page = open_page("train")
    page.at.text_input(key="train-name").set_value("mine").run()
    assert page.fine().at.checkbox(key="train-replace").value is False
    assert page.button("train").disabled
    assert "There is a model called mine already" in page.text
    page.at.checkbox(key="train-replace").check().run()
    assert not page.fine().button("train").disabled


def test_a_name_that_no_model_can_have_is_refused_in_words(filled, open_page):
    page = open_page("train")
    page.at.text_input(key="train-name").set_value("../up").run()
    assert "cannot name a model" in page.fine().text
    assert page.button("train").disabled


def test_the_leaky_protocol_is_labelled(filled, open_page):
    page = open_page("train")
    radio = page.at.radio(key="train-protocol")
    assert "By row (leaky)" in radio.options


def test_dropping_every_feature_is_refused_in_words(filled, open_page):
    page = open_page("train")
    columns = list(page.at.multiselect(key="train-drop-classic").options)
    page.at.multiselect(key="train-drop-classic").set_value(columns).run()
    assert "Every feature is to be dropped" in page.fine().text
    assert page.button("train").disabled


def test_a_genre_too_small_to_split_is_said_beforehand(filled, open_page):
    with open_library(filled) as library:
        for number in range(2, 10):
            library.remove(f"jazz {number}")
    page = open_page("train")
    assert "**jazz** has 2 artists: at least 3 are needed" in page.text


def test_a_running_training_is_shown_and_not_started_twice(filled, open_page, at_work):
    number = at_work(filled, "train")
    page = open_page("train")
    assert page.button("train").disabled
    page.click(f"cancel-{number}")
    with open_library(filled) as library:
        assert library.rows("SELECT cancel FROM jobs WHERE id = ?", (number,))[0][0]


def test_an_interrupted_training_can_be_resumed(troubled, open_page):
    number = interrupted(troubled, "train")
    page = open_page("train")
    assert "Training was interrupted" in page.text
    assert page.has_button(f"resume-{number}")


def test_a_training_that_cannot_be_says_why(filled, open_page, until):
    jobs.start(filled, "train", {"genres": ["polka"]})
    until(lambda: jobs.latest(filled, "train").state != "running", seconds=60)
    page = open_page("train")
    assert "Training could not go on" in page.text
    assert "here is no song of 'polka'" in page.text.replace("\\", "")


def report(**changes):
    level = {
        "accuracy": 0.78, "majority": 0.31, "intervals": {"accuracy": [0.70, 0.85]},
        "genres": {"a": {"recall": 0.9, "support": 10}, "b": {"recall": 0.5, "support": 10}},
    }  # fmt: skip
    parts = {"train": 64, "test": 16, "validation": 20}
    splits = {name: {"songs": n} for name, n in parts.items()}
    return reports.report({"songs": level, "segments": level, "splits": splits, **changes})


def test_the_verdict_in_plain_words():
    assert report_summary.quality_sentence(report()) == (
        "Right for **78 of 100** songs by artists it never heard (70 to 85); guessing the "
        "biggest genre gives 31."
    )
    assert (
        "Judged on 20 songs held back, after learning from 80."
        in report_summary.basis_sentences(report())
    )
    every = {"songs": {"accuracy": 0.81, "intervals": {"accuracy": [0.72, 0.9]}}}
    assert "**81 %** (72 to 90)" in report_summary.basis_sentences(report(cross_validated=every))
    assert (
        "**a** best (finds 9 of its 10 songs) and **b** least (5 of 10)"
        in report_summary.strongest_sentence(report())
    )


def test_where_few_songs_were_held_back_the_verdict_is_over_all():
    genres = {"a": {"recall": 1.0, "support": 50}, "b": {"recall": 0.62, "support": 50}}
    every = {"accuracy": 0.81, "majority": 0.5, "intervals": {"accuracy": [0.72, 0.9]},
             "genres": genres}  # fmt: skip
    held = report().songs
    few = dataclasses.replace(
        report(cross_validated={"songs": every}),
        songs=dataclasses.replace(held, intervals={"accuracy": (0.5, 0.95)}),
    )
    assert report_summary.quality_sentence(few).startswith(
        "Right for **81 of 100** songs by artists it never heard (72 to 90); guessing the "
        "biggest genre gives 50."
    )
    basis = report_summary.basis_sentences(few)
    assert basis.startswith(
        "Each of the 100 songs was judged once, by a fit that had heard neither"
    )
    assert "Of the 20 songs that were held back from the start it got **78 %** (50 to 95)" in basis
    assert "**a** best (finds 50 of its 50 songs) and **b** least (31 of 50)" in (
        report_summary.strongest_sentence(few)
    )


def test_a_verdict_without_a_mistake_claims_no_more_than_it_saw():
    level = report().to_json()["songs"] | {"accuracy": 1.0, "intervals": {"accuracy": [1.0, 1.0]}}
    sentence = report_summary.quality_sentence(report(songs=level))
    assert sentence.startswith("Right for **all 20** songs by artists it never heard; guessing")


def test_a_warning_that_many_genres_share_is_said_once():
    rough = "has only 8 songs by 6 artists: its numbers are rough"
    lines = report_summary.grouped_warnings(
        [f"'a' {rough}", "the ear is old", f'"b\'s" {rough}', "'c' has only 1 song"]
    )
    assert lines == [
        f"**a** and **b's**: each {rough}",
        "The ear is old",
        "**c** has only 1 song",
    ]


@pytest.mark.parametrize("protocol", ["artist", "song", "row"])
def test_every_protocol_has_its_words(protocol):
    assert report_summary.UNHEARD[protocol] in report_summary.quality_sentence(
        report(protocol=protocol)
    )


@pytest.mark.parametrize("page", ["train", "explore"])
def test_a_feature_set_that_this_program_does_not_know_is_passed_over(page, filled, open_page):
    with open_library(filled) as library, library.transaction() as db:
        db.execute(
            "INSERT INTO features SELECT song_id, 'of long ago', 1, width, starts, vals "
            "FROM features WHERE name = 'classic'"
        )
    opened = open_page(page)
    assert not opened.errors
    assert "of long ago" not in opened.text
