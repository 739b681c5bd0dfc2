"""How well songs fit a query."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit import query
from genrefit.errors import QueryError
from genrefit.query.ast import (
    Name,
    Not,
    Or,
    conjunction,
    disjunction,
    negation,
)
from tests.support.queries import CLAUSES, GENRES, NAMES, column, fit, fit_of, likelihoods


def test_a_model_without_the_genre_says_which_it_knows():
    parsed = query.parse("jazz and folk", GENRES)
    with pytest.raises(QueryError, match=r"'folk'.*it knows jazz, rock"):
        query.fits(parsed, np.full((1, 2), 0.5), ("jazz", "rock"))


def test_fits_by_their_formulas():
    P = likelihoods()
    a, b, d = column(P, "jazz"), column(P, "blues"), column(P, "folk")
    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(fit("jazz", P), a, **close)
    np.testing.assert_allclose(fit("not jazz", P), 1 - a, **close)
    np.testing.assert_allclose(fit("jazz or blues or folk", P), a + b + d, **close)
    np.testing.assert_allclose(
        fit("jazz or (blues and folk)", P), 1 - (1 - a) * (1 - fit("blues and folk", P)), **close
    )
    np.testing.assert_allclose(
        fit("jazz and blues and folk", P), np.minimum(1, 3 * np.cbrt(a * b * d)), **close
    )
    np.testing.assert_allclose(
        fit("jazz and blues but not folk", P),
        np.minimum(1, 2 * np.sqrt(a * b)) * (1 - d),
        **close,
    )
    blend = np.zeros(len(GENRES))
    blend[[GENRES.index("jazz"), GENRES.index("folk")]] = 0.7, 0.3
    np.testing.assert_allclose(
        fit("70% jazz, 30% folk", P), 1 - np.abs(P - blend).sum(axis=1) / 2, **close
    )


def test_thresholds_filter_and_do_not_count_among_the_wanted():
    P = likelihoods()
    passes = column(P, "jazz") > 0.1
    assert passes.any() and not passes.all()
    np.testing.assert_array_equal(fit("jazz > 10%", P), passes)
    np.testing.assert_allclose(fit("blues and jazz > 10%", P), column(P, "blues") * passes)
    np.testing.assert_allclose(fit("blues but not jazz > 10%", P), column(P, "blues") * ~passes)
    passes_either = passes | (column(P, "folk") > 0.1)
    np.testing.assert_allclose(
        fit("blues and (jazz > 10% or folk > 10%)", P), column(P, "blues") * passes_either
    )


@pytest.mark.parametrize(
    ("sign", "passes"), [(">", [0, 0, 1]), (">=", [0, 1, 1]), ("<", [1, 0, 0]), ("<=", [1, 1, 0])]
)
def test_signs_at_their_edge(sign, passes):
    P = np.array([[0.2, 0.8], [0.25, 0.75], [0.3, 0.7]])
    np.testing.assert_array_equal(fit(f"jazz {sign} 25%", P, ("jazz", "folk")), passes)


def test_an_even_blend_is_a_full_fit_of_and():
    P = np.zeros((2, len(GENRES)))
    P[0, [0, 1]] = 1 / 2
    P[1, [0, 1, 3]] = 1 / 3
    assert fit("country and jazz", P)[0] == pytest.approx(1)
    assert fit("country and jazz and blues", P)[1] == pytest.approx(1)
    assert fit("country and folk", P)[0] == 0


def test_terms_say_what_each_part_gave():
    P = likelihoods()
    factors = dict(query.terms(query.parse("(jazz or blues) but not folk", GENRES), P, GENRES))
    assert list(factors) == ["jazz or blues", "not folk"]
    np.testing.assert_allclose(factors["not folk"], 1 - column(P, "folk"))
    np.testing.assert_allclose(factors["jazz or blues"] * factors["not folk"],
                               fit("(jazz or blues) but not folk", P))  # fmt: skip
    for text in ("70% jazz, 30% folk", "jazz or folk or blues", "jazz"):
        parts = query.terms(query.parse(text, GENRES), P, GENRES)
        np.testing.assert_allclose(sum(values for _, values in parts), fit(text, P), atol=1e-12)


def test_likelihoods_of_another_shape_are_a_bug_of_the_caller():
    with pytest.raises(ValueError, match="15 genres"):
        query.fits(query.parse("jazz", GENRES), np.zeros((3, 2)), GENRES)


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMES | st.builds(negation, NAMES), min_size=1, max_size=4), st.integers(0, 99))
def test_more_of_what_is_wanted_never_lowers_the_fit(parts, seed):
    P = likelihoods(seed=seed)
    for join in (conjunction, disjunction):
        clause = join(parts)
        before = fit_of(clause, P)
        for i, genre in enumerate(GENRES):
            more = P.copy()
            more[:, i] += (1 - more[:, i]) / 2
            after = fit_of(clause, more)
            if Name(genre) in parts and Not(Name(genre)) not in parts:
                assert (after >= before - 1e-12).all()
            elif Not(Name(genre)) in parts and Name(genre) not in parts:
                assert (after <= before + 1e-12).all()


@settings(max_examples=150, deadline=None)
@given(CLAUSES, CLAUSES)
def test_de_morgan_holds_where_an_or_is_no_plain_sum_and_nothing_turns_wanted(a, b):
    P = likelihoods()
    neither = fit_of(negation(disjunction([a, b])), P)
    if a == b:
        np.testing.assert_allclose(neither, fit_of(negation(a), P), atol=1e-12)
    elif isinstance(a, Name) and isinstance(b, Name):
        total = np.minimum(1, fit_of(a, P) + fit_of(b, P))
        np.testing.assert_allclose(neither, 1 - total, atol=1e-12)
    elif not isinstance(a, Or | Not) and not isinstance(b, Or | Not):
        apart = fit_of(conjunction([negation(a), negation(b)]), P)
        np.testing.assert_allclose(neither, apart, atol=1e-12)
