"""Help with the query language: documentation, examples, and completion while typing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from genrefit.errors import QueryError
from genrefit.query import ast, lexer, vocabulary
from genrefit.query.parser import is_query, spelled

DOCUMENTATION = f"""\
A query is made of your genres' names and a few plain words.

**Names.** Case, spaces, hyphens and underscores don't matter: hip hop, Hip-Hop and hip_hop are
one. The longest name wins, so Drum and Bass or No Wave need no quotes; a name in "quotes" is
nothing but a name: quote those that mean something else here, such as "50%" or "Rock, Pop". A
backslash before a quotation mark in a quoted name makes it a part of the name.
These words say nothing unless a genre is called so: {", ".join(vocabulary.FILLERS)}.

**Words**, and what else is understood for them:
- and: {", ".join(vocabulary.PHRASES["AND"][1:])}, that is
- or: {", ".join(vocabulary.PHRASES["OR"][1:])}
- not: {", ".join(vocabulary.PHRASES["NOT"][1:])}
- a comma means what the next connective means: rock, pop or folk.

**Thresholds**: jazz > 60% or at least 30% folk. The signs, and what else is understood for them:
{"; ".join(f"{sign} ({', '.join(phrases[1:])})" for sign, phrases in vocabulary.SIGNS.items())}.

**Blends**: 70% country 30% folk, or with a comma or "and" between; or in words, which count as
{", ".join(f"{phrase} {ast.percent(share)}" for phrase, share in vocabulary.AMOUNTS.items())}.
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


def examples(genres: Sequence[str]) -> list[str]:
    """Return a few queries about the first of `genres`, from the simplest on."""
    names = [spelled(genre, genres) for genre in genres[:3]]
    a, b, d = [*names, None, None, None][:3]
    queries = []
    if a:
        queries += [a, f"{a} > 60%"]
    if b:
        queries[1:1] = [f"{a} but not {b}", f"{a} and {b}", f"70% {a}, 30% {b}"]
        queries.append(f"mostly {a}, a little {b}")
    if d:
        queries += [f"{a} or {b} but not {d}", f"{a} and {b} and at most 10% {d}"]
    return queries


def complete(text: str, genres: Sequence[str]) -> list[str]:
    """Return genres, or words, that may end the last word of `text` or follow it; ten at most."""
    head, last = _last_word(text, genres)
    if last:
        begun = lexer.without_gaps(last)
        phrases = ["and", "or", "but not", "not", *vocabulary.AMOUNTS, *vocabulary.SIGNS]
        names = [genre for genre in genres if _continues(genre, begun)]
        words = [phrase for phrase in phrases if _continues(phrase, begun) and phrase not in names]
        return [*(spelled(genre, genres) for genre in names[:10]), *words][:10]
    if is_query(head, genres):
        return ["and", "or", "but not", "> 50%"]
    return [spelled(genre, genres) for genre in genres[:10]]


def accept(text: str, suggestion: str, genres: Sequence[str]) -> str:
    """Return `text` with its last word replaced, or followed, by a suggestion of `complete`."""
    head, _ = _last_word(text, genres)
    return f"{head} {suggestion} ".lstrip() if not head.endswith("(") else f"{head}{suggestion} "


def corrections(text: str, error: QueryError, genres: Sequence[str]) -> list[str]:
    """Return `text` with the word that `error` is about replaced by each that may be meant."""
    if error.position is None:
        return []
    start, end = error.position
    meant = [spelled(word, genres) if word in genres else word for word in error.meant]
    return [text[:start] + word + text[end:] for word in meant]


def _continues(option: str, begun: str) -> bool:
    """Tell whether a name or phrase begins so and goes on; a name may be begun in quotes."""
    whole = lexer.without_gaps(option)
    opened = begun[:1] in lexer.QUOTES and whole.startswith(re.sub(r"\\(.)", r"\1", begun[1:]))
    return (opened and len(begun) > 1) or (whole.startswith(begun) and whole != begun)


def _last_word(text: str, genres: Sequence[str]) -> tuple[str, str]:
    """Split `text` before the longest ending that begins a genre's name, or its last word."""
    if not text.strip() or text[-1].isspace():
        return text.rstrip(), ""
    quotation = re.search(r'"(?:\\.|[^"\\])*$', text)
    if quotation and text.count('"', 0, quotation.start()) % 2 == 0:
        return text[: quotation.start()].rstrip(), quotation[0]
    starts = [m.start() for m in re.finditer(r"[^\s(,]+", text)]
    for start in starts[-4:]:
        begun = lexer.without_gaps(text[start:])
        names = (lexer.without_gaps(genre) for genre in genres)
        if any(name.startswith(begun) for name in names):
            return text[:start].rstrip(), text[start:]
    return (text[: starts[-1]].rstrip(), text[starts[-1] :]) if starts else (text, "")
