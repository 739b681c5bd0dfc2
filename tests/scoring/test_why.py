"""Why a model says what it says: against the coefficients, distances and segments by hand."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit.learning import training
from genrefit.learning.recipe import Recipe
from genrefit.library import open_library
from genrefit.records import Song
from genrefit.scoring import known_songs as module
from genrefit.scoring.known_songs import KnownSongs
from genrefit.scoring.why import why
from tests.support.homes import fill_library
from tests.support.tables import drawn


@pytest.fixture(scope="module")
def trained():
    table = drawn([["a"], ["b"], ["c"]] * 14, segments=3, apart=0.6)
    return table, training.learn(table, Recipe(pipeline="logistic"), n_jobs=1).model


def asked(trained, row, **options):
    table, model = trained
    X = np.stack([table.X[table.song == i].mean(0) for i in range(len(table.songs))])
    songs = tuple(
        Song(s["song_id"], "k", f"/{s['song_id']}.mp3", s["title"], s["artist"], 30.0, "c",
             tuple(s["genres"]))
        for s in table.songs.to_dict("records")
    )  # fmt: skip
    rows = table.X[table.song == row]
    P = model.songs(rows, np.zeros(len(rows), int), 1)[0]
    timeline = [
        {"start": 10.0 * i, "likelihoods": dict(zip(model.genres, map(float, p), strict=True))}
        for i, p in enumerate(model.segments(rows))
    ]
    likelihoods = dict(zip(model.genres, map(float, P), strict=True))
    return (
        why(model, X[row], timeline, likelihoods, known=KnownSongs(songs, X), **options),
        X,
        songs,
    )


def test_the_nearest_songs_of_both_genres_are_named(trained):
    told, X, songs = asked(trained, 4)
    deviation = X.std(0)
    distance = np.sqrt((((X - X[4]) / deviation) ** 2).mean(1))
    for genre in told.genres:
        others = [i for i in np.argsort(distance) if i != 4 and genre in songs[i].genres]
        assert [s.song_id for s in told.alike[genre]] == [songs[i].song_id for i in others[:3]]
        assert all(s.address.endswith(".mp3") for s in told.alike[genre])


def test_weights_are_coefficient_times_deviation(trained):
    told, X, _ = asked(trained, 4)
    model = trained[1]
    scale, linear = model.pipeline.named_steps["scale"], model.pipeline.named_steps["model"]
    a, b = (model.genres.index(genre) for genre in told.genres)
    by_hand = (linear.coef_[a] - linear.coef_[b]) * (X[4] - X.mean(0)) / scale.scale_
    expected = dict(zip(model.columns, by_hand, strict=True))
    found = {w.feature: w.amount for w in (*told.weighed_for, *told.weighed_against)}
    assert found
    factors = [found[name] / expected[name] for name in found]
    # One factor for all: the temperatures, which soften or sharpen what the coefficients say.
    assert min(factors) > 0 and max(factors) / min(factors) < 1.2
    strongest = max(expected, key=expected.__getitem__)
    assert told.weighed_for[0].feature == strongest


def test_segments_speak_for_the_genre_that_they_favour(trained):
    told, _, _ = asked(trained, 4)
    first, second = told.genres
    assert told.spoke_for or told.spoke_against
    assert all(m.likelihoods[first] > m.likelihoods[second] for m in told.spoke_for)
    assert all(m.likelihoods[first] < m.likelihoods[second] for m in told.spoke_against)


def test_a_query_asks_about_its_own_genres(trained):
    told, _, _ = asked(trained, 4, about=["c", "a"])
    assert told.genres == ("c", "a")
    alone, _, _ = asked(trained, 4, about=["c"])
    assert alone.genres[0] == "c" and alone.genres[1] != "c"


def test_the_library_tells_what_a_model_reads_of_its_songs(trained, home):
    fill_library(home, [["a"], ["b"], ["a", "b"]])
    with open_library(home) as library:
        known = module.known_songs(library, trained[1])
    assert [song.song_id for song in known.songs] == ["s0", "s1", "s2"]
    assert known.means.shape == (3, len(trained[1].columns)) and np.isfinite(known.means).all()


def test_without_songs_there_are_still_moments(trained):
    model = trained[1]
    P = dict.fromkeys(model.genres, 1 / 3)
    nothing = KnownSongs((), np.zeros((0, len(model.columns))))
    told = why(model, np.zeros(len(model.columns)), [{"start": 0.0, "likelihoods": P | {"a": 0.6}}],
               P, known=nothing)  # fmt: skip
    assert told.alike == {"a": (), "b": ()} and told.weighed_for == ()
    assert [m.start for m in told.spoke_for] == [0.0]
    assert told.to_json()["genres"] == ("a", "b")


def test_a_model_that_hears_with_both_ears_says_why(home):
    """What the second ear hears stands beside the first's columns, and may weigh too."""
    from genrefit.features.side_by_side import columns_of
    from genrefit.learning import registry
    from genrefit.learning.train import train

    fill_library(home, [["jazz"], ["rock"]] * 8, sets=("ear", "yamnet"))
    train(home, Recipe(features="ear", pipeline="logistic", name="both"), n_jobs=1)
    model = registry.load(home, "both")
    assert model.sets == ("ear", "yamnet")
    width = len(columns_of(model.sets))
    mean = np.random.default_rng(0).normal(size=width)
    with open_library(home) as library:
        known = module.known_songs(library, model)
    for means in (mean, np.where(np.arange(width) < len(model.columns), mean, np.nan)):
        told = why(
            model, means, [], {"jazz": 0.7, "rock": 0.3}, known=known, about=("jazz", "rock")
        )
        assert told.genres == ("jazz", "rock")
        named = {weight.feature for weight in (*told.weighed_for, *told.weighed_against)}
        assert named <= set(columns_of(model.sets))
