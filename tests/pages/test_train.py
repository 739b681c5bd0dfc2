"""The page Train."""

from __future__ import annotations

import pytest

from genrefit import jobs
from genrefit.features import FEATURE_SETS
from genrefit.learning import registry
from genrefit.learning.recipe import Recipe
from genrefit.library import open_library
from genrefit.ui.components import report_summary, training_form
from tests.pages.conftest import _held, interrupted
from tests.support.jobs import ended


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
    assert "Takes " in page.text
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
    columns = list(FEATURE_SETS["classic"].columns)
    page.at.multiselect(key="train-drop-classic").set_value(columns).run()
    assert "Every feature is to be dropped" in page.fine().text
    assert page.button("train").disabled


def test_a_genre_too_small_to_split_is_said_beforehand(filled, open_page):
    with open_library(filled) as library:
        for number in range(1, 10):
            library.remove(f"jazz {number}")
    page = open_page("train")
    assert "**jazz** has 1 artist: at least 2 are needed" in page.text
    assert page.button("train").disabled
    page.at.pills(key="train-genres-classic").set_value(["country", "hip hop"]).run()
    assert not page.fine().button("train").disabled


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


def test_a_new_model_is_set_beside_the_one_in_use_which_stays(filled, open_page):
    recipe = Recipe(features="classic", pipeline="logistic", drop=("tempo", "rms"), name="other")
    assert ended(filled, jobs.start(filled, "train", recipe.to_json())).state == "done"
    page = open_page("train")
    assert registry.in_use(filled) == "mine"
    assert "that both know" in page.text
    assert "mine stays in use until you say otherwise" in page.text
    page.click("train-use")
    assert registry.in_use(filled) == "other"


@pytest.mark.parametrize(
    ("seconds", "waiting", "sentence"),
    [
        (5, 1.0, "Takes less than a minute."),
        (200, 1.0, "Takes about 3 min."),
        (25, 8.0, "Takes about 3 min, for this computer is busy with other things"),
    ],
)
def test_an_estimate_follows_what_the_computer_has_to_do(seconds, waiting, sentence):
    assert training_form.cost_sentence(seconds, waiting=waiting).startswith(sentence)
