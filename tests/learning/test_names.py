"""What names alone tell of a song."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from genrefit.features import musicnn
from genrefit.learning.names import NamePrior

SECOND = ("Jazz", "Reggae", "Rock music", "Pop music", "Classical music")
COLUMNS = (*musicnn.COLUMNS, *SECOND)


def heard(**logits: float) -> np.ndarray:
    """A song's features: every tag and class at -4 but those given."""
    row = np.full((1, len(COLUMNS)), -4.0)
    for name, value in logits.items():
        tag = name.replace("_", " ")
        row[0, COLUMNS.index(tag if tag in SECOND else f"tag:{tag}")] = value
    return row


def shares(prior: NamePrior, X: np.ndarray, columns=COLUMNS) -> np.ndarray:
    P = np.exp(prior.log_likelihoods(X, columns))
    np.testing.assert_allclose(P.sum(axis=1), 1)
    return P


def test_the_highest_of_a_genres_tags_counts_and_both_networks_join_by_their_geometric_mean():
    prior = NamePrior.of_names(("Jazz", "Rock"))
    P = shares(prior, heard(jazz=0, rock=-3, hard_rock=-1, Jazz=2, Rock_music=-1))
    odds = np.sqrt(np.exp(0 - -1) * np.exp(2 - -1))
    np.testing.assert_allclose(P, [[odds / (1 + odds), 1 / (1 + odds)]])


def test_a_genre_that_one_network_has_no_tag_for_takes_the_others_share():
    prior = NamePrior.of_names(("jazz", "rock", "reggae"))
    X = heard(jazz=1, rock=0, Jazz=1, Rock_music=0, Reggae=1.5)
    second = np.exp([1, 0, 1.5]) / np.exp([1, 0, 1.5]).sum()
    first = np.append((1 - second[2]) * np.exp([1, 0]) / np.exp([1, 0]).sum(), second[2])
    joined = np.sqrt(first * second)
    np.testing.assert_allclose(shares(prior, X), [joined / joined.sum()])


def test_a_song_that_the_second_ear_did_not_hear_is_judged_by_the_first():
    prior = NamePrior.of_names(("jazz", "rock"))
    both = np.repeat(heard(jazz=1, rock=-1, Jazz=-3, Rock_music=3), 2, axis=0)
    both[1, len(musicnn.COLUMNS) :] = np.nan
    alone = shares(prior, both[:, : len(musicnn.COLUMNS)], musicnn.COLUMNS)
    np.testing.assert_allclose(shares(prior, both)[1], alone[1])
    assert not np.allclose(shares(prior, both)[0], alone[0])


def test_an_unknown_genre_neither_wins_nor_vanishes():
    prior = NamePrior.of_names(("jazz", "my stuff", "rock", "Zeitgeist"))
    assert prior.unknown(COLUMNS) == ("my stuff", "Zeitgeist")
    rng = np.random.default_rng(0)
    P = shares(prior, rng.normal(-3, 2, (200, len(COLUMNS))))
    np.testing.assert_allclose(P[:, [1, 3]], 0.25)
    assert (P[:, [0, 2]].max(axis=1) >= 0.25).all()


def test_without_a_known_genre_or_a_heard_network_every_genre_counts_alike():
    np.testing.assert_allclose(shares(NamePrior.of_names(("a1", "b2")), heard()), 0.5)
    nothing = np.full((1, len(COLUMNS)), np.nan)
    np.testing.assert_allclose(shares(NamePrior.of_names(("jazz", "rock")), nothing), 0.5)
    only = ("tempo", "beats")
    np.testing.assert_allclose(
        shares(NamePrior.of_names(("jazz", "rock")), np.ones((3, 2)), only), 0.5
    )


def test_networks_that_share_no_genre_give_each_genre_alike():
    prior = NamePrior(("a", "b", "c"), (("folk",), ("Reggae",), ("Jazz",)))
    P = shares(prior, heard(folk=5, Reggae=1, Jazz=1))
    np.testing.assert_allclose(P, 1 / 3)


def test_two_genres_of_the_same_tags_share_evenly():
    P = shares(NamePrior.of_names(("pop", "k-pop", "jazz")), heard(pop=1, Pop_music=1))
    assert P[0, 0] == pytest.approx(P[0, 1]) and P[0, 0] > P[0, 2]


@pytest.mark.slow
def test_names_alone_on_four_genres_are_as_right_as_measured():
    shared = Path(os.environ.get("GENREFIT_SHARED", Path(__file__).parents[3] / "shared"))
    path = shared / "data" / "emotify_ears.npz"
    if not path.is_file():
        pytest.skip("there is no emotify_ears.npz")
    songs = np.load(path)
    genres = tuple(str(genre) for genre in np.unique(songs["genre"]))
    truth = np.array([genres.index(genre) for genre in songs["genre"]])
    # The four classes among AudioSet's 521, by their numbers there.
    second = {211: "Pop music", 214: "Rock music", 232: "Classical music", 234: "Electronic music"}
    X = np.hstack([songs["msd_mean"], songs["yamnet_mean"][:, list(second)]])
    columns = (*musicnn.COLUMNS, *second.values())
    prior = NamePrior.of_names(genres)

    def accuracy_and_loss(width: int) -> tuple[float, float]:
        logs = prior.log_likelihoods(X[:, :width], columns[:width])
        right = (logs.argmax(axis=1) == truth).mean()
        return float(right), float(-logs[np.arange(len(truth)), truth].mean())

    both, first = accuracy_and_loss(len(columns)), accuracy_and_loss(len(musicnn.COLUMNS))
    assert both == pytest.approx((0.750, 0.595), abs=0.01)
    assert first == pytest.approx((0.723, 0.734), abs=0.01)
