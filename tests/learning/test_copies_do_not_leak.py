"""Copies of songs under new names do not make a model look better than it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.same_recording import COPIES, make_copy
from genrefit.audio.decode import decode
from genrefit.features import extract
from genrefit.learning import split, training
from genrefit.learning.recipe import Recipe
from genrefit.library import open_library
from genrefit.records import Song


def add(library, path: Path, name: str, artist: str, genre: str) -> None:
    found = extract(decode(path), ["timbre"])
    library.add(Song(name, name, str(path), name, artist, 60.0, name, (genre,)), found)


@pytest.mark.slow
def test_copies_under_new_names_do_not_raise_the_accuracy_on_unheard_artists(home, music, tmp_path):
    rng = np.random.default_rng(0)
    recipe = Recipe(name="m", pipeline="logistic", features="timbre")
    with open_library(home) as library:
        for genre in sorted(p.name for p in music.iterdir() if p.is_dir()):
            for path in sorted((music / genre).glob("*.mp3"))[::3]:
                add(library, path, path.stem, path.stem.split(" - ")[0], genre)
        alone = training.learn(library.table("timbre"), recipe, n_jobs=1).report
        original = {}
        for number, song in enumerate(library.songs()):
            copied = make_copy(
                Path(song.address), tmp_path, COPIES[1 + number % 4], cut_seconds=rng.uniform(1, 9)
            )
            add(library, copied, f"new {number}", f"New Artist {number}", song.genres[0])
            original[f"new {number}"] = song.song_id
        table = library.table("timbre")
    group = dict(zip(table.songs["song_id"], split.groups(table.songs, "artist"), strict=True))
    assert len(original) == 24
    assert sum(group[copy] == group[song_id] for copy, song_id in original.items()) >= 22
    doubled = training.learn(table, recipe, n_jobs=1).report
    assert doubled.cross_validated.songs.accuracy <= alone.cross_validated.songs.accuracy + 0.05
