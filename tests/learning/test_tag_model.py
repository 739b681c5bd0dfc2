"""The built-in model: genres from the ear's tags."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit import config, features
from genrefit.audio import decode
from genrefit.errors import ModelError
from genrefit.features import musicnn
from genrefit.learning.tag_model import GENRES, TagModel

model = TagModel()


def tag_features(**logits: float) -> np.ndarray:
    """One segment's ear features: every tag at -6 but those given."""
    row = np.full((1, 250), -6.0, np.float32)
    for tag, value in logits.items():
        row[0, musicnn.COLUMNS.index(f"tag:{tag.replace('_', ' ')}")] = value
    return row


def test_every_tag_in_the_table_exists_and_stands_in_one_genre_only():
    tags = [tag for folded in GENRES.values() for tag in folded]
    assert len(tags) == len(set(tags))
    assert set(tags) <= set(musicnn.TAGS)
    assert not {"Mellow", "guitar", "80s", "female vocalists", "happy"} & set(tags)


def test_it_has_the_interface_of_a_trained_model():
    assert model.features == "ear"
    assert model.version == features.FEATURE_SETS["ear"].version
    assert model.columns == features.FEATURE_SETS["ear"].columns
    assert len(set(model.genres)) == len(model.genres)


def test_likelihoods_sum_to_one_for_any_logits():
    X = np.random.default_rng(0).normal(-3, 4, (50, 250)).astype(np.float32)
    P = model.segments(X)
    assert P.shape == (50, len(model.genres))
    assert (P >= 0).all()
    np.testing.assert_allclose(P.sum(axis=1), 1, atol=1e-9)
    songs = model.songs(X, np.repeat(np.arange(10), 5), 10)
    np.testing.assert_allclose(songs.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(songs[3], P[15:20].mean(axis=0))


@pytest.mark.parametrize(
    ("tag", "genre"),
    [
        *(("Hip-Hop", "hip hop"), ("rnb", "soul"), ("classic rock", "rock")),
        *(("House", "electronic"), ("heavy metal", "metal"), ("indie pop", "indie")),
        *((genre, genre) for genre in ("blues", "country", "folk", "jazz", "pop", "punk")),
    ],
)
def test_a_tag_speaks_for_its_genre(tag, genre):
    P = model.segments(tag_features(**{tag: 1.0}))[0]
    assert model.genres[P.argmax()] == genre
    assert P.max() > 0.9


def test_a_more_active_tag_never_makes_its_genre_less_likely():
    jazz = model.genres.index("jazz")
    likelihoods = [
        model.segments(tag_features(rock=0.0, jazz=x))[0, jazz] for x in np.arange(-6, 6, 0.5)
    ]
    assert np.all(np.diff(likelihoods) > 0)


def test_two_tags_of_one_genre_do_not_count_twice():
    one = model.segments(tag_features(rock=0.0, jazz=0.0))
    two = model.segments(tag_features(rock=0.0, hard_rock=0.0, jazz=0.0))
    np.testing.assert_allclose(one, two)


def test_a_song_in_which_no_tag_speaks_is_unlike_all():
    X = np.concatenate([tag_features(), tag_features(folk=-1.0)])
    typicality = model.typicality(X, np.array([0, 1]), 2)
    assert typicality.shape == (2, len(model.genres))
    assert model.unlike_all(typicality).tolist() == [True, False]
    assert typicality[1, model.genres.index("folk")] == pytest.approx(1 / (1 + np.e), abs=1e-6)


def test_wrong_features_are_refused():
    with pytest.raises(ModelError, match=r"250 features .* shape \(3, 20\)"):
        model.segments(np.zeros((3, 20)))
    with pytest.raises(ModelError, match="a song has no segments"):
        model.songs(tag_features(), np.array([0]), 2)


@pytest.mark.slow
def test_real_clips_come_out_sensibly(music):
    """Electronic and rock by their names; pop at least beside it; classical has no tag at all."""
    home = config.home()
    if not features.ear_is_ready(home):
        pytest.skip(features.ear_status(home).missing)
    best: dict[str, list[str]] = {}
    for path in sorted(music.glob("*/*.mp3"))[::2]:
        X = features.extract(decode.decode(path, seconds=20), ["ear"], home=home)["ear"].values
        P = model.songs(X, np.zeros(len(X), int), 1)[0]
        best.setdefault(path.parent.name, []).append(model.genres[P.argmax()])
    share = {
        "electronic": np.mean([guess == "electronic" for guess in best["electronic"]]),
        "rock": np.mean([guess in {"rock", "indie", "metal", "punk"} for guess in best["rock"]]),
        "pop": np.mean([guess in {"pop", "indie", "rock"} for guess in best["pop"]]),
        "classical": np.mean([guess in {"jazz", "folk"} for guess in best["classical"]]),
    }
    assert share["electronic"] >= 0.8, best
    assert share["rock"] >= 0.6, best
    assert share["pop"] >= 0.35, best
    assert share["classical"] >= 0.6, best
