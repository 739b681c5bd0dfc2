"""Example queries, completion, and the documentation of the language."""

from __future__ import annotations

import pytest

from genrefit import query
from genrefit.errors import QueryError
from genrefit.query import vocabulary
from tests.support.queries import AWKWARD, GENRES


@pytest.mark.parametrize(
    ("text", "first", "accepted"),
    [
        ("jazz and 5", '"50%"', 'jazz and "50%" '),
        ('jazz and "r&b, s', "R&B, Soul", "jazz and R&B, Soul "),
        ("r&b, s", "R&B, Soul", "R&B, Soul "),
        ('"ja', "jazz", "jazz "),
    ],
)
def test_completion_quotes_what_needs_it(text, first, accepted):
    options = query.complete(text, AWKWARD)
    assert options[0] == first
    assert query.accept(text, options[0], AWKWARD) == accepted
    query.parse(accepted, AWKWARD)


def test_examples_quote_what_needs_it():
    for n in (1, 2, 3):
        for example in query.examples(("50%", "and", "(x)")[:n]):
            query.parse(example, ("50%", "and", "(x)")[:n])


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_examples_are_queries(n):
    examples = query.examples(GENRES[:n])
    assert examples and len(set(examples)) == len(examples)
    for example in examples:
        query.parse(example, GENRES[:n])


@pytest.mark.parametrize(
    ("text", "first", "accepted"),
    [
        ("ja", "jazz", "jazz "),
        ("country but not hip h", "Hip Hop", "country but not Hip Hop "),
        ("drum and", "Drum and Bass", "Drum and Bass "),
        ("(ja", "jazz", "(jazz "),
        ("jazz ", "and", "jazz and "),
        ("mos", "mostly", "mostly "),
        ("", "country", "country "),
    ],
)
def test_completion(text, first, accepted):
    options = query.complete(text, GENRES)
    assert options[0] == first
    assert query.accept(text, options[0], GENRES) == accepted


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("country but not jaz", ["country but not jazz"]),
        ("jaz or folk", ["jazz or folk"]),
        ("jazz butt folk", ["jazz but folk"]),
    ],
)
def test_a_typo_is_corrected(text, corrected):
    with pytest.raises(QueryError) as error:
        query.parse(text, GENRES)
    assert query.corrections(text, error.value, GENRES)[: len(corrected)] == corrected
    for better in corrected:
        query.parse(better, GENRES)


def test_a_correction_quotes_what_needs_it():
    error = QueryError("no genre", position=(0, 2), meant=("50%",))
    (better,) = query.corrections("5% or jazz", error, AWKWARD)
    query.parse(better, AWKWARD)
    assert query.corrections("5%", QueryError("no"), AWKWARD) == []


def test_documentation_names_every_word_of_the_language():
    groups = [vocabulary.PHRASES[kind] for kind in ("AND", "OR", "NOT")]
    groups += [*vocabulary.SIGNS.values(), tuple(vocabulary.AMOUNTS), vocabulary.FILLERS]
    for phrase in (phrase for group in groups for phrase in group):
        assert phrase in query.DOCUMENTATION


def test_what_the_documentation_says_of_precedence_is_so():
    for text, meaning in (
        ("country or pop but not folk", "(country or pop) and not folk"),
        ("rock but not pop or jazz", "rock and not (pop or jazz)"),
        ("country or pop and not folk", "country or (pop and not folk)"),
    ):
        assert query.parse(text, GENRES) == query.parse(meaning, GENRES)
