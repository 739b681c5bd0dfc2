"""What the timeline draws."""

from __future__ import annotations

import pytest

from genrefit.ui.components import timeline


def song(*segments):
    return [{"start": start, "likelihoods": p} for start, p in segments]


COLOURS = {f"g{i}": f"#0000{i:02}" for i in range(40)}


def test_segments_end_with_the_song_and_silence_stays_empty():
    played = song((0.0, {"g0": 0.5, "g1": 0.5}), (20.0, {"g0": 0.2, "g1": 0.8}))
    drawn = timeline.drawn(played, seconds=25.5, colours=COLOURS)
    assert [(s["start"], s["end"]) for s in drawn["segments"]] == [(0.0, 10.0), (20.0, 25.5)]
    assert drawn["seconds"] == 25.5
    assert drawn["segments"][1]["shares"] == [20.0, 80.0]
    assert drawn["genres"][0] == {"name": "g0", "colour": COLOURS["g0"]}


def test_of_many_genres_those_that_say_little_are_one():
    p = {f"g{i}": 0.001 for i in range(40)} | {"g7": 0.7}
    p["g3"] = 1 - sum(p.values()) + p["g3"]
    drawn = timeline.drawn(song((0.0, p)), seconds=10.0, colours=COLOURS)
    assert [genre["name"] for genre in drawn["genres"]] == ["g3", "g7", "38 others"]
    assert sum(drawn["segments"][0]["shares"]) == pytest.approx(100, abs=0.01)


def test_a_song_of_no_segment_can_be_drawn():
    drawn = timeline.drawn([], seconds=0.0, colours={})
    assert drawn["segments"] == [] and drawn["seconds"] > 0


def test_moments_are_marked():
    p = {"g0": 1.0}
    drawn = timeline.drawn(song((0.0, p), (10.0, p)), seconds=20.0, colours=COLOURS, marked=[10.0])
    assert drawn["marked"] == drawn["moments"] == [10.0]


def test_the_component_fetches_nothing():
    for file in timeline.FOLDER.glob("timeline.*"):
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text and "import " not in text and "fetch(" not in text
