import pytest

from genrefit.metadata import artist_and_title, fold_artist


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
