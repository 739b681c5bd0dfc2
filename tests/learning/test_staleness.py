"""Is a model up to date? Songs, labels and genres that came, moved and went since its training."""

from __future__ import annotations

import json

import pytest

from genrefit.errors import ModelError
from genrefit.learning import registry, staleness, train, trained_on
from genrefit.learning.recipe import Recipe
from genrefit.library import open_library
from tests.support import models, tables
from tests.support.commands import run_command
from tests.support.homes import fill_library

LABELS = [["jazz"], ["rock"]] * 12


@pytest.fixture(scope="module")
def trained_once(tmp_path_factory):
    from genrefit import config

    home = config.home(tmp_path_factory.mktemp("stale"))
    fill_library(home, LABELS, sets=("classic", "timbre"))
    train.train(home, Recipe(pipeline="logistic", name="mine", features="classic"), n_jobs=1)
    return home


@pytest.fixture
def mine(trained_once, home, monkeypatch, tmp_path):
    import shutil

    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "no ear"))
    shutil.copytree(trained_once.path, home.path)
    return home


def add(home, labels, *, prefix="n", sets=("classic",)):
    from genrefit.records import Features, Song

    drawn = {name: tables.drawn(labels, features=name, segments=3) for name in sets}
    with open_library(home) as library:
        for i, names in enumerate(labels):
            rows = slice(3 * i, 3 * i + 3)
            own = f"{prefix}{i}"
            song = Song(own, f"key {own}", f"file:///{own}", f"title {own}", f"artist {own}", 30.0,
                        f"content {own}", tuple(names))  # fmt: skip
            library.add(song, {n: Features(t.start[rows], t.X[rows]) for n, t in drawn.items()})


def test_a_model_is_up_to_date_after_its_training(mine):
    assert staleness.staleness(mine, "mine") is None
    assert staleness.notes(mine, "mine") == []


def test_songs_that_came_moved_and_went_are_counted_by_genre(mine):
    add(mine, [["rock"], ["rock"], ["rock"], ["jazz", "rock"]])
    with open_library(mine) as library:
        library.set_genres("s0", ["rock"])
        library.add_to_genre("s2", "rock")
        library.remove("s4")
    found = staleness.staleness(mine, "mine")
    assert (found.added, found.moved, found.removed) == (
        {"rock": 4, "jazz": 1}, {"rock": 2}, {"jazz": 1},
    )  # fmt: skip
    assert found.sentence() == (
        "4 songs added to rock, 1 song added to jazz, 2 songs moved to rock, "
        "1 song removed from jazz"
    )
    assert found.to_json()["says"] == found.sentence()


def test_what_is_changed_back_is_no_change(mine):
    with open_library(mine) as library:
        library.set_genres("s0", ["rock"])
        assert staleness.staleness(mine, "mine", library=library)
        library.undo()
    assert staleness.staleness(mine, "mine") is None


def test_genres_that_are_new_or_gone_are_named(mine):
    add(mine, [["folk"], ["folk"]])
    with open_library(mine) as library:
        library.drop_genre("jazz")
    found = staleness.staleness(mine, "mine")
    assert found.new_genres == ("folk",) and found.gone_genres == ("jazz",)
    assert "folk is new" in found.sentence() and "jazz has no songs any more" in found.sentence()


def test_a_renamed_genre_is_no_change(mine):
    from genrefit import history
    from genrefit.library import genres

    genres.add(mine, "rock")
    history.rename_genre(mine, "rock", "metal")
    assert registry.card(mine, "mine").genres == ("jazz", "metal")
    assert staleness.staleness(mine, "mine") is None
    assert trained_on.read(mine, "mine").labels["s1"] == ("metal",)


def test_songs_of_other_genres_or_without_its_features_do_not_concern_a_model(mine):
    recipe = Recipe(genres=("jazz", "rock"), pipeline="logistic", name="two", features="classic")
    train.train(mine, recipe, n_jobs=1)
    add(mine, [["folk"]] * 2, prefix="f")
    add(mine, [["rock"]] * 2, prefix="t", sets=("timbre",))
    assert staleness.staleness(mine, "two") is None
    assert staleness.staleness(mine, "mine").new_genres == ("folk",)


def test_built_in_models_are_never_stale(mine):
    assert staleness.staleness(mine, "tags") is None
    with pytest.raises(ModelError, match="'tags' was not trained"):
        trained_on.again(mine, "tags")


def test_of_a_model_of_an_earlier_version_songs_are_counted_labels_are_not(mine):
    card = json.loads((mine.models / "mine" / "card.json").read_bytes())
    del card["sha256"][trained_on.FILE]
    models.change_card(mine, "mine", sha256=card["sha256"])
    assert staleness.staleness(mine, "mine") is None
    add(mine, [["rock"]])
    with open_library(mine) as library:
        library.set_genres("s0", ["rock"])
        library.remove("s2")
    found = staleness.staleness(mine, "mine")
    assert (found.added, found.moved) == ({"rock": 1}, {})
    assert found.sentence() == "1 song added to rock, 1 song removed"
    again = trained_on.again(mine, "mine")
    assert (again.pipeline, again.features, again.name) == ("logistic", "classic", "mine-2")


def test_training_again_keeps_the_recipe_and_takes_a_name_beside_it(mine, capsys):
    add(mine, [["rock"]] * 2)
    for verb in (["report"], ["find", "rock"], ["models"]):
        _, _, err = run_command(mine.path, capsys, *verb)
        assert "2 songs added to rock" in err and "genrefit train --again mine" in err
    _, out, _ = run_command(mine.path, capsys, "models", "--json")
    assert json.loads(out)[0]["stale"]["added"] == {"rock": 2}
    code, out, err = run_command(mine.path, capsys, "train", "--again")
    assert code == 0, err
    assert registry.names(mine)[0] == "mine-2" and registry.in_use(mine) == "mine"
    assert trained_on.read(mine, "mine-2").recipe == trained_on.read(mine, "mine").recipe
    assert staleness.staleness(mine, "mine-2") is None
    assert trained_on.again(mine, "mine-2").name == "mine-3"
    code, _, err = run_command(mine.path, capsys, "train", "--again", "mine", "--replace", "--json")
    assert code == 0, err
    assert staleness.staleness(mine, "mine") is None
    code, _, err = run_command(mine.path, capsys, "train", "--again", "--seed", "4")
    assert code == 1 and "leave out" in err


def test_a_genre_likened_to_other_tags_since_is_named(mine):
    from genrefit.library import genres

    models.change_card(mine, "mine", taken_for={"jazz": ["jazz"], "rock": ["rock"]})
    genres.add(mine, "rock")
    assert staleness.staleness(mine, "mine") is None
    genres.set_like(mine, "rock", ["metal"])
    found = staleness.staleness(mine, "mine")
    assert found.taken_anew == ("rock",)
    assert found.sentence() == "what rock sounds like is said anew"
