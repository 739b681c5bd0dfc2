"""A genre's new name in a query."""

from __future__ import annotations

from collections.abc import Sequence

from genrefit.errors import QueryError
from genrefit.query.ast import genres_of, quoted_name
from genrefit.query.lexer import lex
from genrefit.query.parser import parse, spelled


def renamed(text: str, old: str, new: str, genres: Sequence[str]) -> str:
    """Return a query with the genre `old` called `new`, all else as it was written.

    `genres` are the names that it may hold. A query that is not understood stays as it is.
    """
    before = list(dict.fromkeys([*genres, old]))
    after = [new if name == old else name for name in before]
    try:
        tokens = lex(text, before)
        meant = genres_of(parse(text, before).clause)
    except QueryError:
        return text
    for name in (spelled(new, after), quoted_name(new)):
        result, at = "", 0
        for token in tokens:
            if token.type == "NAME" and token.value == old:
                result += text[at : token.start_pos] + name
                at = token.end_pos or at
        result += text[at:]
        try:
            if genres_of(parse(result, after).clause) == {new if g == old else g for g in meant}:
                return result
        except QueryError:
            continue
    return text
