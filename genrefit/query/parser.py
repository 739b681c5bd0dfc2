"""The query language: text to an understood query, its documentation, examples, completion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedToken
from lark.lexer import Lexer

from genrefit.errors import QueryError
from genrefit.query import ast, lexer
from genrefit.query.ast import Clause, Query
from genrefit.query.evaluate import fits, terms
from genrefit.query.token_rewriting import tokens

__all__ = ["DOCUMENTATION", "EXAMPLES", "Query", "accept", "complete", "fits", "parse", "terms"]

GRAMMAR = r"""
?start: either | excluding
?excluding: either EXCEPT others    -> but_not
          | excluding EXCEPT others -> but_not
          | excluding AND others    -> both
?others: item (OR item)*            -> either
?either: both (OR both)*            -> either
?both: item (AND item)*             -> both
?item: NAME                         -> name
     | NOT item                     -> negated
     | OPEN start CLOSE             -> inside
     | NAME SIGN PERCENT            -> threshold
     | SIGN PERCENT NAME            -> threshold
     | share (PLUS share)*          -> blend
share: AMOUNT NAME | PERCENT NAME | NAME PERCENT
%declare NAME SIGN PERCENT AMOUNT AND OR NOT EXCEPT PLUS OPEN CLOSE COMMA
"""

DOCUMENTATION = f"""\
A query is made of your genres' names and a few plain words.

**Names.** Case, spaces, hyphens and underscores don't matter: hip hop, Hip-Hop and hip_hop are
one. The longest name wins, so Drum and Bass or No Wave need no quotes; "quotes" are allowed.
These words say nothing unless a genre is called so: {", ".join(lexer.FILLERS)}.

**Words**, and what else is understood for them:
- and: {", ".join(lexer.PHRASES["AND"][1:])}, that is
- or: {", ".join(lexer.PHRASES["OR"][1:])}
- not: {", ".join(lexer.PHRASES["NOT"][1:])}
- a comma means what the next connective means: rock, pop or folk.

**Thresholds**: jazz > 60% or at least 30% folk. The signs, and what else is understood for them:
{"; ".join(f"{sign} ({', '.join(said[1:])})" for sign, said in lexer.SIGNS.items())}.

**Blends**: 70% country 30% folk, or with a comma or "and" between; or in words, which count as
{", ".join(f"{phrase} {ast.percent(share)}" for phrase, share in lexer.AMOUNTS.items())}.
A blend has two genres or more. Percentages may sum to 100% at most; shares are scaled to 100%.

**What binds tighter**, from the tightest: a blend or a threshold; not before a genre; and; or;
"but not", that is any word for not that follows a genre directly (country not hip hop). So
"country or pop but not classical" is (country or pop) and not classical, and "rock but not pop or
jazz" is rock and not (pop or jazz); but "country or pop and not classical" is country or (pop and
not classical). After a "but not", each "and" adds one more demand on all that was said before.
Parentheses say it otherwise.

**Fit**, from 0 to 1:
- a genre: its likelihood; likelihoods sum to one over your genres.
- not x: 1 - x.
- x or y: 1 - (1 - x)(1 - y). Genres alone exclude each other: jazz or blues or folk is the plain
  sum of the three, 1 at most.
- x and y: k times the geometric mean of the k things that are wanted, 1 at most, so that an even
  blend of all k has a fit of 1. Each thing that is not wanted multiplies by its 1 - x.
- a threshold: 1 where it is met, else 0. It filters: with "and" it multiplies, and does not count
  among the k. So does what is built of thresholds alone.
- a blend: 1 minus half the sum of the distances between likelihood and share over all genres.
- Saying a thing twice is saying it once; not not x is x; parentheses within and, or within or,
  change nothing.

A term's contribution is its own fit. The contributions of a blend are the overlaps of likelihood
and share: they sum to its fit. So do those of genres joined by or.
"""


def parse(text: str, genres: Sequence[str]) -> Query:
    """Understand `text` as a query about `genres`; QueryError says what is wrong, and where."""
    clause = _clause(text, genres)
    plain = ast.printed(clause)
    if _reads_as(plain, clause, genres):
        return Query(clause, plain)
    return Query(clause, ast.printed(clause, quoted=True))


def EXAMPLES(genres: Sequence[str]) -> list[str]:
    """Return a few queries about the first of `genres`, from the simplest on."""
    a, b, d = [*genres, None, None, None][:3]
    found = []
    if a:
        found += [a, f"{a} > 60%"]
    if b:
        found[1:1] = [f"{a} but not {b}", f"{a} and {b}", f"70% {a}, 30% {b}"]
        found.append(f"mostly {a}, a little {b}")
    if d:
        found += [f"{a} or {b} but not {d}", f"{a} and {b} and at most 10% {d}"]
    return found


def complete(text: str, genres: Sequence[str]) -> list[str]:
    """Return genres, or words, that may end the last word of `text` or follow it; ten at most."""
    head, last = _last_word(text, genres)
    if last:
        begun = lexer.plain(last)
        options = [*genres, "and", "or", "but not", "not", *lexer.AMOUNTS, *lexer.SIGNS]
        return [
            option
            for option in dict.fromkeys(options)
            if (plain := lexer.plain(option)).startswith(begun) and plain != begun
        ][:10]
    if _ends(head, genres):
        return ["and", "or", "but not", "> 50%"]
    return list(genres)[:10]


def accept(text: str, suggestion: str, genres: Sequence[str]) -> str:
    """Return `text` with its last word replaced, or followed, by a suggestion of `complete`."""
    head, _ = _last_word(text, genres)
    return f"{head} {suggestion} ".lstrip() if not head.endswith("(") else f"{head}{suggestion} "


class _Words(Lexer):
    """Hands lark the tokens that `words` has cut already."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        yield from data


class _Clauses(Transformer[Token, Clause]):
    """Builds clauses while lark parses, so that no depth of nesting meets a recursion limit."""

    def name(self, found: list[Any]) -> Clause:
        return ast.Name(found[0].value)

    def negated(self, found: list[Any]) -> Clause:
        return ast.negated(found[1])

    def inside(self, found: list[Any]) -> Clause:
        return found[1]

    def both(self, found: list[Any]) -> Clause:
        return ast.both(found[::2])

    def either(self, found: list[Any]) -> Clause:
        return ast.either(found[::2])

    def but_not(self, found: list[Any]) -> Clause:
        return ast.both([found[0], ast.negated(found[2])])

    def threshold(self, found: list[Token]) -> Clause:
        by_kind = {token.type: token.value for token in found}
        return ast.Threshold(by_kind["NAME"], by_kind["SIGN"], int(by_kind["PERCENT"]))

    def share(self, found: list[Token]) -> list[Token]:
        return found

    def blend(self, found: list[Any]) -> Clause:
        return _blend(found[::2])


def _blend(shares: list[list[Token]]) -> Clause:
    weights: dict[str, int] = {}
    told = 0
    for share in shares:
        name = next(token for token in share if token.type == "NAME")
        amount = next(token for token in share if token.type != "NAME")
        told += int(amount) if amount.type == "PERCENT" else 0
        if name.value in weights:
            raise _problem(f"{name.value} has a share already", name)
        if int(amount) == 0:
            raise _problem(f"a share of 0% says nothing: leave {name.value} out", *share)
        weights[name.value] = int(amount)
    everything = [token for share in shares for token in share]
    if len(weights) < 2:
        level = ast.percent(sum(weights.values()))
        raise _problem(
            "a blend needs a second genre, as in '70% country, 30% folk'; for songs with this "
            f"much or more write 'at least {level} {next(iter(weights))}'",
            *everything,
        )
    if told > ast.WHOLE:
        raise _problem(f"the shares sum to {ast.percent(told)}; 100% is all there is", *everything)
    found = ast.blend(weights)
    if not all(share for _, share in found.shares):
        raise _problem("a share of this blend is too small to matter: leave it out", *everything)
    return found


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=_Words, transformer=_Clauses())


def _clause(text: str, genres: Sequence[str]) -> Clause:
    if not genres:
        raise QueryError("there are no genres to ask for yet: train a model first")
    found = tokens(text, genres)
    if not found:
        about = "is empty" if not text.strip() else "names no genre"
        raise QueryError(f"the query {about}: try '{EXAMPLES(genres)[min(1, len(genres) - 1)]}'")
    try:
        return _parser().parse(found)  # type: ignore[return-value]
    except UnexpectedToken as unexpected:
        raise _misplaced(text, found, unexpected) from None


def _misplaced(text: str, found: list[Token], unexpected: UnexpectedToken) -> QueryError:
    """Say in words what lark did not expect."""
    token = unexpected.token
    if token.type == "$END":
        return _problem(f"the query ends after '{_said(text, found[-1])}': {_wanted(found[-1])}",
                        found[-1])  # fmt: skip
    before = next((t for t in reversed(found) if (t.end_pos or 0) <= (token.start_pos or 0)), None)
    said = _said(text, token)
    if token.type == "COMMA":
        return _problem("say 'and' or 'or' in place of this comma", token)
    if token.type == "SIGN":
        return _problem(f"'{said}' needs one genre and a percentage, as in 'jazz > 60%'", token)
    if before is None:
        return _problem(f"a query cannot begin with '{said}': name a genre first", token)
    if before.type in {"NAME", "PERCENT", "CLOSE"} and token.type not in {"AND", "OR", "EXCEPT"}:
        return _problem(
            f"'{said}' follows '{_said(text, before)}' without a word between: "
            "say 'and', 'or' or 'but not'",
            token,
        )
    return _problem(f"'{said}' cannot follow '{_said(text, before)}': {_wanted(before)}", token)


def _wanted(before: Token) -> str:
    return {
        "SIGN": "give a percentage, as in 'jazz > 60%'",
        "PERCENT": "name the genre that this is a share of",
        "AMOUNT": "name the genre that this is a share of",
    }.get(before.type, "name a genre there")


def _said(text: str, token: Token) -> str:
    return text[token.start_pos : token.end_pos]


def _problem(message: str, *tokens: Token) -> QueryError:
    start = min(token.start_pos or 0 for token in tokens)
    return QueryError(message, position=(start, max(token.end_pos or 0 for token in tokens)))


def _reads_as(text: str, clause: Clause, genres: Sequence[str]) -> bool:
    try:
        return _clause(text, genres) == clause
    except QueryError:
        return False


def _last_word(text: str, genres: Sequence[str]) -> tuple[str, str]:
    """Split `text` before the longest ending that begins a genre's name, or its last word."""
    if not text.strip() or text[-1].isspace():
        return text.rstrip(), ""
    starts = [m.start() for m in re.finditer(r"[^\s(,]+", text)]
    for start in starts[-4:]:
        begun = lexer.plain(text[start:])
        names = (lexer.plain(genre) for genre in genres)
        if any(name.startswith(begun) for name in names):
            return text[:start].rstrip(), text[start:]
    return (text[: starts[-1]].rstrip(), text[starts[-1] :]) if starts else (text, "")


def _ends(text: str, genres: Sequence[str]) -> bool:
    """Tell whether `text` could stand as a query as it is."""
    try:
        _clause(text, genres)
    except QueryError:
        return False
    return True
