"""What names add where a genre has few songs, on what both ears made of real songs."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import names as benchmark


@pytest.mark.slow
def test_with_three_songs_a_genre_names_add_five_points_to_the_songs():
    path = benchmark.SHARED / "data" / "emotify_ears.npz"
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    songs = list(benchmark.emotify(path))
    genres = sorted({song.genre for song in songs})
    gains = []
    for draw in range(5):
        chosen, others = benchmark.drawn(songs, 3, np.random.default_rng(draw))
        alone, both = (
            benchmark.judged(benchmark.trained(chosen, called), genres, others)[0]
            for called in (benchmark.anonymous(genres), {genre: genre for genre in genres})
        )
        gains.append(both - alone)
    assert np.mean(gains) >= 0.05, gains
