"""The stated intervals hold what they say: trained on some artists, judged on fresh ones."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit.learning import training
from genrefit.learning.recipe import Recipe
from tests.support import tables

TIMES, ARTISTS, SONGS, FRESH = 20, 24, 3, 240
GENRES = ("folk", "jazz", "rock")


def by_artists(artists, *, seed):
    """Songs of artists who each differ from their genre more than their songs from them."""
    genres = [[GENRES[a % 3]] for a in range(artists) for _ in range(SONGS)]
    names = [f"{seed} {a}" for a in range(artists) for _ in range(SONGS)]
    table = tables.drawn(genres, artists=names, segments=2, apart=0.0, seed=seed)
    centres = np.random.default_rng(99).normal(size=(3, table.X.shape[1])) * 0.45
    own = np.random.default_rng([seed, 1]).normal(size=(artists, table.X.shape[1]))
    of_song = np.repeat(np.arange(artists), SONGS)
    table.X[:] += (centres[of_song % 3] + own[of_song])[table.song].astype(np.float32)
    return table, of_song % 3


@pytest.mark.slow
def test_about_19_of_20_intervals_hold_the_accuracy_on_fresh_artists():
    fresh, y = by_artists(FRESH, seed=1_000)
    recipe = Recipe(pipeline="logistic")
    accuracy, edges, widths = [], [], []
    for seed in range(TIMES):
        table, _ = by_artists(ARTISTS, seed=seed)
        trained = training.learn(table, recipe, n_jobs=1)
        guess = trained.model.songs(fresh.X, fresh.song, len(y)).argmax(1)
        accuracy.append((guess == y).mean())
        edges.append(trained.report.headline().interval("accuracy"))
        low, high = trained.report.songs.interval("accuracy")
        widths.append(high - low)
    low, high = np.array(edges).T
    mean = np.mean(accuracy)
    assert 0.5 < mean < 0.95, "neither chance nor certainty"
    covered = ((low <= mean) & (mean <= high)).sum()
    # Were each to cover with probability 0.95, fewer than 16 of 20 would happen once in 400 times.
    assert covered >= 16
    assert covered < TIMES or (high - low).mean() < 0.35, "nor are they wide enough for anything"
    assert (high - low).mean() < 0.7 * np.mean(widths), "validation alone is less sure"
