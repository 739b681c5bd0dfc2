"""Renaming a genre in saved models: everywhere it is named, as a whole, and back again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from genrefit.learning import genre_renaming, model_store, registry
from genrefit.learning.genre_renaming import renamed_json

LAST = ("one", "two")


def contents(home, name):
    folder = home.models / name
    return {
        path.name: {k: v.tolist() for k, v in np.load(path).items()}
        if path.suffix == ".npz"
        else json.loads(path.read_bytes())
        if path.suffix == ".json"
        else path.read_bytes()
        for path in folder.iterdir()
    }


def without_digests(files):
    card = {key: value for key, value in files["card.json"].items() if key != "sha256"}
    return files | {"card.json": card}


def test_a_genre_is_renamed_wherever_a_model_names_it(home, save, trained, no_ear):
    table, _ = trained
    save("one")
    before = registry.report(home, "one")
    likelihoods = registry.load(home, "one").songs(table.X, table.song, 30)
    assert registry.rename_genre(home, "rock", "Rock & Roll: 'live'") == ["one"]
    text = json.dumps([contents(home, "one")["card.json"], contents(home, "one")["report.json"]])
    assert '"rock"' not in text and "'rock'" not in text
    report = registry.report(home, "one")
    assert report.genres == ("jazz", "Rock & Roll: 'live'")
    assert report.songs.genres["Rock & Roll: 'live'"] == before.songs.genres["rock"]
    assert report.confusion == before.confusion and report.songs.accuracy == before.songs.accuracy
    assert {song.truth for song in report.validation} == {"jazz", "Rock & Roll: 'live'"}
    assert list(registry.out_of_fold(home, "one").columns) == ["jazz", "Rock & Roll: 'live'"]
    loaded = registry.load(home, "one")
    assert loaded.genres == ("jazz", "Rock & Roll: 'live'")
    assert (loaded.songs(table.X, table.song, 30) == likelihoods).all()


def test_the_names_swapped_bring_back_what_was_there(home, save, no_ear):
    save("one")
    before = contents(home, "one")
    registry.rename_genre(home, "rock", "metal")
    registry.rename_genre(home, "metal", "rock")
    assert without_digests(contents(home, "one")) == without_digests(before)


def test_only_what_names_a_genre_is_renamed():
    song = {"song_id": "s", "title": "rock", "artist": "rock", "truth": "rock", "guess": "songs",
            "genres": ["rock"], "likelihoods": {"rock": 0.2, "songs": 0.8},
            "segments": {"rock": {"songs": [0.0], "rock": [10.0]}}}  # fmt: skip
    report = {"model": "rock", "genres": ["rock", "songs"], "wrong": [song],
              "songs": {"accuracy": 0.5, "genres": {"rock": {"recall": 1.0}}},
              "warnings": ["'rock' has only 3 songs"]}  # fmt: skip
    renamed = renamed_json(report, "rock", "metal")
    assert renamed["model"] == "rock" and renamed["genres"] == ["metal", "songs"]
    assert renamed["songs"]["genres"] == {"metal": {"recall": 1.0}}
    assert renamed["warnings"] == ["'metal' has only 3 songs"]
    [wrong] = renamed["wrong"]
    assert (wrong["title"], wrong["artist"], wrong["truth"]) == ("rock", "rock", "metal")
    assert wrong["likelihoods"] == {"metal": 0.2, "songs": 0.8}
    assert wrong["segments"] == {"metal": {"songs": [0.0], "metal": [10.0]}}
    # A genre that is spelt like a key of the report leaves that key alone.
    assert set(renamed_json(report, "songs", "music")) == set(report)


def test_models_that_lack_the_genre_or_have_both_names_stay(home, save, no_ear):
    save("one")
    before = contents(home, "one")
    assert registry.rename_genre(home, "folk", "metal") == []
    assert registry.rename_genre(home, "rock", "jazz") == []
    assert contents(home, "one") == before


@pytest.mark.parametrize("step", ["write_whole", "swap_folder"])
def test_a_renaming_that_ends_early_leaves_each_model_whole_and_goes_on_later(
    home, save, no_ear, monkeypatch, step
):
    for name in LAST:
        save(name)
    real, calls = getattr(model_store, step), []

    def end(*arguments):
        calls.append(arguments)
        if len(calls) == (6 if step == "write_whole" else 2):
            raise KeyboardInterrupt
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(model_store, step, end)
        with pytest.raises(KeyboardInterrupt):
            registry.rename_genre(home, "rock", "metal")
    assert registry.names(home) == sorted(LAST, reverse=True)
    for name in LAST:
        assert registry.load(home, name).genres == registry.report(home, name).genres
        assert tuple(registry.out_of_fold(home, name).columns) == registry.load(home, name).genres
    genre_renaming.rename_genre(home, "rock", "metal")
    assert {registry.card(home, name).genres for name in LAST} == {("jazz", "metal")}


def test_a_damaged_model_stays_and_does_not_stop_the_others(home, save, no_ear):
    for name in LAST:
        save(name)
    (home.models / "one" / "report.json").write_text("{")
    assert registry.rename_genre(home, "rock", "metal") == ["two"]
    assert registry.card(home, "one").genres == ("jazz", "rock")
