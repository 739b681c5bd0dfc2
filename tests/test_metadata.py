import pandas as pd
import pytest

from genrefit.learning.split import artists
from genrefit.metadata import artist_and_title, fold_artist, names_an_artist
from genrefit.sources.local import artist_and_title_from_tags


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


@pytest.mark.parametrize(
    "same",
    [
        ("The Beatles", "beatles", "Beatles - Topic", "THE BEATLES"),
        ("Beyoncé", "Beyonce feat. Jay-Z", "BEYONCÉ (ft. Someone)"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
    ],
)
def test_spellings_of_one_artist_are_one(same):
    assert len({fold_artist(name) for name in same}) == 1


def test_different_artists_stay_different():
    assert fold_artist("The The") != fold_artist("The Who")
    assert fold_artist("!!!") == "!!!"


@pytest.mark.parametrize(
    "tag",
    ["Various Artists", "VARIOUS", "VA", "<unknown>", "Unknown Artist", "N/A", "none", " "],
)
def test_what_stands_for_no_artist_names_none(tag):
    assert not names_an_artist(tag)


def test_an_artist_is_named():
    assert names_an_artist("Nina Simone") and names_an_artist("!!!") and names_an_artist("Vanity")


def test_files_and_splits_agree_on_what_names_no_artist():
    for tag in ("Various", "<unknown>", "N/A", "None", "Nina Simone"):
        from_file = artist_and_title_from_tags({"artist": tag}, "song")[0]
        songs = pd.DataFrame({"artist": [tag, tag], "title": ["One", "Two"]})
        one_artist = len(set(artists(songs))) == 1
        assert (from_file is not None) == one_artist == (tag == "Nina Simone")
