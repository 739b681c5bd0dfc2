"""Artist and title by what yt-dlp reports of a video."""

from __future__ import annotations

import pytest

from genrefit.sources.ytdlp import artist_and_title_of


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"title": "Hurt", "artists": ["Johnny Cash"]}, ("Johnny Cash", "Hurt")),
        ({"title": "Hurt (x)", "artist": "Johnny Cash", "track": "Hurt"}, ("Johnny Cash", "Hurt")),
        ({"title": "A - B", "artist": "A"}, ("A", "B")),
        (
            {"title": "Hurt - Live", "channel": "Johnny Cash - Topic"},
            ("Johnny Cash", "Hurt - Live"),
        ),
        ({"title": "Johnny Cash - Hurt", "uploader": "some fan"}, ("Johnny Cash", "Hurt")),
        ({"title": "Hurt", "channel": "JohnnyCashVEVO"}, ("JohnnyCash", "Hurt")),
        ({"title": "Hurt"}, (None, "Hurt")),
    ],
)
def test_artist_and_title_are_settled_by_the_most_certain(info, expected):
    assert artist_and_title_of(info) == expected
