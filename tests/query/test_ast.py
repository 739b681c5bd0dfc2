"""A clause written as text reads back as the same clause."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit import query
from genrefit.query import lexer
from genrefit.query.ast import (
    And,
    Name,
    Not,
    Or,
    to_text,
)
from tests.support.queries import CLAUSES, GENRES, likelihoods


@settings(max_examples=120, deadline=None)
@given(CLAUSES)
def test_round_trip_and_bounds(clause):
    parsed = query.parse(to_text(clause, quoted=True), GENRES)
    assert parsed.clause == clause
    assert query.parse(str(parsed), GENRES) == parsed
    fits = query.fits(parsed, likelihoods(), GENRES)
    assert fits.shape == (40,) and (fits >= 0).all() and (fits <= 1).all()
    for label, values in query.terms(parsed, likelihoods(), GENRES):
        assert label and (values >= 0).all() and (values <= 1).all()


GENRE_NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=14
).filter(lambda name: any(c.isalnum() for c in name) and name == name.strip())


@settings(max_examples=200, deadline=None)
@given(st.lists(GENRE_NAMES, min_size=2, max_size=4, unique_by=lexer.without_gaps))
def test_whatever_genres_are_called_a_query_reads_back(genres):
    clause = And((Or((Name(genres[0]), Name(genres[1]))), Not(Name(genres[-1]))))
    assert query.parse(to_text(clause, quoted=True), genres).clause == clause
