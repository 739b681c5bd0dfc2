"""What a query is once it is understood: clauses, how they join, and how they are printed.

Percentages are whole hundredths of a percent (60 % is 6000), so that what is printed reads back
as the very same clause. A conjunction or alternative never holds another of its kind nor the
same clause twice, and nothing is negated twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WHOLE = 10_000
"""One hundred percent, in hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class Name:
    """A genre by its name as the genres given to `parse` spell it."""

    genre: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A filter: is the genre's likelihood `sign` (>, >=, < or <=) `level`?"""

    genre: str
    sign: str
    level: int


@dataclass(frozen=True, slots=True)
class Blend:
    """A mixture of two or more genres; the shares sum to `WHOLE`."""

    shares: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a clause."""

    clause: Clause


@dataclass(frozen=True, slots=True)
class And:
    """Two or more clauses that are all wanted."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more clauses of which one is enough."""

    clauses: tuple[Clause, ...]


Clause = Name | Threshold | Blend | Not | And | Or


def negation(clause: Clause) -> Clause:
    """Return the opposite of `clause`."""
    return clause.clause if isinstance(clause, Not) else Not(clause)


def conjunction(clauses: Iterable[Clause]) -> Clause:
    """Join clauses that are all wanted."""
    flat = _flat(clauses, And)
    return flat[0] if len(flat) == 1 else And(flat)


def disjunction(clauses: Iterable[Clause]) -> Clause:
    """Join clauses of which one is enough."""
    flat = _flat(clauses, Or)
    return flat[0] if len(flat) == 1 else Or(flat)


def blend(weights: Mapping[str, int]) -> Blend:
    """Return the mixture in which each genre has its part of the sum of all weights.

    Shares are rounded down to a hundredth of a percent, and what is missing to the whole goes to
    those that lost most (the method of largest remainders), so that they sum to the whole.
    """
    total = sum(weights.values())
    shares = {genre: weight * WHOLE // total for genre, weight in weights.items()}
    by_loss = sorted(weights, key=lambda genre: -(weights[genre] * WHOLE % total))
    for genre in by_loss[: WHOLE - sum(shares.values())]:
        shares[genre] += 1
    return Blend(tuple(shares.items()))


def genres_of(clause: Clause) -> set[str]:
    """Return the names of all genres that `clause` mentions."""
    match clause:
        case Name(genre) | Threshold(genre):
            return {genre}
        case Blend(shares):
            return {genre for genre, _ in shares}
        case Not(inner):
            return genres_of(inner)
        case And(clauses) | Or(clauses):
            return set().union(*map(genres_of, clauses))


def is_filter(clause: Clause) -> bool:
    """Tell whether `clause` is built of thresholds alone, so that its fit is 0 or 1."""
    match clause:
        case Threshold():
            return True
        case Not(inner):
            return is_filter(inner)
        case And(clauses) | Or(clauses):
            return all(map(is_filter, clauses))
    return False


def percent(hundredths: int) -> str:
    """Print hundredths of a percent: 6000 is "60%", 1250 is "12.5%"."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".") + "%"


def quoted_name(genre: str) -> str:
    """Return a genre's name in quotes; quotation marks and backslashes in it are escaped."""
    return '"' + re.sub(r'["”\\]', r"\\\g<0>", genre) + '"'


def to_text(clause: Clause, *, quoted: bool = False) -> str:
    """Print `clause` with the fewest words; `quoted` puts every genre name into quotes."""

    def name(genre: str) -> str:
        return quoted_name(genre) if quoted else genre

    def part(inner: Clause) -> str:
        text = to_text(inner, quoted=quoted)
        return f"({text})" if isinstance(inner, And | Or | Blend) else text

    match clause:
        case Name(genre):
            return name(genre)
        case Threshold(genre, sign, level):
            return f"{name(genre)} {sign} {percent(level)}"
        case Blend(shares):
            return ", ".join(f"{percent(share)} {name(genre)}" for genre, share in shares)
        case Not(inner):
            return f"not {part(inner)}"
        case And(clauses):
            return " and ".join(map(part, clauses))
        case Or(clauses):
            return " or ".join(map(part, clauses))


def _flat(clauses: Iterable[Clause], kind: type[And] | type[Or]) -> tuple[Clause, ...]:
    flat: list[Clause] = []
    for clause in clauses:
        flat.extend(clause.clauses if isinstance(clause, kind) else (clause,))
    return tuple(dict.fromkeys(flat))
