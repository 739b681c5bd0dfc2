"""The card of a scored song: its sentence, its genres, its fit."""

from __future__ import annotations

import pytest

from genrefit.scoring import ScoredSong
from genrefit.ui.components import (
    scored_card,
    scored_songs,
)
from genrefit.ui.components.score_session import SessionSong


@pytest.mark.parametrize(
    ("share", "songs", "line"),
    [
        (
            0.88,
            16,
            "Of your 16 rock songs, **14** are as unusual for rock as this one, or more so.",
        ),
        (0.02, 40, "Of your 40 rock songs, **1** is as unusual"),
        (0.88, 250, "Of 100 of your rock songs, **88** are as unusual"),
        (0.88, None, "Of 100 of your rock songs, **88** are as unusual"),
    ],
)
def test_typicality_counts_the_songs_that_there_are(share, songs, line):
    assert scored_card.typicality_sentence("rock", share, songs).startswith(line)


def test_sentences_say_what_likelihoods_mean():
    def wording(p, **how):
        return scored_card.sentence(p, **{"unlike_all": False, "model": "mine", **how})

    assert wording({"a": 0.8, "b": 0.2}) == "Sounds like **a** (80 %), with some b (20 %)."
    assert wording({"a": 0.95, "b": 0.05}) == "Sounds like **a** (95 %)."
    assert wording({"a": 0.4, "b": 0.35, "c": 0.25}).startswith("A blend: most of all **a** (40 %)")
    strange = wording({"a": 0.9, "b": 0.1}, unlike_all=True)
    assert strange.startswith("**Unlike everything in your playlists.** The nearest is a")
    assert "any of your genres" in wording({"a": 0.9}, unlike_all=True, model="names")
    assert "the general ear" in wording({"a": 0.9}, unlike_all=True, model="tags")


def test_of_many_genres_only_the_telling_ones_are_drawn():
    few = {"a": 0.995, "b": 0.005}
    assert scored_card.genres_to_draw(few) == few
    many = {f"g{n}": 0.001 for n in range(12)} | {"x": 0.6, "y": 0.388}
    assert list(scored_card.genres_to_draw(many))[:2] == ["x", "y"]
    assert len(scored_card.genres_to_draw(many)) == scored_card.FIRST


def test_a_query_of_other_genres_has_no_fit():
    from genrefit import query

    scored = ScoredSong("s", "t", None, 20.0, {"a": 0.6, "b": 0.4}, {}, False, [], {}, "m")
    assert scored_card.fit_of(scored, query.parse("a", ["a", "b"])) == pytest.approx(0.6)
    assert scored_card.fit_of(scored, query.parse("z", ["z"])) is None
    assert scored_card.fit_of(scored, None) is None
    assert (
        len(scored_songs.full_table([SessionSong(1, "t", scored)], query.parse("a", ["a", "b"])))
        == 1
    )
