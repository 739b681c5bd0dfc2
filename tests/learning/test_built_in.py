"""The models that need no training: from the names of the user's genres, and the general ear."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from genrefit import features, search
from genrefit.errors import ModelError
from genrefit.features.side_by_side import columns_of
from genrefit.learning import registry
from genrefit.learning.name_table import tags_of
from genrefit.library import genres, open_library
from genrefit.records import Features, Song
from tests.support.commands import run_command

BOTH = columns_of(("ear", "yamnet"))


@pytest.fixture
def ear(home):
    """A home whose ears are there."""
    if not features.ear_is_ready(home):
        pytest.skip(features.ear_status(home).missing)
    return home


@pytest.fixture
def second_ear(ear):
    if not features.second_ear_is_ready(ear):
        pytest.skip(features.second_ear_status(ear).missing)
    return ear


def heard(**logits: float) -> np.ndarray:
    """One segment of both sets: every tag at -5 but those given."""
    row = np.full((1, len(BOTH)), -5.0, np.float32)
    for name, value in logits.items():
        tag = name.replace("_", " ")
        row[0, BOTH.index(f"tag:{tag}" if f"tag:{tag}" in BOTH else tag)] = value
    return row


def test_names_is_there_from_two_genres_on_and_in_use_until_a_model_is_trained(ear, save):
    assert registry.names(ear) == ["tags"] and registry.in_use(ear) == "tags"
    genres.add(ear, "jazz")
    assert registry.names(ear) == ["tags"]
    with pytest.raises(ModelError, match="once there are two"):
        registry.load(ear, "names")
    genres.add(ear, "Reggae")
    assert registry.names(ear) == ["names", "tags"] and registry.in_use(ear) == "names"
    assert registry.load(ear, "names").genres == ("jazz", "Reggae")
    save("mine")
    assert registry.names(ear) == ["mine", "names", "tags"] and registry.in_use(ear) == "mine"
    registry.use(ear, "names")
    assert registry.in_use(ear) == "names"
    genres.remove(ear, "jazz")
    assert registry.in_use(ear) == "mine", "what cannot answer any more is not in use"


def test_without_the_ear_there_is_neither(home, no_ear):
    genres.add(home, "jazz")
    genres.add(home, "rock")
    assert registry.names(home) == [] and registry.in_use(home) is None


def test_damaged_definitions_take_only_the_names_away(ear):
    ear.data.mkdir(parents=True)
    ear.genres.write_text("{", encoding="utf-8")
    assert registry.names(ear) == ["tags"]


def test_its_card_says_what_each_genre_is_taken_for_and_which_is_unknown(ear):
    for name in ("Drum & Bass", "my stuff", "jazz"):
        genres.add(ear, name)
    genres.set_like(ear, "jazz", ["soul", "nonsense"])
    card = registry.card(ear, "names")
    assert card.built_in and "no word is known for 'my stuff'" in card.what
    assert card.taken_for == {
        "Drum & Bass": tags_of("drum and bass"),
        "my stuff": (),
        "jazz": ("soul", "Soul music"),
    }
    with pytest.raises(ModelError, match="no report"):
        registry.report(ear, "names")
    assert registry.out_of_fold(ear, "names").empty
    with pytest.raises(ModelError, match="cannot be renamed"):
        registry.rename(ear, "names", "other")


def test_its_stamp_changes_with_the_genres_and_what_they_are_taken_for(ear):
    stamps = []
    for change in (
        lambda: [genres.add(ear, name) for name in ("jazz", "rock")],
        lambda: genres.add(ear, "folk"),
        lambda: genres.set_like(ear, "folk", ["country"]),
        lambda: genres.rename(ear, "folk", "Folk!"),
    ):
        change()
        stamps.append(registry.stamp(ear, "names"))
    assert len({repr(stamp) for stamp in stamps}) == 4
    hash(stamps[0])


def test_likelihoods_and_activations_follow_the_tags(ear):
    for name in ("jazz", "reggae", "Zeitgeist"):
        genres.add(ear, name)
    model = registry.load(ear, "names")
    X = np.concatenate([heard(jazz=1, Jazz=1), heard(Reggae=2)])
    P = model.songs(X, np.array([0, 1]), 2)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    assert P.argmax(axis=1).tolist() == [0, 1]
    np.testing.assert_allclose(model.segments(X), P)
    activations = model.typicality(X, np.array([0, 1]), 2)
    np.testing.assert_allclose(activations[:, 2], 0)
    assert activations[1, 1] == pytest.approx(1 / (1 + np.exp(-2)))
    assert not model.unlike_all(np.zeros((1, 3)))[0], "it may be the unknown genre"
    with pytest.raises(ModelError, match="features of the sets"):
        model.segments(np.zeros((1, 250)))


def test_a_song_of_unlike_genres_is_unlike_all(ear):
    for name in ("jazz", "reggae"):
        genres.add(ear, name)
    model = registry.load(ear, "names")
    faint = model.typicality(heard(metal=2), np.array([0]), 1)
    assert model.unlike_all(faint).tolist() == [True]


def test_a_model_that_was_called_names_before_is_kept_under_another_name(ear, save):
    save("mine")
    registry.use(ear, "mine")
    (ear.models / "mine").rename(ear.models / "names")
    (ear.models / "in_use.json").write_text(json.dumps({"model": "names"}), encoding="utf-8")
    assert registry.names(ear) == ["names-1", "tags"]
    assert registry.in_use(ear) == "names-1"
    assert registry.load(ear, "names-1").genres == ("jazz", "rock")


def test_the_general_ear_has_more_genres_with_the_second_ear(second_ear):
    model = registry.load(second_ear, "tags")
    assert {"classical", "reggae", "latin", "gospel", "bluegrass", "jazz"} <= set(model.genres)
    P = model.songs(heard(Reggae=2), np.array([0]), 1)
    assert model.genres[P[0].argmax()] == "reggae"
    assert "has no tag for" in registry.card(second_ear, "tags").what


def test_the_general_ear_of_the_first_alone_says_what_it_has_no_tag_for(ear, tmp_path, monkeypatch):
    folder = tmp_path / "first alone"
    shutil.copytree(features.ear_folder(ear), folder, ignore=shutil.ignore_patterns("yamnet"))
    monkeypatch.setenv("GENREFIT_EAR", str(folder))
    card = registry.card(ear, "tags")
    assert "classical" not in card.genres
    assert "classical" in card.what and "reggae" in card.what


def test_find_answers_over_stored_songs_with_or_without_the_second_ear(ear):
    for name in ("jazz", "reggae"):
        genres.add(ear, name)
    X = np.concatenate([heard(jazz=1, Jazz=1), heard(Reggae=2)])
    starts = np.zeros(1, np.float32)
    with open_library(ear) as library:
        for number, row in enumerate(X):
            song = Song(f"s{number}", f"k{number}", f"file:///{number}", f"t{number}", None, 30.0,
                        f"c{number}", ("jazz",))  # fmt: skip
            library.add(song, {"ear": Features(starts, row[None, :250])})
    before = search.library_likelihoods(ear, "names")
    assert before.set_index("song_id").loc["s1", "reggae"] == pytest.approx(0.5)
    with open_library(ear) as library:
        for number, row in enumerate(X):
            library.add_features(f"s{number}", {"yamnet": Features(starts, row[None, 250:])})
    hits = search.search_library(ear, "reggae", model="names").hits
    assert hits[0].song_id == "s1" and hits[0].fit > 0.9, "not what the cache holds from before"


@pytest.mark.slow
def test_four_named_genres_answer_on_real_songs_before_any_is_collected(second_ear, music, capsys):
    wanted = [folder.name for folder in sorted(music.iterdir()) if folder.is_dir()]
    for name in wanted:
        assert run_command(second_ear.path, capsys, "genres", "add", name)[0] == 0
    right = 0
    for name in wanted:
        songs = [str(path) for path in sorted((music / name).glob("*.mp3"))[:5]]
        code, out, _ = run_command(second_ear.path, capsys, "score", *songs, "--json")
        assert code == 0
        for song in json.loads(out):
            assert song["model"] == "names"
            assert set(song["likelihoods"]) == set(wanted)
            assert sum(song["likelihoods"].values()) == pytest.approx(1)
            right += max(song["likelihoods"], key=song["likelihoods"].get) == name
    assert right >= 13, f"{right} of 20"
