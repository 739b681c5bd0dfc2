"""Copies of real songs are told from other songs."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.same_recording import COPIES, measured
from genrefit.features import same_recording
from genrefit.features.alignment import align
from genrefit.features.same_recording import COMPARED
from tests.support.recordings import drawn, features


def together(*songs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.array([len(song) for song in songs])
    rows = np.zeros((len(songs), lengths.max(), songs[0].shape[1]), np.float32)
    for i, song in enumerate(songs):
        rows[i, : len(song)] = song
    return rows, lengths


def rows_of(quarters: np.ndarray, *, cut: int = 0) -> np.ndarray:
    return COMPARED["timbre"].rows(features(quarters, cut=cut)["timbre"].values)


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 6, 21])
def test_a_copy_is_found_at_the_moment_at_which_it_begins(cut):
    rows, lengths = together(rows_of(drawn(0)), rows_of(drawn(0), cut=cut), rows_of(drawn(1)))
    found = align(rows, lengths, np.array([[0, 1], [1, 0], [0, 2]]))
    assert found.offset[0] == cut * 2.5
    assert abs(found.offset[1] + cut * 2.5) <= 2.5
    assert (found.score[:2] > 0.8).all() and found.score[2] < 0.2


def test_correlation_and_distance_are_those_of_the_overlap():
    a, b = rows_of(drawn(0)), rows_of(drawn(1))[:20]
    rows, lengths = together(a, b)
    found = align(rows, lengths, np.array([[0, 1]]))
    shift, lag = found.offset[0] / 10 % 1, int(found.offset[0] // 10)
    between = (1 - shift) * a[:-1] + shift * a[1:] if shift else a
    first, count = max(0, -lag), int(found.overlap[0])
    x, y = between[first + lag : first + lag + count], b[first : first + count]
    assert len(x) == len(y) == count
    r = np.corrcoef((x - x.mean(axis=0)).ravel(), (y - y.mean(axis=0)).ravel())[0, 1]
    assert found.correlation[0] == pytest.approx(r, abs=1e-4)
    assert found.distance[0] == pytest.approx(((x - y) ** 2).mean(), rel=1e-4)


def test_the_nearest_by_means_are_those_of_all_pairs():
    rng = np.random.default_rng(0)
    means = rng.normal(size=(300, 42)) * 0.3
    means[200:] = means[:100] + rng.normal(size=(100, 42)) * 0.02
    pairs = {tuple(p) for p in same_recording.candidates(means, np.arange(300)).tolist()}
    assert {(i, i + 200) for i in range(100)} <= pairs
    late = same_recording.candidates(means, np.array([250]))
    assert [50, 250] in late.tolist() and (late == 250).any(axis=1).all()


@pytest.mark.slow
def test_copies_of_real_songs_encoded_anew_and_cut_are_found_and_no_others(music):
    songs = sorted(music.glob("*/*.mp3"))[::13]
    found = measured(songs, "timbre")
    assert found["different songs taken for copies"] == 0
    assert found["precision"] == 1.0
    assert found["recall"] > 0.95 and found["recall within the nearest"] > 0.95


@pytest.mark.slow
def test_other_songs_of_one_artist_are_no_copies(music):
    artists = ("Shane Jackman", "DJ Cary", "Mountain Mirrors", "Four Stones", "Magnatune Remixed")
    songs = [p for p in sorted(music.glob("*/*.mp3")) if p.name.startswith(artists)]
    assert len(songs) >= 7
    found = measured(songs[:7], "timbre", copies=COPIES[1:2])
    assert found["different songs taken for copies"] == 0
