"""A scoring process answers with the model as it is now."""

from __future__ import annotations

import pytest

from genrefit import features
from genrefit.demo import composer
from genrefit.library import genres
from genrefit.server.scoring_pool import ScoreTask, ScoringPool


def test_genres_that_are_named_or_changed_meanwhile_answer_at_once(home, tmp_path):
    if not features.ear_is_ready(home):
        pytest.skip(features.ear_status(home).missing)
    song = composer.write(composer.composition("waltz", 20, seconds=10.0), tmp_path)

    with ScoringPool(processes=1) as pool:

        def answer() -> dict:
            task = ScoreTask(str(home.path), None, None, path=song, name=song.name)
            return pool.score(task)[0]

        assert answer()["model"] == "tags"
        for name in ("jazz", "heavy metal"):
            genres.add(home, name)
        first = answer()
        assert first["model"] == "names" and set(first["likelihoods"]) == {"jazz", "heavy metal"}
        genres.set_like(home, "jazz", ["heavy metal"])
        assert answer()["likelihoods"]["jazz"] != pytest.approx(first["likelihoods"]["jazz"])
