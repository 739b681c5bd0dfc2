"""What to collect next: the curve, the weakest pair, the fewest artists, or too few to tell."""

from __future__ import annotations

import json

import numpy as np
import pytest

from genrefit.judging.collect_next import ARTISTS, CURVE, PAIR, of_artists, of_curve, of_pairs
from genrefit.judging.labelled_songs import LabelledSongs
from genrefit.learning.recipe import Recipe
from genrefit.learning.report import CurvePoint
from genrefit.learning.train import train
from tests.support.commands import run_command
from tests.support.homes import fill_library

GENRES = ("folk", "jazz", "rock")


def songs(truth, guess, artist=None):
    """Songs of one genre each, guessed as said."""
    n = len(truth)
    P = np.full((n, 3), 0.1)
    P[np.arange(n), guess] = 0.8
    artist = np.arange(n) if artist is None else np.array(artist)
    return LabelledSongs(tuple(map(str, range(n))), GENRES, P, np.eye(3, dtype=bool)[truth], artist)


def point(number, accuracy, half_width):
    return CurvePoint(number, accuracy, accuracy - half_width, accuracy + half_width)


@pytest.mark.parametrize(
    ("half", "last", "known", "says"),
    [
        (point(100, 0.6, 0.03), point(200, 0.7, 0.03), True, "more songs will help"),
        (point(100, 0.7, 0.03), point(200, 0.702, 0.03), True, "will bring little"),
        (point(10, 0.6, 0.2), point(20, 0.7, 0.2), False, "too few songs to tell"),
        (point(10, 0.7, 0.2), point(20, 0.6, 0.2), False, "what more would bring is open"),
    ],
)
def test_the_curve_tells_what_more_songs_bring_where_its_band_allows(half, last, known, says):
    advice = of_curve([point(half.songs // 2, 0.5, 0.2), half, last])
    assert advice.about == CURVE and advice.known is known and says in advice.sentence
    assert f"{last.songs}" in advice.sentence and f"{half.songs}" in advice.sentence


def test_one_point_is_no_curve():
    assert not of_curve([point(20, 0.7, 0.1)]).known


def test_the_weakest_pair_is_the_one_most_taken_for_one_another():
    truth = np.repeat([0, 1, 2], 30)
    guess = truth.copy()
    guess[30:42], guess[60:70], guess[0:2] = 2, 1, 1  # jazz and rock, both ways; two of folk
    advice = of_pairs(songs(truth, guess))
    assert advice.about == PAIR and advice.known
    assert advice.evidence["genres"] == ["jazz", "rock"]
    assert "of the 60 songs of jazz or rock, 22 are taken for the other" in advice.sentence


def test_a_pair_that_leads_by_chance_is_not_called_the_weakest():
    truth = np.repeat([0, 1, 2], 8)
    guess = truth.copy()
    guess[0], guess[8], guess[16] = 1, 2, 0
    advice = of_pairs(songs(truth, guess))
    assert not advice.known and "too few songs to tell" in advice.sentence
    by_one = np.repeat([0, 1, 2], 30)
    guess = by_one.copy()
    guess[30:45] = 2
    same_artist = np.concatenate([np.arange(30), np.full(15, 99), np.arange(200, 245)])
    assert not of_pairs(songs(by_one, guess, same_artist)).known, "one artist is one draw"
    assert of_pairs(songs(by_one, guess)).known


def test_songs_of_both_genres_are_no_mix_up():
    both = songs(np.repeat([0, 1, 2], 10), np.repeat([0, 2, 2], 10))
    both.member[10:20, 2] = True  # jazz and rock at once, taken for rock
    assert "no two genres" in of_pairs(both).sentence


def test_no_mistakes_leave_no_weakest_pair():
    truth = np.repeat([0, 1, 2], 10)
    assert "no two genres" in of_pairs(songs(truth, truth)).sentence


def test_the_genre_with_the_fewest_artists_is_named_with_its_songs():
    truth = np.repeat([0, 1, 2], 12)
    artist = np.concatenate([np.arange(12), np.arange(12) % 3 + 50, np.arange(100, 112)])
    advice = of_artists(songs(truth, truth, artist))
    assert advice.about == ARTISTS and advice.evidence["genre"] == "jazz"
    assert "12 songs by 3 artists" in advice.sentence and "have 12" in advice.sentence
    assert "no genre is short" in of_artists(songs(truth, truth)).sentence


def test_report_tells_it_in_words_and_as_json(home, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "no ear"))
    fill_library(home, [["folk"], ["jazz"]] * 12)
    train(home, Recipe(pipeline="logistic", name="mine", features="classic"), n_jobs=1)
    _, out, _ = run_command(home.path, capsys, "report")
    assert "What to collect next:\n- " in out
    _, out, _ = run_command(home.path, capsys, "report", "--json")
    assert [each["about"] for each in json.loads(out)["next"]] == [CURVE, PAIR, ARTISTS]
