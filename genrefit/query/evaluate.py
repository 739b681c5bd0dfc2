"""How well songs fit a query: from likelihoods [n, genres] to fits [n], and why.

Sources of the formulas: `not`, and `or` of dependent things, are the noisy-or of independent
evidence; genres alone exclude each other (their likelihoods sum to one), hence the plain sum;
k times the geometric mean ranks as the product does and is 1 exactly for an even blend; one
minus half the L1 distance is the overlap of two distributions (total variation).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genrefit.errors import QueryError
from genrefit.query.ast import (
    WHOLE,
    And,
    Blend,
    Clause,
    Name,
    Not,
    Or,
    Threshold,
    is_filter,
    percent,
    to_text,
)
from genrefit.query.parser import Query

COMPARISONS = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}


def fits(query: Query, P: np.ndarray, genres: Sequence[str]) -> np.ndarray:
    """Return each song's fit [shape=(n,), 0 to 1] for its likelihoods `P` [shape=(n, genres)].

    Raises QueryError where the query names a genre that is not among `genres`.
    """
    return _fit(query.clause, _columns(P, genres))


def terms(query: Query, P: np.ndarray, genres: Sequence[str]) -> list[tuple[str, np.ndarray]]:
    """Return what each term of the query contributes: its label and its own fit [shape=(n,)].

    The terms of a blend are the overlaps of likelihood and share: they sum to the blend's fit.
    """
    columns = _columns(P, genres)
    match query.clause:
        case And(clauses) | Or(clauses):
            return [(to_text(clause), _fit(clause, columns)) for clause in clauses]
        case Blend(shares):
            return [
                (
                    f"{percent(share)} {genre}",
                    np.minimum(_column(columns, genre), share / WHOLE),
                )
                for genre, share in shares
            ]
        case clause:
            return [(to_text(clause), _fit(clause, columns))]


def _columns(P: np.ndarray, genres: Sequence[str]) -> dict[str, np.ndarray]:
    P = np.asarray(P, dtype=np.float64)
    if P.ndim != 2 or P.shape[1] != len(genres):
        raise ValueError(f"P has shape {P.shape}, but there are {len(genres)} genres")
    return dict(zip(genres, P.T, strict=True))


def _column(columns: dict[str, np.ndarray], genre: str) -> np.ndarray:
    if genre not in columns:
        raise QueryError(
            f"this model does not know the genre {genre!r} that the query names; "
            f"it knows {', '.join(columns)}"
        )
    return columns[genre]


def _fit(clause: Clause, columns: dict[str, np.ndarray]) -> np.ndarray:
    match clause:
        case Name(genre):
            return _column(columns, genre)
        case Threshold(genre, sign, level):
            is_met: np.ndarray = COMPARISONS[sign](_column(columns, genre), level / WHOLE)
            return is_met.astype(np.float64)
        case Blend(shares):
            return _overlap(dict(shares), columns)
        case Not(inner):
            return 1.0 - _fit(inner, columns)
        case And(clauses):
            return _all_of(clauses, columns)
        case Or(clauses):
            return _one_of(clauses, columns)


def _overlap(shares: dict[str, int], columns: dict[str, np.ndarray]) -> np.ndarray:
    for genre in shares:
        _column(columns, genre)
    distance = sum(np.abs(p - shares.get(genre, 0) / WHOLE) for genre, p in columns.items())
    return np.clip(1.0 - distance / 2.0, 0.0, 1.0)


def _all_of(clauses: Sequence[Clause], columns: dict[str, np.ndarray]) -> np.ndarray:
    """k times the geometric mean of the k wanted clauses; every other clause multiplies."""
    wanted = [c for c in clauses if not isinstance(c, Not) and not is_filter(c)]
    fit = np.ones_like(next(iter(columns.values())))
    if wanted:
        with np.errstate(divide="ignore"):
            logs = np.log([_fit(clause, columns) for clause in wanted])
        fit = np.minimum(1.0, len(wanted) * np.exp(logs.mean(axis=0)))
    for clause in clauses:
        if clause not in wanted:
            fit = fit * _fit(clause, columns)
    return fit


def _one_of(clauses: Sequence[Clause], columns: dict[str, np.ndarray]) -> np.ndarray:
    """Noisy-or in which all plain genres together are one clause: the sum of their likelihoods."""
    plain = [clause for clause in clauses if isinstance(clause, Name)]
    summed = sum((_fit(clause, columns) for clause in plain), 0.0 * next(iter(columns.values())))
    misses = 1.0 - np.minimum(1.0, summed)
    for clause in clauses:
        if clause not in plain:
            misses = misses * (1.0 - _fit(clause, columns))
    return 1.0 - misses
