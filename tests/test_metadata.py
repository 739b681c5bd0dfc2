import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit.learning.split import artists
from genrefit.metadata import artist_and_title, settle


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Alison Krauss - The Lucky One", ("Alison Krauss", "The Lucky One")),
        ("Jim & Jesse - 1976 - Paradise", ("Jim & Jesse", "1976 - Paradise")),
        ("03 - Nina Simone – Sinnerman", ("Nina Simone", "Sinnerman")),
        ("07. Nina Simone - Sinnerman", ("Nina Simone", "Sinnerman")),
        ("10cc - Dreadlock Holiday", ("10cc", "Dreadlock Holiday")),
        ("Jay-Z", (None, "Jay-Z")),
        ("  two   spaces ", (None, "two spaces")),
        ("- x", (None, "- x")),
    ],
)
def test_artist_and_title(name, expected):
    assert artist_and_title(name) == expected


# fmt: off
NAMES = [
    ("01 Miles Davis - Song", ("Miles Davis", "Song")),
    ("12 Miles Davis - Song", ("Miles Davis", "Song")),
    ("50 Cent - In da Club", ("50 Cent", "In da Club")),
    ("21 Savage - a lot", ("21 Savage", "a lot")),
    ("7 Seconds - Trust", ("7 Seconds", "Trust")),
    ("1984 - Van Halen", ("1984", "Van Halen")),
    ("1-03 Miles Davis - Song", ("Miles Davis", "Song")),
    ("CD1 - 03 - Miles Davis - Song", ("Miles Davis", "Song")),
    ("(03) Miles Davis - Song", ("Miles Davis", "Song")),
    ("[03] Miles Davis - Song", ("Miles Davis", "Song")),
    ("03_Miles_Davis_-_So_What", ("Miles Davis", "So What")),
    ("Miles Davis - 01 - So What", ("Miles Davis", "So What")),
    ("Miles Davis - Kind of Blue - 01 - So What", ("Miles Davis", "So What")),
    ("Various Artists - Miles Davis - So What", ("Miles Davis", "So What")),
    ("01 So What", (None, "So What")),
    ("Rick Astley - Never (Official Video) [HD]", ("Rick Astley", "Never")),
    ("Rick Astley - Never (Official Music Video)", ("Rick Astley", "Never")),
    ("Rick Astley - Never 【Official MV】", ("Rick Astley", "Never")),
    ("Rick Astley - Never (Video Oficial)", ("Rick Astley", "Never")),
    ("Rick Astley - Never (Official Video 2009)", ("Rick Astley", "Never")),
    ("Rick Astley - Never | Lyrics", ("Rick Astley", "Never")),
    ("Rick Astley - Never // Official Audio", ("Rick Astley", "Never")),
    ("Rick Astley - Never Official Video HD", ("Rick Astley", "Never")),
    ("Rick Astley - Never - Lyrics", ("Rick Astley", "Never")),
    ("Rick Astley - Never (Live)", ("Rick Astley", "Never (Live)")),
    ("Rick Astley - Never (Remastered 2009)", ("Rick Astley", "Never (Remastered 2009)")),
    ("India Arie - Video", ("India Arie", "Video")),
    ("Lyrics", (None, "Lyrics")),
    ("[HD]", (None, "[HD]")),
    ("", (None, "")),
]
# fmt: on


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_track_numbers_and_what_says_nothing_of_the_song_are_left_off(name, expected):
    assert artist_and_title(name) == expected


@given(st.text(max_size=60))
def test_a_name_always_has_a_title(name):
    artist, title = artist_and_title(name)
    assert bool(title) == bool(name.strip()) and artist != ""


# fmt: off
SETTLED = [
    ({"artist": "Miles Davis", "title": "So What"}, ("So What", "Miles Davis"), "01 So What",
     ("Miles Davis", "So What")),
    ({"artist": "Miles Davis"}, ("So What", "Miles Davis"), "01", ("Miles Davis", "So What")),
    ({"artist": "Miles Davis"}, (None, "So What"), "x", ("Miles Davis", "So What")),
    ({}, ("Miles Davis", "So What"), "Other - Name", ("Miles Davis", "So What")),
    ({}, (None, ""), "03 Miles Davis - So What", ("Miles Davis", "So What")),
    ({"artist": "Various Artists"}, ("Miles Davis", "So What"), "", ("Miles Davis", "So What")),
    ({"artist": "[unknown]", "album_artist": "Miles Davis"}, (None, "So What"), "",
     ("Miles Davis", "So What")),
    ({"title": "Miles Davis - So What"}, (None, ""), "track", ("Miles Davis", "So What")),
    ({"artist": ("A", "B"), "title": ("T",)}, (None, ""), "", ("A; B", "T")),
    ({"artist": "A", "title": "T (Official Video)"}, (None, ""), "", ("A", "T")),
    ({"artist": "V.A."}, (None, ""), "song", (None, "song")),
    ({"artist": " ", "title": " "}, (None, ""), "A - T", ("A", "T")),
]
# fmt: on


@pytest.mark.parametrize(("tags", "listed", "name", "expected"), SETTLED)
def test_the_files_tag_comes_before_the_list_and_the_list_before_the_name(
    tags, listed, name, expected
):
    assert settle(tags, listed=listed, name=name) == expected


def test_files_and_splits_agree_on_what_names_no_artist():
    for tag in ("Various", "<unknown>", "N/A", "None", "Nina Simone"):
        from_file = settle({"artist": tag}, name="song")[0]
        songs = pd.DataFrame({"artist": [tag, tag], "title": ["One", "Two"]})
        one_artist = len(set(artists(songs))) == 1
        assert (from_file is not None) == one_artist == (tag == "Nina Simone")
