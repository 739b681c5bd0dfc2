"""Deleted and renamed models come back as they were, also over a kill."""

import os
import signal

import pytest

from genrefit import history
from genrefit.errors import LibraryError, ModelError
from genrefit.learning import registry
from genrefit.library import genres, journal, open_library
from genrefit.library.journal_files import TRASH
from genrefit.sweeper import sweep_home
from tests.support.models import own_names


def content(home):
    return {
        str(path.relative_to(home.models)): path.read_bytes()
        for path in home.models.rglob("*")
        if path.is_file() and TRASH not in path.parts and path.name != ".lock"
    }


def test_a_deleted_model_comes_back_in_use(home, save, no_ear):
    save("one")
    save("two", date="2027-03-03")
    registry.use(home, "one")
    before = content(home)
    registry.delete(home, "one")
    assert own_names(home) == ["two"] and registry.in_use(home) == "two"
    assert history.undo(home).what == "deleted the model one"
    assert content(home) == before and registry.in_use(home) == "one"
    assert registry.load(home, "one").genres == ("jazz", "rock")
    history.undo(home, history.entries(home, 1)[0].number)
    assert own_names(home) == ["two"]


def test_a_renamed_model_gets_its_name_back(home, save, no_ear):
    save("one")
    save("other", date="2027-03-03")
    registry.use(home, "one")
    before = content(home)
    registry.rename(home, "one", "three")
    registry.rename(home, "three", "four")
    with pytest.raises(LibraryError, match="Undo first"):
        history.undo(home, history.entries(home)[-1].number)
    history.undo(home)
    assert registry.in_use(home) == "three"
    history.undo(home)
    assert content(home) == before and registry.in_use(home) == "one"


def test_a_model_of_the_same_name_is_not_overwritten(home, save, no_ear):
    save("one")
    registry.delete(home, "one")
    save("one", date="2027-05-05")
    with pytest.raises(LibraryError, match="there is another 'one' now"):
        history.undo(home)
    assert registry.card(home, "one").date == "2027-05-05"
    registry.rename(home, "one", "newer")
    history.undo(home, history.entries(home)[-1].number)
    assert sorted(own_names(home)) == ["newer", "one"]


def test_the_trash_is_emptied_as_the_journal_forgets(home, save, no_ear, monkeypatch):
    monkeypatch.setattr(journal, "MOST_ENTRIES", 2)
    save("one")
    registry.delete(home, "one")
    trash = home.models / TRASH
    assert len(list(trash.rglob("model.skops"))) == 1
    with open_library(home) as library:
        library.save_situation("a", "jazz")
        assert len(list(trash.rglob("model.skops"))) == 1
        library.save_situation("b", "jazz")
    assert list(trash.iterdir()) == []
    with pytest.raises(ModelError, match="no model 'one'"):
        registry.load(home, "one")


def test_killed_between_commit_and_move_the_next_one_moves(home, save, no_ear):
    save("one")
    before = content(home)
    pid = os.fork()
    if pid == 0:
        try:
            library = open_library(home)
            library.finish_moves = lambda: os.kill(os.getpid(), signal.SIGKILL)
            with library.change("deleted the model one"):
                library.discard_file(home.models / "one", trash=home.models)
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    assert content(home) == before
    open_library(home).close()
    assert own_names(home) == []
    history.undo(home)
    assert content(home) == before


def test_a_path_out_of_the_home_is_never_moved(home, save):
    save("one")
    with open_library(home) as library:
        for path in (home.models / ".." / ".." / "x", home.path.parent / "x"):
            with pytest.raises((LibraryError, ValueError)), library.change("x"):
                library.discard_file(path, trash=home.models)
        assert library.history() == []


def test_a_genre_is_renamed_in_models_and_back(home, save, no_ear):
    genres.add(home, "jazz")
    save("one")
    save("two", date="2027-03-03")
    before = content(home)
    registry.delete(home, "two")
    assert history.rename_genre(home, "Jazz", "swing") == ("jazz", "swing")
    assert registry.load(home, "one").genres == ("swing", "rock")
    history.undo(home, history.entries(home)[1].number)
    assert registry.load(home, "two").genres == ("swing", "rock"), "it learns what it missed"
    history.undo(home)
    assert list(genres.read(home)) == ["jazz"]
    assert (
        registry.load(home, "one").genres == registry.load(home, "two").genres == ("jazz", "rock")
    )
    assert content(home).keys() == before.keys()


def test_killed_between_commit_and_models_the_next_start_finishes(home, save, no_ear):
    genres.add(home, "jazz")
    save("one")
    genres.rename(home, "jazz", "swing")  # as far as a process came that was killed then
    assert registry.load(home, "one").genres == ("jazz", "rock")
    sweep_home(home)  # as each start of a program does
    assert registry.load(home, "one").genres == ("swing", "rock")
    history.finish(home)
    history.undo(home)
    assert registry.load(home, "one").genres == ("jazz", "rock")
