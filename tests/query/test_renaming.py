import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit.query import ast, parse
from genrefit.query.renaming import renamed

GENRES = ("hip hop", "rock", "R&B, Soul", "drum and bass", "not jazz")


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("Rock and  hip-hop", "hip hop", "Rap", "Rock and  Rap"),
        ("rock but not rock > 20%", "rock", "metal", "metal but not metal > 20%"),
        ("half rock, half hip hop", "rock", "R&B", "half R&B, half hip hop"),
        ("'rock' or hip hop", "rock", "a or b", "a or b or hip hop"),
        ("drum and bass and rock", "rock", "bass", "drum and bass and bass"),
        ("rock", "hip hop", "Rap", "rock"),
        ("roc and hip hop", "hip hop", "Rap", "roc and hip hop"),
        ("hip hop (", "hip hop", "Rap", "hip hop ("),
    ],
)
def test_the_name_changes_and_nothing_else(text, old, new, expected):
    result = renamed(text, old, new, GENRES)
    assert result.replace('"', "") == expected.replace('"', "")


@given(
    st.lists(st.sampled_from(GENRES), min_size=1, max_size=4),
    st.sampled_from([" and ", " or ", " but not "]),
    st.sampled_from(
        ["metal", "rock and roll", "50%", "not", "a, b", "Hip Hop Soul", "(old)", "or"]
    ),
)
def test_a_renamed_query_means_the_same(names, word, new):
    text = word.join(ast.quoted_name(name) for name in names)
    after = [new if name == names[0] else name for name in GENRES]
    meant = ast.genres_of(parse(text, GENRES).clause)
    result = renamed(text, names[0], new, GENRES)
    expected = {new if genre == names[0] else genre for genre in meant}
    assert ast.genres_of(parse(result, after).clause) == expected
