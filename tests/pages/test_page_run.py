"""A run of a page opens the library once, however many parts of it read the library."""

import pytest
import streamlit as st

from genrefit.learning import registry
from genrefit.library import Library, genres
from genrefit.ui.components import job_progress
from genrefit.ui.page_run import library_stamp, open_once, page_run
from tests.support import songs

VIEWS = [
    ("home", {}),
    ("genres", {}),
    ("collect", {}),
    ("train", {}),
    *(("explore", {"explore-view": view}) for view in
      ("Map of songs", "What tells genres apart", "Two features", "Labels to check")),
    ("explore", {"map-way": "tsne", "explore-song": "jazz 1"}),
    *(("judge", {"judge-view": view}) for view in ("Overview", "Mix-ups", "Curves", "Compare")),
    ("score", {}),
    ("find", {"find-query": "jazz"}),
]  # fmt: skip


@pytest.fixture
def openings(monkeypatch):
    """Count how often a library is really opened."""
    paths = []
    real = Library.__init__

    def counted(self, path, *arguments, **options):
        paths.append(path)
        real(self, path, *arguments, **options)

    monkeypatch.setattr(Library, "__init__", counted)
    return paths


@pytest.fixture
def model_loads(monkeypatch):
    """Record the name of each model that is really loaded."""
    names = []
    real = registry.load

    def recorded(home, name):
        names.append(name)
        return real(home, name)

    monkeypatch.setattr(registry, "load", recorded)
    return names


@pytest.mark.parametrize(("name", "state"), VIEWS)
def test_a_page_opens_the_library_once_a_run(name, state, troubled, open_page, openings):
    genres.add(troubled, "jazz")  # its file tells the genres without the library
    page = open_page("genres")
    for key, value in state.items():
        page.at.session_state[key] = value
    st.cache_data.clear()
    st.cache_resource.clear()
    openings.clear()
    page.go(name)
    assert len(openings) == 1
    openings.clear()
    page.at.run()
    assert len(openings) == 1


@pytest.mark.parametrize(
    ("name", "state"), [("find", {"find-query": "jazz"}), ("score", {"score-query": "jazz"})]
)
def test_a_page_loads_a_model_at_most_once_a_run(name, state, filled, open_page, model_loads):
    page = open_page("genres")
    for key, value in state.items():
        page.at.session_state[key] = value
    st.cache_data.clear()
    st.cache_resource.clear()
    model_loads.clear()
    page.go(name)
    if name == "score":
        uploader = next(u for u in page.at.file_uploader if "score-files" in u.proto.id)
        content = songs.write(filled.path.with_name("one.wav"), 1).read_bytes()
        uploader.set_value([(f"{n}.wav", content, "audio/wav") for n in ("one", "two")])
        page.at.run()
        page.fine()
        assert len(page.at.session_state["scored"]) == 2
    assert model_loads == ["mine"]
    page.at.run()
    assert model_loads == ["mine"]  # the next run takes it from the cache


def test_an_empty_home_is_not_given_a_library_by_a_look_at_it(home, open_page, openings):
    for name, _ in VIEWS:
        open_page(name)
    assert not openings
    assert not home.library.exists()


def test_a_job_that_is_watched_opens_the_library_once_each_second(troubled, openings):
    job_progress._panel(troubled, "collect", False, None, None)
    assert len(openings) == 1


def test_a_run_within_a_run_shares_its_library_and_leaves_it_open(filled, openings):
    with page_run(filled):
        with open_once(filled) as first, open_once(filled) as second:
            assert first is second
        assert library_stamp(filled) == library_stamp(filled)
        assert first.songs()
    assert len(openings) == 1
    assert library_stamp(filled)
    assert len(openings) == 2  # outside of a run each call opens its own
