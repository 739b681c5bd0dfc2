"""Sentences for tokens that stand where the grammar does not expect them."""

from __future__ import annotations

from lark import Token, UnexpectedToken

from genrefit.errors import QueryError


def unexpected_token(text: str, tokens: list[Token], unexpected: UnexpectedToken) -> QueryError:
    """Say in words what lark did not expect."""
    token = unexpected.token
    if token.type == "$END":
        last = tokens[-1]
        return error_at(f"the query ends after '{_text_of(text, last)}': {_advice(last)}", last)
    before = next((t for t in reversed(tokens) if (t.end_pos or 0) <= (token.start_pos or 0)), None)
    word = _text_of(text, token)
    if token.type == "COMMA":
        return error_at("say 'and' or 'or' in place of this comma", token)
    if token.type == "SIGN":
        return error_at(f"'{word}' needs one genre and a percentage, as in 'jazz > 60%'", token)
    if before is None:
        return error_at(f"a query cannot begin with '{word}': name a genre first", token)
    if before.type in {"NAME", "PERCENT", "CLOSE"} and token.type not in {"AND", "OR", "EXCEPT"}:
        return error_at(
            f"'{word}' follows '{_text_of(text, before)}' without a word between: "
            "say 'and', 'or' or 'but not'",
            token,
        )
    return error_at(f"'{word}' cannot follow '{_text_of(text, before)}': {_advice(before)}", token)


def _advice(before: Token) -> str:
    return {
        "SIGN": "give a percentage, as in 'jazz > 60%'",
        "PERCENT": "name the genre that this is a share of",
        "AMOUNT": "name the genre that this is a share of",
    }.get(before.type, "name a genre there")


def _text_of(text: str, token: Token) -> str:
    return text[token.start_pos : token.end_pos]


def error_at(message: str, *tokens: Token) -> QueryError:
    """Return an error that points at the text from the first to the last of `tokens`."""
    start = min(token.start_pos or 0 for token in tokens)
    return QueryError(message, position=(start, max(token.end_pos or 0 for token in tokens)))
