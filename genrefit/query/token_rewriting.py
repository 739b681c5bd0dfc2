"""How the words of a query hang together: commas, exclusions, blends, parentheses.

What these passes settle needs a look at the neighbours, and so stays out of the grammar.
"""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from genrefit.errors import QueryError
from genrefit.query.lexer import cut

DEEPEST = 40
"""How deep parentheses may be nested."""


def tokens(text: str, genres: Sequence[str]) -> list[Token]:
    """Cut `text` into tokens of the grammar, each with its position; QueryError where it cannot."""
    return _with_blends(_with_exclusions(_with_commas(cut(text, genres))))


def _token(kind: str, value: str, start: int, end: int) -> Token:
    return Token(kind, value, start_pos=start, end_pos=end)


def _as(kind: str, token: Token) -> Token:
    return _token(kind, token.value, token.start_pos or 0, token.end_pos or 0)


def _starts_share(found: Sequence[Token], i: int) -> bool:
    kinds = [token.type for token in found[i : i + 2]]
    return kinds[:1] in (["AMOUNT"], ["PERCENT"]) or kinds == ["NAME", "PERCENT"]


def _starts_threshold(found: Sequence[Token], i: int) -> bool:
    kinds = [token.type for token in found[i : i + 2]]
    return kinds[:1] == ["SIGN"] or kinds == ["NAME", "SIGN"]


def _with_commas(found: list[Token]) -> list[Token]:
    """Let a comma mean what the next connective means, and "that is" mean "and" between terms."""
    settled: list[Token] = []
    for i, token in enumerate(found):
        following = found[i + 1].type if i + 1 < len(found) else "END"
        if token.type == "THAT":
            if _ends_term(settled) and following in {"NAME", "AMOUNT", "OPEN"}:
                settled.append(_as("AND", token))
        elif token.type != "COMMA":
            settled.append(token)
        elif _starts_share(found, i + 1) or _starts_threshold(found, i + 1):
            settled.append(_as("AND", token))
        elif following not in {"AND", "OR", "NOT"}:
            settled.append(_as(_next_connective(found, i + 1), token))
    return settled


def _next_connective(found: Sequence[Token], i: int) -> str:
    depth = 0
    for token in found[i:]:
        depth += (token.type == "OPEN") - (token.type == "CLOSE")
        if depth < 0:
            break
        if depth == 0 and token.type in {"AND", "OR", "NOT"}:
            return "COMMA" if token.type == "NOT" else str(token.type)
    return "COMMA"


def _ends_term(found: Sequence[Token]) -> bool:
    return bool(found) and found[-1].type in {"NAME", "PERCENT", "CLOSE"}


def _with_exclusions(found: list[Token]) -> list[Token]:
    """Tell "but not" between terms (EXCEPT) from "not" before a term; check the parentheses.

    After an EXCEPT every "and not" of the same parentheses is another exclusion.
    """
    settled: list[Token] = []
    opened: list[Token] = []
    excluding = [False]
    for token in found:
        if token.type == "OPEN":
            opened.append(token)
            excluding.append(False)
            if len(opened) > DEEPEST:
                raise QueryError(
                    f"parentheses may be nested {DEEPEST} deep", position=_place(token)
                )
        elif token.type == "CLOSE":
            if not opened:
                raise QueryError("this parenthesis closes none", position=_place(token))
            opened.pop()
            excluding.pop()
        elif token.type == "NOT" and _ends_term(settled):
            excluding[-1] = True
            token = _as("EXCEPT", token)
        elif token.type == "NOT" and excluding[-1] and settled[-1].type == "AND":
            token = _as("EXCEPT", settled.pop())
        settled.append(token)
    if opened:
        raise QueryError("this parenthesis is never closed", position=_place(opened[-1]))
    return settled


def _with_blends(found: list[Token]) -> list[Token]:
    """Put a PLUS between the shares of a blend, whether "and", a comma or nothing parts them."""
    settled: list[Token] = []
    i = 0
    while i < len(found):
        kinds = [token.type for token in found[i : i + 3]]
        if kinds in (["SIGN", "PERCENT", "NAME"], ["NAME", "SIGN", "PERCENT"]):
            width = 3
        elif kinds[:2] in (["AMOUNT", "NAME"], ["PERCENT", "NAME"], ["NAME", "PERCENT"]):
            width = 2
        else:
            settled.append(found[i])
            i += 1
            continue
        settled.extend(found[i : i + width])
        i += width
        joined = i < len(found) and found[i].type == "AND"
        if width == 2 and _starts_share(found, i + joined):
            at = found[i]
            settled.append(_token("PLUS", "plus", at.start_pos or 0, at.end_pos or 0))
            i += joined
    return settled


def _place(token: Token) -> tuple[int, int]:
    return (token.start_pos or 0, token.end_pos or 0)
