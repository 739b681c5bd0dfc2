"""Kept maps: drawn once, read back as they were, and known to be stale when songs change."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from genrefit import jobs, song_map
from genrefit.errors import Cancelled, LibraryError
from genrefit.features import FEATURE_SETS
from genrefit.library import open_library
from genrefit.records import Features, Song


@pytest.fixture
def filled(home):
    """A home of two genres of six songs that lie apart."""
    rng = np.random.default_rng(0)
    width = len(FEATURE_SETS["classic"].columns)
    with open_library(home) as library:
        for number in range(12):
            genre = "a" if number % 2 else "b"
            values = rng.normal(5.0 * (number % 2), 1.0, (3, width)).astype(np.float32)
            song = Song(
                f"s{number}", f"k{number}", f"/{number}.mp3", f"Title {number}",
                None if number == 3 else f"Artist {number}", 30.0, f"c{number}", (genre,),
            )  # fmt: skip
            library.add(song, {"classic": Features(np.arange(3, dtype=np.float32) * 10, values)})
    return home


def test_a_map_is_saved_as_drawn(filled):
    assert song_map.saved(filled, features="classic", method="pca") is None
    drawn = song_map.build(filled, features="classic", method="pca")
    saved_map = song_map.saved(filled, features="classic", method="pca")
    assert saved_map.attrs.pop("stale") is False
    assert saved_map.attrs == drawn.attrs and drawn.attrs["method"] == "pca"
    pd.testing.assert_frame_equal(saved_map, drawn, check_dtype=False)
    assert len(saved_map) == 12 and saved_map["genres"][0] == ("b",)
    assert song_map.saved(filled, features="classic", method="tsne") is None


def test_stale_when_a_song_moves_to_another_genre(filled):
    song_map.build(filled, features="classic", method="pca")
    with open_library(filled) as library:
        library.add_to_genre("s0", "a")
    assert song_map.saved(filled, features="classic", method="pca").attrs["stale"] is True


def test_cancelled_keeps_nothing(filled):
    with pytest.raises(Cancelled):
        song_map.build(filled, features="classic", method="pca", cancelled=lambda: True)
    assert song_map.saved(filled, features="classic", method="pca") is None


def test_too_few_songs(home):
    open_library(home).close()
    with pytest.raises(LibraryError):
        song_map.build(home, features="classic", method="pca")


def test_drawn_by_a_job(filled):
    number = jobs.start(filled, "map", {"features": "classic", "method": "pca"})
    end = time.monotonic() + 120
    while jobs.get(filled, number).state == "running" and time.monotonic() < end:
        time.sleep(0.1)
    job = jobs.get(filled, number)
    assert (job.state, job.message) == ("done", "a map of 12 songs is ready"), job
    assert len(song_map.saved(filled, features="classic", method="pca")) == 12
