"""Scatter plots and the song map: points that carry their song."""

from __future__ import annotations

import numpy as np
import pandas as pd

from genrefit import explore, plots
from tests.support.explored import table


def test_points_carry_song_ids_and_plain_titles():
    songs = table(per_genre=4)
    songs.songs.at[1, "title"] = "<b>Loud</b> & %{x}"
    drawn = plots.scatter(songs, "parts", "noise", genres=["jazz", "metal"])
    by_name = {trace.name: trace for trace in drawn.data}
    assert list(by_name["jazz"].customdata) == ["s0", "s1", "s2", "s3"]
    means = explore.song_means(songs)
    np.testing.assert_allclose(by_name["metal"].x, means["parts"].iloc[8:])
    assert by_name["jazz"].text[1].startswith("Artist 1 – &lt;b>Loud&lt;/b> &amp; % {x}")
    assert by_name["jazz"].text[0].startswith("Title 0<br>jazz")


def test_flagged_songs_are_ringed(drawn):
    ring = drawn["map"].data[-1]
    assert ring.name == "check this label" and list(ring.customdata) == ["s2"]
    assert ring.marker.symbol == "circle-open"


def test_many_points_are_left_to_the_graphics_card():
    n = 2000
    songs = pd.DataFrame(
        {"x": np.arange(n), "y": 0.0, "genre": "jazz", "title": "t", "song_id": "s", "flag": False}
    )
    assert plots.song_map(songs).data[0].type == "scattergl"
