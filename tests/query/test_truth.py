"""What a query asks for by labels alone, and where labels do not tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit.query import parse
from genrefit.query.truth import truth, why_unknowable

GENRES = ("country", "folk", "hip hop", "jazz")
LABELS = [
    ("country",),
    ("country", "hip hop"),
    ("folk", "jazz"),
    ("jazz",),
    ("hip hop",),
    ("folk",),
]
MEMBER = np.array([[genre in own for genre in GENRES] for own in LABELS])


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("country", [0, 1]),
        ("country but not hip hop", [0]),
        ("folk and jazz", [2]),
        ("folk or jazz", [2, 3, 5]),
        ("not country", [2, 3, 4, 5]),
        ("(folk or jazz) but not (folk and jazz)", [3, 5]),
        ("country and jazz", []),
    ],
)
def test_truth_follows_from_labels(text, asked):
    query = parse(text, GENRES)
    assert why_unknowable(query) is None
    assert np.flatnonzero(truth(query, MEMBER, GENRES)).tolist() == asked


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("60% folk, 40% jazz", "parts"),
        ("folk > 60%", "how much"),
        ("country but not (jazz > 20%)", "how much"),
        ("country or more than 30% folk", "how much"),
    ],
)
def test_shares_and_thresholds_do_not_follow_from_labels(text, why):
    query = parse(text, GENRES)
    assert why in why_unknowable(query)
    with pytest.raises(ValueError, match="do not tell"):
        truth(query, MEMBER, GENRES)


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=20))
def test_a_query_and_its_opposite_part_the_songs(rows):
    member = np.array(rows)
    one = truth(parse("country but not hip hop", GENRES), member, GENRES)
    other = truth(parse("not (country but not hip hop)", GENRES), member, GENRES)
    assert (one ^ other).all()
