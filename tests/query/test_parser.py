"""Which query a text gives, and what the error of a refused text says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit import query
from genrefit.errors import GenreError, QueryError
from genrefit.library.genres import checked_name, fold
from genrefit.query import vocabulary
from genrefit.query.ast import (
    Blend,
    Name,
    Not,
    Threshold,
    conjunction,
    disjunction,
    negation,
    quoted_name,
    to_text,
)
from genrefit.query.parser import spelled
from tests.support.queries import GENRES


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Folk that is also Jazz", "folk and jazz"),
        ("folk songs that are jazz", "folk and jazz"),
        ("new Country music that is no way Hip Hop", "country and not Hip Hop"),
        ("country or pop but not folk", "(country or pop) and not folk"),
        ("country or pop and not folk", "country or (pop and not folk)"),
        ("rock but not pop or jazz", "rock and not (pop or jazz)"),
        ("rock but not pop and not jazz or blues", "rock and not pop and not (jazz or blues)"),
        ("rock but not pop and jazz", "rock and not pop and jazz"),
        ("rock and not pop and jazz", "rock and not pop and jazz"),
        ("not rock or jazz", "not rock or jazz"),
        ("not (rock or jazz)", "not (rock or jazz)"),
        ("rock, pop or jazz", "rock or pop or jazz"),
        ("rock, pop and jazz", "rock and pop and jazz"),
        ("rock, not pop", "rock and not pop"),
        ("rock, at most 10% pop", "rock and pop <= 10%"),
        ("hiphop & not (jazz|blues)", "Hip Hop and not (jazz or blues)"),
        ("drum and bass and not r and b", "Drum and Bass and not R&B"),
        ("rnb without no wave", "R&B and not No Wave"),
        ("not no wave", "not No Wave"),
        ("new wave and new jazz", "New Wave and jazz"),
        ("at least 30% folk", "folk >= 30%"),
        ("folk more than 12,5 percent", "folk > 12.5%"),
        ("jazz ≤ 60%", "jazz <= 60%"),
        ("not jazz>60%", "not jazz > 60%"),
        ("70% country 30% folk", "70% country, 30% folk"),
        ("70% country and 30% folk but not jazz", "(70% country, 30% folk) and not jazz"),
        ("country 70% folk 30%", "70% country, 30% folk"),
        ("60% 80s, 20% rock", "75% 80s, 25% rock"),
        ("mostly jazz, a little blues", "77.78% jazz, 22.22% blues"),
        ("mostly rock, mostly pop", "50% rock, 50% pop"),
        ("“hip-hop” or 'jazz' or \"folk\"", "Hip Hop or jazz or folk"),
        ("not not jazz", "jazz"),
        ("jazz and (jazz or jazz)", "jazz"),
        ("the songs of jazz.", "jazz"),
    ],
)
def test_canonical_form(text, canonical):
    assert str(query.parse(text, GENRES)) == canonical


@pytest.mark.parametrize(
    ("text", "message", "word"),
    [
        ("", "empty", None),
        (" music ", "names no genre", None),
        ("country and jaz", "no genre 'jaz'; did you mean jazz?", "jaz"),
        ("hip hpo and jazz", "did you mean Hip Hop?", "hip hpo"),
        ('"jaz"', "did you mean jazz?", '"jaz"'),
        ("jazz adn blues", "did you mean and?", "adn"),
        ("jazz and", "ends after 'and'", "and"),
        ("and jazz", "cannot begin with 'and'", "and"),
        ("jazz folk", "without a word between", "folk"),
        ("jazz, folk", "in place of this comma", ","),
        ("(jazz", "never closed", "("),
        ("jazz)", "closes none", ")"),
        ('"jazz', "never closed", '"'),
        ("jazz > 60", "write 60%", "60"),
        ("jazz > 600%", "at most 100%", "600%"),
        ("jazz > 60.123%", "two decimals", "60.123%"),
        ("jazz > folk", "give a percentage", "folk"),
        ("at least 30%", "name the genre", "30%"),
        ("(jazz or folk) > 30%", "one genre and a percentage", ">"),
        ("70% jazz 40% folk", "sum to 110%", "70% jazz 40% folk"),
        ("30% folk", "at least 30% folk", "30% folk"),
        ("50% jazz, 50% jazz", "has a share already", "jazz"),
        ("100% jazz, 0% folk", "leave folk out", "0% folk"),
        ("jazz - folk", "means nothing here", "-"),
        ("(" * 41 + "jazz" + ")" * 41, "nested", "("),
        ("jazz " * 500, "characters long", None),
    ],
)
def test_errors_point_at_the_word(text, message, word):
    with pytest.raises(QueryError) as error:
        query.parse(text, GENRES)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    if word is None:
        assert error.value.position is None
    else:
        assert text[slice(*error.value.position)] == word


def test_no_genres_at_all():
    with pytest.raises(QueryError, match="train a model"):
        query.parse("jazz", ())


FRAGMENTS = st.sampled_from(
    [
        *GENRES,
        *vocabulary.AMOUNTS,
        *vocabulary.FILLERS,
        "60%",
        "7",
        "(",
        ")",
        '"',
        "'",
        "“",
        ",",
        "-",
        "/",
        "%",
    ]
    + [
        phrase
        for group in (vocabulary.PHRASES, vocabulary.SIGNS)
        for ps in group.values()
        for phrase in ps
    ]
)


@settings(max_examples=250, deadline=None)
@given(st.lists(FRAGMENTS, max_size=9), st.sampled_from(["", " "]))
def test_any_words_give_a_query_or_a_sentence(fragments, gap):
    check_query_or_error(gap.join(fragments))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_query_or_a_sentence(text):
    check_query_or_error(text)


def check_query_or_error(text):
    try:
        parsed = query.parse(text, GENRES)
    except QueryError as error:
        assert str(error)
        if error.position:
            start, end = error.position
            assert 0 <= start < end <= len(text)
    else:
        assert query.parse(str(parsed), GENRES) == parsed
    for suggestion in query.complete(text, GENRES):
        assert suggestion in query.accept(text, suggestion, GENRES)


AWKWARD_NAMES = st.lists(
    st.sampled_from(
        ["a", "b", "rock", "and", "or", "not", "with", "50", "50%", "%", ",", "(", ")", '"', "'",
         "“", "”", "’", "\\", ";", "<", ">", "|", "&", "n", "half", "at least", "no", "music", "-",
         " ", " ", " "]
    ), min_size=1, max_size=6,
).map("".join)  # fmt: skip


@st.composite
def awkward_genres(draw):
    names = []
    for text in draw(st.lists(AWKWARD_NAMES | st.text(max_size=8), min_size=3, max_size=12)):
        try:
            names.append(checked_name(text))
        except GenreError:
            continue
    by_fold = {fold(name): name for name in names}
    return list({fold(name): name for name in [*by_fold.values(), "x1", "x2"]}.values())


@settings(max_examples=400, deadline=None)
@given(awkward_genres(), st.data())
def test_every_name_that_a_genre_can_have_can_be_queried(genres, data):
    for genre in genres:
        assert query.parse(quoted_name(genre), genres).clause == Name(genre)
        parsed = query.parse(spelled(genre, genres), genres)
        assert parsed.clause == Name(genre)
        assert query.parse(str(parsed), genres) == parsed
    names = st.sampled_from(genres)
    a, b = data.draw(st.lists(names, min_size=2, max_size=2, unique=True))
    for clause in (
        Not(Name(a)),
        conjunction([Name(a), Not(Name(b))]),
        disjunction([Name(a), Threshold(b, ">=", 5000)]),
        negation(disjunction([Name(a), Name(b)])),
        Blend(((a, 7000), (b, 3000))),
        conjunction([Blend(((a, 7000), (b, 3000))), Threshold(a, "<", 1250)]),
    ):
        parsed = query.parse(to_text(clause, quoted=True), genres)
        assert parsed.clause == clause
        assert query.parse(str(parsed), genres) == parsed


@pytest.mark.parametrize(
    "name", ["that is", "and not", "and-'", 'or "x2"', ", x", "(x", "or not 50%", "> 5"]
)
def test_names_that_look_like_the_language_leave_other_queries_alone(name):
    genres = ("x1", "x2", name)
    assert query.parse(str(query.parse(quoted_name(name), genres)), genres).clause == Name(name)
    for clause in (
        conjunction([Name("x1"), Not(Name("x2"))]),
        disjunction([Name("x1"), Not(Name(name)), Name("x2")]),
        negation(disjunction([Name("x1"), Threshold("x2", ">", 500)])),
        conjunction([Name(name), Blend((("x1", 7000), ("x2", 3000)))]),
    ):
        parsed = query.parse(to_text(clause, quoted=True), genres)
        assert parsed.clause == clause
        assert query.parse(str(parsed), genres) == parsed
    for example in query.examples((name, "x1", "x2")):
        query.parse(example, (name, "x1", "x2"))
