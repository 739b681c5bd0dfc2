"""The lexer of the query language: text in, tokens out.

A genre's name is match by longest match, forgiving case, spaces, hyphens and underscores, so
that "Drum and Bass" and "No Wave" are genres although they hold words of the language.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import lru_cache

from lark import Token

from genrefit.errors import QueryError
from genrefit.query.vocabulary import AMOUNTS, FILLERS, PHRASES, SIGNS

QUOTES = {'"': '"”', "'": "'’", "“": '”"', "‘": "’'", "„": "“”", "«": "»"}
LONGEST = 2_000

_GAP = r"[\s_\-‐-―]*"
_PERCENT = re.compile(r"(\d{1,9}(?:[.,]\d+)?|[.,]\d+)\s*(%|percent\b|per cent\b)?(?!\w)", re.I)
_UNKNOWN_WORD = re.compile(r"[^\s()\"“”„«»,;<>=≤≥%&|!]+")
_SIGN = r"[()\"“”„«»,;<>=≤≥|&]"
_SWALLOWING = re.compile(
    rf"{_GAP}(?:{_SIGN}|(?:(?:and|or|not)(?!\w){_GAP})+(?:{_SIGN}|['’‘]|\d[\d.]*%|$))", re.I
)


def lex(text: str, genres: Sequence[str]) -> list[Token]:
    """Split `text` into positioned names, words, signs and percentages, without fillers.

    Raises QueryError at what is none of these.
    """
    if len(text) > LONGEST:
        raise QueryError(f"a query may be {LONGEST:,} characters long; this one has {len(text):,}")
    known = tuple(genres)
    tokens = []
    at, end = 0, len(text.rstrip(" \t\r\n.?!"))
    while at < end:
        if text[at].isspace():
            at += 1
            continue
        token = _known(text, at, known)
        if token is None:
            raise _unknown(text, at, known)
        tokens.append(token)
        at = token.end_pos or at + 1
    return [token for token in tokens if token.type != "FILLER"]


def suggestions(word: str, genres: Sequence[str]) -> list[str]:
    """Return up to three of `genres` that `word` may be meant for, the nearest first."""
    plain_names = {genre: without_gaps(genre) for genre in genres}
    begun = [
        g for g, p in plain_names.items() if len(word) > 1 and p.startswith(without_gaps(word))
    ]
    near = difflib.get_close_matches(without_gaps(word), plain_names.values(), n=3, cutoff=0.6)
    close = [genre for match in near for genre, p in plain_names.items() if p == match]
    return list(dict.fromkeys(begun + close))[:3]


def unknown_word(word: str, genres: Sequence[str], position: tuple[int, int]) -> QueryError:
    """Return the error for a word that is no genre and no word of the language."""
    near = suggestions(word, genres)
    if not near:
        known = (p for group in (PHRASES, SIGNS) for phrases in group.values() for p in phrases)
        near = difflib.get_close_matches(word.casefold(), [*known, *AMOUNTS], n=1, cutoff=0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    listed = ", ".join(genres[:20]) + (", …" if len(genres) > 20 else "")
    message = f"no genre '{word}'{hint} There are: {listed}"
    return QueryError(message, position=position, meant=tuple(near))


def without_gaps(name: str) -> str:
    """Return `name` without case, spaces, hyphens and underscores."""
    return re.sub(_GAP, "", name).casefold()


@lru_cache(maxsize=8)
def _unquoted_names(genres: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns of names that are read without quotes too.

    A name that begins with a sign of the language, or with a connective that a sign or another
    connective follows, would swallow what stands between two quoted names.
    """
    return tuple((g, pattern) for g, pattern in _names(genres) if not _SWALLOWING.match(g))


@lru_cache(maxsize=8)
def _names(genres: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """One pattern a genre: its pieces in order with any gap between, "and" also as & or 'n'."""
    patterns = []
    for genre in genres:
        pieces = re.findall(r"&|[^\s_\-‐-―&]+", genre)
        if pieces:
            inner = [_piece(piece, inner=0 < i < len(pieces) - 1) for i, piece in enumerate(pieces)]
            end = r"(?![^\W_])" if pieces[-1][-1].isalnum() else ""
            patterns.append((genre, re.compile(_GAP.join(inner) + end, re.I)))
    return tuple(patterns)


def _piece(piece: str, *, inner: bool) -> str:
    if inner and piece.casefold() in {"and", "&", "n", "'n'", "’n’"}:
        return r"(?:and|&|['’]?n['’]?)"
    return re.sub(r"['’‘]", "['’‘]?", re.escape(piece))


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    kinds = [(kind, kind, phrase) for kind, phrases in PHRASES.items() for phrase in phrases]
    kinds += [("SIGN", sign, phrase) for sign, phrases in SIGNS.items() for phrase in phrases]
    kinds += [("AMOUNT", str(share), phrase) for phrase, share in AMOUNTS.items()]
    kinds += [("FILLER", "", phrase) for phrase in FILLERS]
    return tuple((kind, value, _phrase(phrase)) for kind, value, phrase in kinds)


def _phrase(phrase: str) -> re.Pattern[str]:
    end = r"(?!\w)" if phrase[-1].isalnum() else ""
    return re.compile(r"\s+".join(map(re.escape, phrase.split())) + end, re.I)


def _named(text: str, at: int, genres: tuple[str, ...]) -> Token | None:
    """Return the genre whose name matches longest at `at`, its own spelling before others."""
    best: tuple[int, int, str] | None = None
    for genre, pattern in _unquoted_names(genres):
        if match := pattern.match(text, at):
            literal = text[at : match.end()]
            exact = 2 * (literal == genre) + (literal.casefold() == genre.casefold())
            if best is None or (match.end(), exact) > best[:2]:
                best = (match.end(), exact, genre)
    return best and _token("NAME", best[2], at, best[0])


def _genre_called(name: str, genres: tuple[str, ...]) -> str | None:
    """Return the genre that `name` is a spelling of as a whole, its own spelling before others."""
    trimmed = re.sub(rf"^{_GAP}|{_GAP}$", "", name)
    spelled = [genre for genre, pattern in _names(genres) if pattern.fullmatch(trimmed)]
    own = [genre for genre in spelled if genre == name.strip()]
    alike = [genre for genre in spelled if genre.casefold() == name.strip().casefold()]
    return next(iter(own + alike + spelled), None)


def _quoted_exactly(text: str, at: int, genres: tuple[str, ...]) -> Token | None:
    """Return the genre between the quotation mark at `at` and the next that closes it.

    A backslash before a character takes it as a part of the name. None where the quotation is
    never closed or no genre is called so.
    """
    closing = QUOTES[text[at]]
    quotation = re.compile(rf"((?:\\.|[^\\{closing}])*)[{closing}]", re.S).match(text, at + 1)
    if not quotation:
        return None
    genre = _genre_called(re.sub(r"\\(.)", r"\1", quotation[1], flags=re.S), genres)
    return _token("NAME", genre, at, quotation.end()) if genre else None


def _quoted(text: str, at: int, genres: tuple[str, ...]) -> Token:
    """Return the genre in quotes that open at `at`, whose name may hold the closing mark too."""
    closing = QUOTES[text[at]]
    best: tuple[int, int, str] | None = None
    for genre, pattern in _names(genres):
        match = re.compile(rf"({_GAP}{pattern.pattern}{_GAP})[{closing}]", re.I).match(text, at + 1)
        if match:
            exact = int(match[1].strip() == genre)
            best = max(best or (0, 0, ""), (match.end(), exact, genre), key=lambda b: b[:2])
    if best:
        return _token("NAME", best[2], at, best[0])
    end = min((i for i in (text.find(c, at + 1) for c in closing) if i >= 0), default=-1)
    if end < 0:
        raise QueryError("this quotation mark is never closed", position=(at, at + 1))
    raise unknown_word(text[at + 1 : end], genres, (at, end + 1))


def _percentage(text: str, at: int) -> Token | None:
    match = _PERCENT.match(text, at)
    if not match:
        return None
    whole, _, decimals = match[1].replace(",", ".").partition(".")
    if not match[2]:
        problem = f"{match[1]} has no percent sign: write {match[1]}%"
    elif len(decimals) > 2:
        problem = f"{match[0]} is too exact: give at most two decimals"
    elif (share := int(whole or 0) * 100 + int(f"{decimals:0<2}")) > 10_000:
        problem = f"{match[0]} is more than a song has: give at most 100%"
    else:
        return _token("PERCENT", str(share), at, match.end())
    raise QueryError(problem, position=match.span())


def _known(text: str, at: int, genres: tuple[str, ...]) -> Token | None:
    """Return the longest token at `at`; equally long, the language goes before a genre's name and
    a genre's name before a filler."""
    if text[at] in QUOTES and text[at] not in "'‘":  # those begin names such as 'n Sync
        exact = _quoted_exactly(text, at, genres)
        if exact:
            return exact
    candidates = [
        _token(kind, value, at, match.end())
        for kind, value, pattern in _phrases()
        if (match := pattern.match(text, at))
    ]
    if name := _named(text, at, genres):
        candidates.append(name)
        # A genre may be called "50%" or "50": what has its percent sign is a percentage first.
        if (match := _PERCENT.match(text, at)) and match[2] and match.end() >= (name.end_pos or 0):
            return _percentage(text, at)
    if candidates:
        rank = {"FILLER": 0, "NAME": 1}
        return max(candidates, key=lambda token: (token.end_pos, rank.get(token.type, 2)))
    if text[at] in QUOTES:
        return _quoted_exactly(text, at, genres) or _quoted(text, at, genres)
    return _percentage(text, at)


def _unknown(text: str, at: int, genres: tuple[str, ...]) -> QueryError:
    """Return the error for the strange words at `at`, taken together up to the next known one."""
    match = _UNKNOWN_WORD.match(text, at)
    if not match or not (text[at].isalnum() or text[at] in "'’"):
        return QueryError(
            f"'{text[at]}' means nothing here: say 'and', 'or' or 'but not'", position=(at, at + 1)
        )
    end = match.end()
    while following := re.compile(r"\s+(?=\w)").match(text, end):
        if text[following.end()].isdigit() or _known(text, following.end(), genres):
            break
        word = _UNKNOWN_WORD.match(text, following.end())
        end = word.end() if word else end
    return unknown_word(text[at:end].rstrip(".?!") or text[at:end], genres, (at, end))


def _token(kind: str, value: str, start: int, end: int) -> Token:
    return Token(kind, value, start_pos=start, end_pos=end)
