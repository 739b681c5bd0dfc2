"""The pages say what changed since a model was trained, and train it again at one click."""

from __future__ import annotations

import pytest

from genrefit import jobs
from genrefit.learning import staleness
from genrefit.library import open_library
from tests.support.jobs import ended


@pytest.mark.parametrize("page", ["home", "judge", "score", "find"])
def test_a_page_says_what_changed_since_the_model_was_trained(filled, open_page, page):
    assert not open_page(page).has_button(f"again-{page}")
    with open_library(filled) as library:
        library.set_genres("jazz 3", ["country"])
        library.remove("jazz 4")
    shown = open_page(page)
    assert "1 song moved to country, 1 song removed from jazz" in shown.text
    assert shown.has_button(f"again-{page}")


def test_one_click_trains_again_the_same_way(filled, open_page):
    with open_library(filled) as library:
        library.set_genres("jazz 3", ["country"])
    page = open_page("judge").click("again-judge")
    job = jobs.latest(filled, "train")
    assert page.button("again-judge").disabled or job.state != "running"
    assert ended(filled, job.id).state == "done"
    assert staleness.staleness(filled, "mine-2") is None
    assert staleness.staleness(filled, "mine") is not None
