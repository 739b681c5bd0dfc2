"""Which words, spellings and quotes of a text name a genre."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit import query
from genrefit.query.ast import (
    And,
    Name,
)
from tests.support.queries import AWKWARD, GENRES


def test_longest_name_wins_and_quotes_part_what_it_joined():
    assert query.parse("drum and bass", GENRES).clause == Name("Drum and Bass")
    parted = query.parse('"drum" and "bass"', GENRES)
    assert parted.clause == And((Name("drum"), Name("bass")))
    assert query.parse(str(parted), GENRES) == parted


def test_fillers_are_genres_where_a_genre_is_called_so():
    assert query.parse("new and jazz", ("New", "jazz")).clause == And((Name("New"), Name("jazz")))


def test_a_name_spelled_alike_is_distinguished_by_its_exact_spelling():
    genres = ("lofi", "Lo-Fi")
    assert query.parse("lofi", genres).clause == Name("lofi")
    assert query.parse("Lo-Fi", genres).clause == Name("Lo-Fi")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(GENRES),
    st.sampled_from(GENRES),
    st.sampled_from([" ", "-", "_", "  ", " - ", "–"]),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.sampled_from(["and", "AND", "or", "But Not", "without", "that is also"]),
)
def test_spelling_does_not_matter(a, b, gap, case, word):
    plain = f'"{a}" {word.lower()} "{b}"'
    other = f'"{case(gap.join(a.split()))}"  {word} "{case(gap.join(b.split()))}"'
    assert query.parse(plain, GENRES) == query.parse(other, GENRES)
    assert query.parse(case(gap.join(a.split())), GENRES).clause == Name(a)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("rock'n'roll but not children’s music", "Rock'n'Roll and not Children's Music"),
        ('"50%" > 50%', '"50%" > 50%'),
        ('50% jazz, 50% "50%"', '50% "jazz", 50% "50%"'),
        ('"not jazz" or jazz', '"not jazz" or "jazz"'),
        ("not (not jazz)", 'not "not jazz"'),
        (r'"the \"hits\"" and jazz', 'The "Hits" and jazz'),
        ('"r&b, soul"', "R&B, Soul"),
    ],
)
def test_awkward_names(text, canonical):
    parsed = query.parse(text, AWKWARD)
    assert query.parse(str(parsed), AWKWARD) == parsed
    assert query.parse(canonical, AWKWARD) == parsed
