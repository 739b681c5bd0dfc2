"""Which songs a query asks for, by their labels alone: what its ranking can be held against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genrefit.query.ast import And, Blend, Clause, Name, Not, Or, Threshold
from genrefit.query.parser import Query


def why_unknowable(query: Query) -> str | None:
    """Return in a clause why labels do not tell whether a song is meant, None where they do.

    A label says that a song is of a genre, never how much of one: neither shares nor thresholds
    follow from it.
    """
    return _why(query.clause)


def truth(query: Query, member: np.ndarray, genres: Sequence[str]) -> np.ndarray:
    """Return which songs are meant [shape=(n,), bool], by their labels [shape=(n, G), bool].

    ValueError where labels do not tell, see `why_unknowable`. A song that lacks a label is taken
    not to be of that genre.
    """
    return _truth(query.clause, dict(zip(genres, np.asarray(member, dtype=bool).T, strict=True)))


def _why(clause: Clause) -> str | None:
    match clause:
        case Name():
            return None
        case Threshold():
            return (
                "it asks for a share of likelihood, and a label does not say how much of a genre "
                "a song is"
            )
        case Blend():
            return "it asks for a mixture in parts, and labels say nothing of parts"
        case Not(inner):
            return _why(inner)
        case And(clauses) | Or(clauses):
            return next((why for each in clauses if (why := _why(each))), None)


def _truth(clause: Clause, labels: dict[str, np.ndarray]) -> np.ndarray:
    match clause:
        case Name(genre):
            return labels[genre]
        case Not(inner):
            return ~_truth(inner, labels)
        case And(clauses):
            every: np.ndarray = np.all([_truth(each, labels) for each in clauses], axis=0)
            return every
        case Or(clauses):
            some: np.ndarray = np.any([_truth(each, labels) for each in clauses], axis=0)
            return some
        case _:
            raise ValueError(f"labels do not tell the truth of {clause}")
