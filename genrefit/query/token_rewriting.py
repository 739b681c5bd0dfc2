"""What the tokens of a query mean beside their neighbours: commas, exclusions, blends, parentheses.

These passes look at neighbouring tokens, and so stay out of the grammar.
"""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from genrefit.errors import QueryError
from genrefit.query.lexer import lex

DEEPEST = 40
"""How deep parentheses may be nested."""


def tokenize(text: str, genres: Sequence[str]) -> list[Token]:
    """Split `text` into positioned tokens of the grammar; QueryError where it cannot be."""
    return _with_blends(_with_exclusions(_with_commas(lex(text, genres))))


def _token(kind: str, value: str, start: int, end: int) -> Token:
    return Token(kind, value, start_pos=start, end_pos=end)


def _retyped(kind: str, token: Token) -> Token:
    return _token(kind, token.value, token.start_pos or 0, token.end_pos or 0)


def _starts_share(tokens: Sequence[Token], i: int) -> bool:
    kinds = [token.type for token in tokens[i : i + 2]]
    return kinds[:1] in (["AMOUNT"], ["PERCENT"]) or kinds == ["NAME", "PERCENT"]


def _starts_threshold(tokens: Sequence[Token], i: int) -> bool:
    kinds = [token.type for token in tokens[i : i + 2]]
    return kinds[:1] == ["SIGN"] or kinds == ["NAME", "SIGN"]


def _with_commas(tokens: list[Token]) -> list[Token]:
    """Let a comma mean what the next connective means, and "that is" mean "and" between terms."""
    rewritten: list[Token] = []
    for i, token in enumerate(tokens):
        following = tokens[i + 1].type if i + 1 < len(tokens) else "END"
        if token.type == "THAT":
            if _ends_term(rewritten) and following in {"NAME", "AMOUNT", "OPEN"}:
                rewritten.append(_retyped("AND", token))
        elif token.type != "COMMA":
            rewritten.append(token)
        elif _starts_share(tokens, i + 1) or _starts_threshold(tokens, i + 1):
            rewritten.append(_retyped("AND", token))
        elif following not in {"AND", "OR", "NOT"}:
            rewritten.append(_retyped(_next_connective(tokens, i + 1), token))
    return rewritten


def _next_connective(tokens: Sequence[Token], i: int) -> str:
    depth = 0
    for token in tokens[i:]:
        depth += (token.type == "OPEN") - (token.type == "CLOSE")
        if depth < 0:
            break
        if depth == 0 and token.type in {"AND", "OR", "NOT"}:
            return "COMMA" if token.type == "NOT" else str(token.type)
    return "COMMA"


def _ends_term(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and tokens[-1].type in {"NAME", "PERCENT", "CLOSE"}


def _with_exclusions(tokens: list[Token]) -> list[Token]:
    """Tell "but not" between terms (EXCEPT) from "not" before a term; check the parentheses.

    After an EXCEPT every "and not" of the same parentheses is another exclusion.
    """
    rewritten: list[Token] = []
    opened: list[Token] = []
    excluding = [False]
    for token in tokens:
        if token.type == "OPEN":
            opened.append(token)
            excluding.append(False)
            if len(opened) > DEEPEST:
                raise QueryError(
                    f"parentheses may be nested {DEEPEST} deep", position=_position(token)
                )
        elif token.type == "CLOSE":
            if not opened:
                raise QueryError("this parenthesis closes none", position=_position(token))
            opened.pop()
            excluding.pop()
        elif token.type == "NOT" and _ends_term(rewritten):
            excluding[-1] = True
            token = _retyped("EXCEPT", token)
        elif token.type == "NOT" and excluding[-1] and rewritten[-1].type == "AND":
            token = _retyped("EXCEPT", rewritten.pop())
        rewritten.append(token)
    if opened:
        raise QueryError("this parenthesis is never closed", position=_position(opened[-1]))
    return rewritten


def _with_blends(tokens: list[Token]) -> list[Token]:
    """Put a PLUS between the shares of a blend, whether "and", a comma or nothing parts them."""
    rewritten: list[Token] = []
    i = 0
    while i < len(tokens):
        kinds = [token.type for token in tokens[i : i + 3]]
        if kinds in (["SIGN", "PERCENT", "NAME"], ["NAME", "SIGN", "PERCENT"]):
            width = 3
        elif kinds[:2] in (["AMOUNT", "NAME"], ["PERCENT", "NAME"], ["NAME", "PERCENT"]):
            width = 2
        else:
            rewritten.append(tokens[i])
            i += 1
            continue
        rewritten.extend(tokens[i : i + width])
        i += width
        joined = i < len(tokens) and tokens[i].type == "AND"
        if width == 2 and _starts_share(tokens, i + joined):
            at = tokens[i]
            rewritten.append(_token("PLUS", "plus", at.start_pos or 0, at.end_pos or 0))
            i += joined
    return rewritten


def _position(token: Token) -> tuple[int, int]:
    return (token.start_pos or 0, token.end_pos or 0)
