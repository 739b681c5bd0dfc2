"""Genres, likelihoods and generated clauses for the tests of the query language."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from genrefit import query
from genrefit.query import vocabulary
from genrefit.query.ast import (
    Blend,
    Name,
    Threshold,
    conjunction,
    disjunction,
    negation,
)

GENRES = ("country", "jazz", "Hip Hop", "blues", "folk", "classic rock", "rock", "pop",
          "Drum and Bass", "drum", "bass", "R&B", "No Wave", "80s", "New Wave")  # fmt: skip


def likelihoods(n=40, *, seed=0, genres=GENRES):
    return np.random.default_rng(seed).dirichlet(np.full(len(genres), 0.3), n)


def fit(text, P, genres=GENRES):
    return query.fits(query.parse(text, genres), P, genres)


def column(P, genre):
    return P[:, GENRES.index(genre)]


NAMES = st.builds(Name, st.sampled_from(GENRES))

PERCENTS = st.integers(0, 10_000)

THRESHOLDS = st.builds(
    Threshold, st.sampled_from(GENRES), st.sampled_from(list(vocabulary.SIGNS)), PERCENTS
)


@st.composite
def blends(draw):
    genres = draw(st.lists(st.sampled_from(GENRES), min_size=2, max_size=4, unique=True))
    cuts = draw(st.lists(st.integers(1, 9_999), min_size=len(genres) - 1,
                         max_size=len(genres) - 1, unique=True))  # fmt: skip
    edges = [0, *sorted(cuts), 10_000]
    return Blend(tuple((g, b - a) for g, a, b in zip(genres, edges, edges[1:], strict=False)))


def joined(inner):
    lists = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(
        st.builds(negation, inner), st.builds(conjunction, lists), st.builds(disjunction, lists)
    )


CLAUSES = st.recursive(st.one_of(NAMES, THRESHOLDS, blends()), joined, max_leaves=8)


def fit_of(clause, P):
    return query.fits(query.Query(clause, ()), P, GENRES)


AWKWARD = ("Rock'n'Roll", "Children's Music", "50%", "R&B, Soul", "not jazz", "jazz", 'The "Hits"')
