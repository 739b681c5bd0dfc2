import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit.errors import GenreError
from genrefit.library import genres
from genrefit.records import Genre


def test_the_example_holds_ten_genres_with_a_playlist_each():
    examples = genres.example()
    assert len(examples) == 10
    assert examples["hip hop"].sources == (
        "https://www.youtube.com/playlist?list=PLAPo1R_GVX4IZGbDvUH60bOwIOnZplZzM",
    )


@pytest.mark.parametrize("spelling", ["Hip Hop", "hip-hop", "hip_hop", "HIP  HOP", "hip–hop"])
def test_spellings_are_one_genre_and_the_first_is_kept(home, spelling):
    genres.add(home, "Hip-Hop", ["/a"])
    genres.add(home, spelling, ["/b", "/a"])
    assert genres.read(home) == {"Hip-Hop": Genre("Hip-Hop", ("/a", "/b"))}


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(name):
    assert genres.fold(genres.fold(name)) == genres.fold(name)


def test_add_remove_rename(home):
    genres.add(home, "jazz", ["/a", "/b"])
    genres.add(home, "folk")
    genres.remove_source(home, "JAZZ".lower(), "/a")
    assert genres.rename(home, "Folk", "Folk Music") == ("folk", "Folk Music")
    assert genres.rename(home, "folk music", "Folk-Music") == ("Folk Music", "Folk-Music")
    assert list(genres.read(home)) == ["jazz", "Folk-Music"]
    assert genres.remove(home, "jazz") == Genre("jazz", ("/b",))
    assert list(genres.read(home)) == ["Folk-Music"]


def test_what_is_wrong_is_reported(home):
    genres.add(home, "jazz")
    genres.add(home, "folk")
    with pytest.raises(GenreError, match="there is no genre 'blues'; there are jazz, folk"):
        genres.remove(home, "blues")
    with pytest.raises(GenreError, match="already"):
        genres.rename(home, "jazz", "FOLK")
    with pytest.raises(GenreError, match="at least one letter"):
        genres.add(home, " - ")
    with pytest.raises(GenreError, match="no source '/x'"):
        genres.remove_source(home, "jazz", "/x")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not valid JSON"),
        ("[]", "should look like"),
        ('{"jazz": "x"}', "list of texts"),
        ('{"jazz": [1]}', "list of texts"),
        ('{"jazz": [], "jazz": []}', "twice"),
        ('{"hip hop": [], "Hip-Hop": []}', "one genre"),
    ],
)
def test_a_malformed_file_is_reported_and_left_alone(home, text, reason):
    home.data.mkdir(parents=True)
    home.genres.write_text(text)
    with pytest.raises(GenreError, match=reason):
        genres.read(home)
    with pytest.raises(GenreError, match=reason):
        genres.add(home, "x")
    assert home.genres.read_text() == text


def test_two_who_add_at_once_lose_nothing(home):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: genres.add(home, f"genre {i}", [f"/{i}"]), range(40)))
    assert len(json.loads(home.genres.read_text())) == 40


@pytest.mark.parametrize(
    "name",
    [
        "Rock'n'Roll",
        "Children's Music",
        "50%",
        'a "b"',
        "R&B, Soul",
        "(old) rock",
        "<3 pop",
        "日本",
    ],
)
def test_any_name_that_can_be_read_is_allowed(home, name):
    genres.add(home, "jazz", ["/a"])
    assert genres.rename(home, "jazz", name) == ("jazz", name)
    assert genres.add(home, name, ["/b"]) == Genre(name, ("/a", "/b"))
    assert genres.read(home) == {name: Genre(name, ("/a", "/b"))}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (" - ", "at least one letter"),
        ("", "at least one letter"),
        ("a" * 5000, "5,000 letters"),
        ("a\0b", "invisible"),
        ("a\u202eb", "invisible"),
    ],
)
def test_one_rule_for_names_wherever_they_are_given(home, name, reason):
    genres.add(home, "jazz")
    with pytest.raises(GenreError, match=reason):
        genres.add(home, name)
    with pytest.raises(GenreError, match=reason):
        genres.rename(home, "jazz", name)
    assert list(genres.read(home)) == ["jazz"]
    home.genres.write_text(json.dumps({name: []}))
    with pytest.raises(GenreError, match=reason):
        genres.read(home)


@given(st.text(max_size=120))
def test_a_checked_name_is_checked_again_unchanged(text):
    try:
        name = genres.checked_name(text)
    except GenreError:
        return
    assert genres.checked_name(name) == name
