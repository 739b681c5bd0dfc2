from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from genrefit.learning import evaluation, metrics, registry, split, training
from genrefit.learning.recipe import Recipe
from genrefit.learning.report import GenreMetrics, Report
from genrefit.library import open_library
from tests.support.models import random_guesses
from tests.support.tables import drawn

GENRES = ("folk", "jazz", "metal", "rock")


def test_the_report_adds_up(trained_home):
    home, report, _ = trained_home
    sizes = report["splits"]
    assert sum(part["songs"] for part in sizes.values()) == 52
    assert sum(part["segments"] for part in sizes.values()) == 156
    assert len(report["validation"]) == sizes["validation"]["songs"]
    for level in ("segments", "songs"):
        counts = np.array(report["confusion"][level])
        assert counts.sum() == sizes["validation"][level]
        right = counts.trace() / counts.sum()
        assert report[level]["accuracy"] == pytest.approx(right)
    points = report["learning_curve"]
    assert points[-1]["accuracy"] == pytest.approx(
        report["cross_validated"]["songs"]["accuracy"], abs=0.1
    )  # over all songs as they were dealt first, where the headline averages three times
    assert points[-1]["songs"] == round(52 * 4 / 5)
    assert [p["songs"] for p in points] == sorted(p["songs"] for p in points)
    wrong = [s for s in report["validation"] if s["guess"] not in s["genres"]]
    assert report["wrong"] == wrong
    assert registry.report(home, "one").to_json() == report


def test_every_song_and_segment_is_judged_once(trained_home):
    home, report, _ = trained_home
    every = Report.from_json(report).cross_validated
    assert every.repeats == 3, "there are fewer than 300 songs"
    songs = registry.out_of_fold(home, "one")
    segments = registry.out_of_fold_segments(home, "one")
    assert list(segments.columns) == list(songs.columns) == report["genres"]
    assert segments.index.is_unique and len(songs) == 52 and len(segments) == 156
    assert set(segments.index.get_level_values("song_id")) == set(songs.index)
    assert segments.to_numpy().sum(1) == pytest.approx(1)
    with open_library(home) as library:
        table = library.table("classic")
    member = split.members(table.songs, report["genres"])
    rows = [(table.songs["song_id"][song], start)
            for song, start in zip(table.song, table.start, strict=True)]  # fmt: skip
    P = {"songs": songs.loc[list(table.songs["song_id"])].to_numpy(),
         "segments": segments.loc[rows].to_numpy()}  # fmt: skip
    for level, own in (("songs", member), ("segments", member[table.song])):
        truth, guess = metrics.labels(P[level], own)
        counts = metrics.confusion(truth, guess, genres=report["genres"]).to_numpy()
        assert np.abs(counts - np.array(every.confusion[level])).sum() <= 2  # 16-bit ties
        assert every.level(level).accuracy == pytest.approx((truth == guess).mean(), abs=0.02)
        of_bins = sum(b.n * abs(b.confidence - b.accuracy) for b in every.reliability[level])
        assert every.level(level).ece == pytest.approx(of_bins / len(own)), "one definition"
        assert set(every.level(level).intervals) == set(metrics.METRICS)
    wrong = {song.song_id for song in every.mistakes}
    right = member[np.arange(52), P["songs"].argmax(1)]
    assert wrong == set(table.songs["song_id"][~right])
    for song in every.mistakes:
        starts = [at for row in song.segments.values() for own in row.values() for at in own]
        assert sorted(starts) == sorted(table.start[table.song == song_number(table, song)])


def song_number(table, song):
    return list(table.songs["song_id"]).index(song.song_id)


def test_a_genre_that_is_absent_counts_as_scikit_learn_counts_it():
    y, P, _ = random_guesses(genres=3)
    P = np.hstack([P, np.zeros((len(P), 1))])
    member = np.eye(4, dtype=bool)[y]
    level = evaluation.evaluate_level(P, member, genres=GENRES)
    assert level.balanced_accuracy == pytest.approx(sk.balanced_accuracy_score(y, P.argmax(1)))
    assert level.jaccard_macro == pytest.approx(sk.jaccard_score(y, P.argmax(1), average="macro"))
    assert level.genres["rock"] == GenreMetrics(0, 0, 0, 0, support=0)


@pytest.mark.parametrize("protocol", ["artist", "row"])
def test_the_moments_of_songs_sum_to_the_matrix_of_segments(protocol):
    labels = [["a"], ["b"], ["c"], ["a", "b"]] * 12
    table = drawn(labels, segments=3, apart=0.6)
    recipe = Recipe(pipeline="logistic", protocol=protocol)
    report = training.learn(table, recipe, n_jobs=1).report.to_json()
    genres = report["genres"]
    counts = np.zeros((3, 3), dtype=int)
    starts = set()
    for song in report["validation"]:
        for truth, guesses in song["segments"].items():
            assert truth in song["genres"]
            for guess, at in guesses.items():
                counts[genres.index(truth), genres.index(guess)] += len(at)
                starts |= set(at)
    assert counts.tolist() == report["confusion"]["segments"]
    assert starts <= {0.0, 10.0, 20.0}
    assert counts.sum() == report["splits"]["validation"]["segments"]


def test_points_of_the_learning_curve_learn_from_more_songs_each():
    table = drawn([["jazz"], ["rock"]] * 3, segments=2)
    report = training.learn(table, Recipe(pipeline="logistic"), n_jobs=1).report
    songs = [point.songs for point in report.learning_curve]
    assert songs and songs == sorted(set(songs))
