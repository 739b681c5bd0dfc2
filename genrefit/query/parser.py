"""The parser of the query language: text to a Query, and a Query to its canonical text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedToken
from lark.lexer import Lexer

from genrefit.errors import QueryError
from genrefit.query import ast
from genrefit.query.ast import Clause
from genrefit.query.parse_errors import error_at, unexpected_token
from genrefit.query.token_rewriting import tokenize

GRAMMAR = r"""
?start: disjunction | excluding
?excluding: disjunction EXCEPT others -> but_not
          | excluding EXCEPT others   -> but_not
          | excluding AND others      -> conjunction
?others: item (OR item)*                    -> disjunction
?disjunction: conjunction (OR conjunction)* -> disjunction
?conjunction: item (AND item)*              -> conjunction
?item: NAME                         -> name
     | NOT item                     -> negation
     | OPEN start CLOSE             -> inside
     | NAME SIGN PERCENT            -> threshold
     | SIGN PERCENT NAME            -> threshold
     | share (PLUS share)*          -> blend
share: AMOUNT NAME | PERCENT NAME | NAME PERCENT
%declare NAME SIGN PERCENT AMOUNT AND OR NOT EXCEPT PLUS OPEN CLOSE COMMA
"""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood; `str` gives its canonical form, which parses to an equal one."""

    clause: Clause
    genres: tuple[str, ...] = field(compare=False, repr=False)

    def __str__(self) -> str:
        return _canonical(self.clause, self.genres)


def parse(text: str, genres: Sequence[str]) -> Query:
    """Understand `text` as a query about `genres`; QueryError says what is wrong, and where."""
    return Query(_clause(text, genres), tuple(genres))


def is_query(text: str, genres: Sequence[str]) -> bool:
    """Tell whether `text` could stand as a query as it is."""
    try:
        _clause(text, genres)
    except QueryError:
        return False
    return True


def spelled(genre: str, genres: Sequence[str]) -> str:
    """Return a genre as a query names it: in quotes where its name means something else."""
    return _canonical(ast.Name(genre), tuple(genres))


@lru_cache(maxsize=512)
def _canonical(clause: Clause, genres: tuple[str, ...]) -> str:
    """Print a clause without quotes where that reads as the same, else with quotes."""
    plain = ast.to_text(clause)
    return plain if _reads_as(plain, clause, genres) else ast.to_text(clause, quoted=True)


def _reads_as(text: str, clause: Clause, genres: tuple[str, ...]) -> bool:
    try:
        tokens = tokenize(text, genres)
        return bool(tokens) and _tree(text, tokens) == clause
    except QueryError:
        return False


class _Tokens(Lexer):
    """Hands lark the tokens of `tokenize`."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        yield from data


class _Clauses(Transformer[Token, Clause]):
    """Builds clauses while lark parses, so that no depth of nesting meets a recursion limit."""

    def name(self, children: list[Any]) -> Clause:
        return ast.Name(children[0].value)

    def negation(self, children: list[Any]) -> Clause:
        return ast.negation(children[1])

    def inside(self, children: list[Any]) -> Clause:
        clause: Clause = children[1]
        return clause

    def conjunction(self, children: list[Any]) -> Clause:
        return ast.conjunction(children[::2])

    def disjunction(self, children: list[Any]) -> Clause:
        return ast.disjunction(children[::2])

    def but_not(self, children: list[Any]) -> Clause:
        return ast.conjunction([children[0], ast.negation(children[2])])

    def threshold(self, children: list[Token]) -> Clause:
        by_kind = {token.type: token.value for token in children}
        return ast.Threshold(by_kind["NAME"], by_kind["SIGN"], int(by_kind["PERCENT"]))

    def share(self, children: list[Token]) -> list[Token]:
        return children

    def blend(self, children: list[Any]) -> Clause:
        return _blend(children[::2])


def _blend(shares: list[list[Token]]) -> Clause:
    weights: dict[str, int] = {}
    percentages = 0
    for share in shares:
        name = next(token for token in share if token.type == "NAME")
        amount = next(token for token in share if token.type != "NAME")
        percentages += int(amount) if amount.type == "PERCENT" else 0
        if name.value in weights:
            raise error_at(f"{name.value} has a share already", name)
        if int(amount) == 0:
            raise error_at(f"a share of 0% says nothing: leave {name.value} out", *share)
        weights[name.value] = int(amount)
    tokens = [token for share in shares for token in share]
    if len(weights) < 2:
        level = ast.percent(sum(weights.values()))
        raise error_at(
            "a blend needs a second genre, as in '70% country, 30% folk'; for songs with this "
            f"much or more write 'at least {level} {next(iter(weights))}'",
            *tokens,
        )
    if percentages > ast.WHOLE:
        raise error_at(
            f"the shares sum to {ast.percent(percentages)}; 100% is all there is", *tokens
        )
    mixture = ast.blend(weights)
    if not all(share for _, share in mixture.shares):
        raise error_at("a share of this blend is too small to matter: leave it out", *tokens)
    return mixture


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=_Tokens, transformer=_Clauses())


def _clause(text: str, genres: Sequence[str]) -> Clause:
    if not genres:
        raise QueryError("there are no genres to ask for yet: train a model first")
    tokens = tokenize(text, genres)
    if not tokens:
        about = "is empty" if not text.strip() else "names no genre"
        example = " but not ".join(spelled(genre, genres) for genre in genres[:2])
        raise QueryError(f"the query {about}: try '{example}'")
    return _tree(text, tokens)


def _tree(text: str, tokens: list[Token]) -> Clause:
    try:
        return _parser().parse(tokens)  # type: ignore[return-value]
    except UnexpectedToken as unexpected:
        raise unexpected_token(text, tokens, unexpected) from None
