"""When two artists are one, who is nobody, and how several artists are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit.artist_names import WORDS, fold_artist, names_an_artist, separate_artists
from genrefit.metadata import artist_keys, artists_of_songs, artists_text


@pytest.mark.parametrize(
    "same",
    [
        ("The Beatles", "beatles", "Beatles - Topic", "THE BEATLES", "Beatles, The"),
        ("Beyoncé", "Beyonce feat. Jay-Z", "BEYONCÉ (ft. Someone)", "Beyonce\u0301"),
        ("Simon & Garfunkel", "Simon and Garfunkel", "Simon + Garfunkel"),
        ("ＡＢＢＡ", "ABBA", "Abba"),
        ("R.E.M.", "REM", "r.e.m"),
        ("Michael Jackson", "MichaelJacksonVEVO"),
        ("AC/DC", "ACDC", "AC-DC", "Ac/Dc"),
        ("Guns N’ Roses", "Guns N' Roses", "guns n roses"),
        ("Björk", "BJORK", "Bjo\u0308rk"),
        ("Mø", "MO"),
        ("Straße", "STRASSE"),
        ("Die Ärzte", "Ärzte, Die"),
        ("Ёлка", "Елка"),
    ],
)
def test_spellings_of_one_artist_are_one(same):
    assert len({fold_artist(name) for name in same}) == 1


@pytest.mark.parametrize(
    "different",
    [("The The", "The Who"), ("バ", "ハ"), ("गीत", "गत"), ("!!!", "+/-"), ("Prince", "Princess")],
)
def test_different_artists_stay_different(different):
    assert len({fold_artist(name) for name in different}) == len(different)


def test_an_artist_of_signs_stays_as_given():
    assert fold_artist("!!!") == "!!!" and artist_keys("!!!") == ("!!!",)


# fmt: off
NOBODY = [
    "Various Artists", "VARIOUS", "VA", "V.A.", "V/A", "<unknown>", "[unknown]", "Unknown Artist",
    "N/A", "none", " ", "", "Verschiedene Interpreten", "Artistes divers", "ARTISTES VARIÉS",
    "Varios artistas", "Vários Artistas", "Artisti Vari", "Разные исполнители",
    "Неизвестный исполнитель", "群星", "オムニバス", "여러 아티스트", "(Various Artists)",
    "Różni wykonawcy",
    "Various Artists - Compilation", "Diverse Artister", "Eri esittäjiä", "Çeşitli Sanatçılar",
]
# fmt: on


@pytest.mark.parametrize("tag", NOBODY)
def test_who_is_nobody_is_no_artist(tag):
    assert not names_an_artist(tag)
    assert artist_keys(tag) == () and artists_text(tag) is None


@pytest.mark.parametrize("name", WORDS["nobody"])
def test_every_name_of_nobody_is_so_in_any_case(name):
    for spelling in (name, name.upper(), name.title(), f"[{name}]", f"<{name}>"):
        assert artist_keys(spelling) == ()


@pytest.mark.parametrize("name", ["Nina Simone", "!!!", "Vanity", "Varius Manx", "Unknown Mortal"])
def test_an_artist_is_named(name):
    assert names_an_artist(name)


# fmt: off
SEVERAL = [
    ("A; B", {"a", "b"}),
    ("A;B", {"a", "b"}),
    ("A / B", {"a", "b"}),
    ("Ella Fitzgerald/Louis Armstrong", {"ellafitzgerald", "louisarmstrong"}),
    ("A\0B", {"a", "b"}),
    ("A\nB", {"a", "b"}),
    ("A、B", {"a", "b"}),
    (["A", "B"], {"a", "b"}),
    (["A; B", "C"], {"a", "b", "c"}),
    ("A feat. B", {"a", "b"}),
    ("A ft B", {"a", "b"}),
    ("A (featuring B)", {"a", "b"}),
    ("A [feat. B; C]", {"a", "b", "c"}),
    ("Daft Punk (with Pharrell Williams)", {"daftpunk", "pharrellwilliams"}),
    ("AC/DC", {"acdc"}),
    ("AC/DC/Metallica", {"acdc", "metallica"}),
    ("AC/DC; K/DA", {"acdc", "kda"}),
    ("Miles Davis & John Coltrane", {"milesdavis", "johncoltrane"}),
    ("Miles Davis, John Coltrane", {"milesdavis", "johncoltrane"}),
    ("Bob Marley & The Wailers", {"bobmarley", "bobmarleyandthewailers"}),
    ("Armin van Buuren vs. Sophie Ellis", {"arminvanbuuren", "sophieellis"}),
    ("Various Artists; A", {"a"}),
    (["", "  ", "A"], {"a"}),
]
# fmt: on


@pytest.mark.parametrize(("given_", "keys"), SEVERAL)
def test_several_artists_are_a_set_whatever_stands_between(given_, keys):
    assert keys <= set(artist_keys(given_))


@pytest.mark.parametrize(
    ("band", "key"),
    [
        ("Simon & Garfunkel", "simonandgarfunkel"),
        ("Earth, Wind & Fire", "earthwindandfire"),
        ("Tyler, The Creator", "tylerthecreator"),
        ("Crosby, Stills, Nash & Young", "crosbystillsnashandyoung"),
        ("Florence + The Machine", "florenceandthemachine"),
        ("Lil Nas X", "lilnasx"),
        ("Ft. Worth Band", "ftworthband"),
        ("AC/DC", "acdc"),
    ],
)
def test_a_band_is_one_artist_whatever_its_name_holds(band, key):
    assert artist_keys(band) == (key,)


def shared(first, second):
    """Songs given as (artist, title) share an artist."""
    keys, others = artists_of_songs([first, second])
    return bool(set(keys) & set(others))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Jay-Z & Kanye West", "x"), ("Jay Z", "y")),
        (("Jay-Z & Rihanna", "x"), ("Rihanna, Drake", "y")),
        (("A", "Song (feat. B)"), ("B", "y")),
        (("A", "Song feat. B [Live]"), ("B", "y")),
        ((None, "Bob Dylan - Hurricane"), ("Bob Dylan", "y")),
        (("Peter Tosh & The Wailers", "x"), ("The Wailers", "y")),
        (("Beatles, The", "x"), ("the beatles", "y")),
    ],
)
def test_songs_that_share_any_artist_are_joined(first, second):
    assert shared(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Various Artists", "x"), ("Various Artists", "y")),
        ((None, "x"), (None, "x")),
        (("Simon & Garfunkel", "x"), ("Paul Simon", "y")),
        (("The Who", "x"), ("The The", "y")),
    ],
)
def test_songs_of_nobody_in_common_are_not(first, second):
    assert not shared(first, second)


@given(st.lists(st.text(max_size=30), max_size=4), st.booleans())
def test_keys_are_folded_ascending_and_the_same_for_any_order(values, several):
    artists = values if several else ";".join(values)
    keys = artist_keys(artists)
    assert list(keys) == sorted(set(keys))
    assert all(keys) and not any(key != key.casefold() for key in keys if key.isascii())
    assert set(artist_keys(values[::-1])) == set(artist_keys(values))


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4))
def test_one_text_for_several_artists_keeps_who_they_are(values):
    text = artists_text(values)
    assert (text is None) == (not separate_artists(values))
    if text is not None:
        keys = {key.strip() for key in artist_keys(text)}
        assert "".join(keys).strip() and not any(char in text for char in "\0\r\n")


@given(st.lists(st.from_regex(r"[A-Z][a-z]{2,9} [A-Z][a-z]{2,9}", fullmatch=True), min_size=1))
def test_one_text_for_several_artists_names_the_same(values):
    assert artist_keys(artists_text(values)) == artist_keys(values)


def test_a_text_without_end_is_looked_at_only_in_part():
    assert artist_keys("A & " * 100_000)
    assert artist_keys(" " * 1_000_000) == ()
    assert artist_keys("(" * 1_000_000) is not None
