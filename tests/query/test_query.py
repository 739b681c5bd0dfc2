"""The query language: what is understood, what it means, and what an error says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit import query
from genrefit.errors import GenreError, QueryError
from genrefit.library.genres import checked_name, fold
from genrefit.query import lexer, vocabulary
from genrefit.query.ast import (
    And,
    Blend,
    Name,
    Not,
    Or,
    Threshold,
    conjunction,
    disjunction,
    negation,
    quoted_name,
    to_text,
)
from genrefit.query.parser import spelled

GENRES = ("country", "jazz", "Hip Hop", "blues", "folk", "classic rock", "rock", "pop",
          "Drum and Bass", "drum", "bass", "R&B", "No Wave", "80s", "New Wave")  # fmt: skip


def songs(n=40, *, seed=0, genres=GENRES):
    return np.random.default_rng(seed).dirichlet(np.full(len(genres), 0.3), n)


def fit(text, P, genres=GENRES):
    return query.fits(query.parse(text, genres), P, genres)


def column(P, genre):
    return P[:, GENRES.index(genre)]


# --- what is understood -------------------------------------------------------------------------
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


def test_longest_name_wins_and_quotes_part_what_it_joined():
    assert query.parse("drum and bass", GENRES).clause == Name("Drum and Bass")
    parted = query.parse('"drum" and "bass"', GENRES)
    assert parted.clause == And((Name("drum"), Name("bass")))
    assert query.parse(str(parted), GENRES) == parted


def test_fillers_are_genres_where_a_genre_is_called_so():
    assert query.parse("new and jazz", ("New", "jazz")).clause == And((Name("New"), Name("jazz")))


def test_a_name_spelled_alike_is_told_by_its_exact_spelling():
    genres = ("lofi", "Lo-Fi")
    assert query.parse("lofi", genres).clause == Name("lofi")
    assert query.parse("Lo-Fi", genres).clause == Name("Lo-Fi")


# --- what is refused ----------------------------------------------------------------------------
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


def test_a_model_without_the_genre_says_which_it_knows():
    understood = query.parse("jazz and folk", GENRES)
    with pytest.raises(QueryError, match=r"'folk'.*it knows jazz, rock"):
        query.fits(understood, np.full((1, 2), 0.5), ("jazz", "rock"))


def test_no_genres_at_all():
    with pytest.raises(QueryError, match="train a model"):
        query.parse("jazz", ())


# --- what it means ------------------------------------------------------------------------------
def test_fits_by_their_formulas():
    P = songs()
    a, b, d = column(P, "jazz"), column(P, "blues"), column(P, "folk")
    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(fit("jazz", P), a, **close)
    np.testing.assert_allclose(fit("not jazz", P), 1 - a, **close)
    np.testing.assert_allclose(fit("jazz or blues or folk", P), a + b + d, **close)
    np.testing.assert_allclose(
        fit("jazz or (blues and folk)", P), 1 - (1 - a) * (1 - fit("blues and folk", P)), **close
    )
    np.testing.assert_allclose(
        fit("jazz and blues and folk", P), np.minimum(1, 3 * np.cbrt(a * b * d)), **close
    )
    np.testing.assert_allclose(
        fit("jazz and blues but not folk", P),
        np.minimum(1, 2 * np.sqrt(a * b)) * (1 - d),
        **close,
    )
    blend = np.zeros(len(GENRES))
    blend[[GENRES.index("jazz"), GENRES.index("folk")]] = 0.7, 0.3
    np.testing.assert_allclose(
        fit("70% jazz, 30% folk", P), 1 - np.abs(P - blend).sum(axis=1) / 2, **close
    )


def test_thresholds_filter_and_do_not_count_among_the_wanted():
    P = songs()
    passes = column(P, "jazz") > 0.1
    assert passes.any() and not passes.all()
    np.testing.assert_array_equal(fit("jazz > 10%", P), passes)
    np.testing.assert_allclose(fit("blues and jazz > 10%", P), column(P, "blues") * passes)
    np.testing.assert_allclose(fit("blues but not jazz > 10%", P), column(P, "blues") * ~passes)
    passes_either = passes | (column(P, "folk") > 0.1)
    np.testing.assert_allclose(
        fit("blues and (jazz > 10% or folk > 10%)", P), column(P, "blues") * passes_either
    )


@pytest.mark.parametrize(
    ("sign", "passes"), [(">", [0, 0, 1]), (">=", [0, 1, 1]), ("<", [1, 0, 0]), ("<=", [1, 1, 0])]
)
def test_signs_at_their_edge(sign, passes):
    P = np.array([[0.2, 0.8], [0.25, 0.75], [0.3, 0.7]])
    np.testing.assert_array_equal(fit(f"jazz {sign} 25%", P, ("jazz", "folk")), passes)


def test_an_even_blend_is_a_full_fit_of_and():
    P = np.zeros((2, len(GENRES)))
    P[0, [0, 1]] = 1 / 2
    P[1, [0, 1, 3]] = 1 / 3
    assert fit("country and jazz", P)[0] == pytest.approx(1)
    assert fit("country and jazz and blues", P)[1] == pytest.approx(1)
    assert fit("country and folk", P)[0] == 0


def test_terms_say_what_each_part_gave():
    P = songs()
    got = dict(query.terms(query.parse("(jazz or blues) but not folk", GENRES), P, GENRES))
    assert list(got) == ["jazz or blues", "not folk"]
    np.testing.assert_allclose(got["not folk"], 1 - column(P, "folk"))
    np.testing.assert_allclose(got["jazz or blues"] * got["not folk"],
                               fit("(jazz or blues) but not folk", P))  # fmt: skip
    for text in ("70% jazz, 30% folk", "jazz or folk or blues", "jazz"):
        parts = query.terms(query.parse(text, GENRES), P, GENRES)
        np.testing.assert_allclose(sum(values for _, values in parts), fit(text, P), atol=1e-12)


def test_likelihoods_of_another_shape_are_a_bug_of_the_caller():
    with pytest.raises(ValueError, match="15 genres"):
        query.fits(query.parse("jazz", GENRES), np.zeros((3, 2)), GENRES)


# --- properties ---------------------------------------------------------------------------------
NAMES = st.builds(Name, st.sampled_from(GENRES))
PERCENTS = st.integers(0, 10_000)
THRESHOLDS = st.builds(
    Threshold, st.sampled_from(GENRES), st.sampled_from(list(vocabulary.SIGNS)), PERCENTS
)


@st.composite
def blends(draw):
    genres = draw(st.lists(st.sampled_from(GENRES), min_size=2, max_size=4, unique=True))
    cuts = draw(st.lists(st.integers(1, 9_999), min_size=len(genres) - 1,
                         max_size=len(genres) - 1, unique=True))  # fmt: skip
    edges = [0, *sorted(cuts), 10_000]
    return Blend(tuple((g, b - a) for g, a, b in zip(genres, edges, edges[1:], strict=False)))


def joined(inner):
    lists = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(
        st.builds(negation, inner), st.builds(conjunction, lists), st.builds(disjunction, lists)
    )


PLAIN = st.recursive(NAMES, joined, max_leaves=8)
CLAUSES = st.recursive(st.one_of(NAMES, THRESHOLDS, blends()), joined, max_leaves=8)


def fit_of(clause, P):
    return query.fits(query.Query(clause, ()), P, GENRES)


@settings(max_examples=120, deadline=None)
@given(CLAUSES)
def test_round_trip_and_bounds(clause):
    understood = query.parse(to_text(clause, quoted=True), GENRES)
    assert understood.clause == clause
    assert query.parse(str(understood), GENRES) == understood
    fits = query.fits(understood, songs(), GENRES)
    assert fits.shape == (40,) and (fits >= 0).all() and (fits <= 1).all()
    for label, values in query.terms(understood, songs(), GENRES):
        assert label and (values >= 0).all() and (values <= 1).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMES | st.builds(negation, NAMES), min_size=1, max_size=4), st.integers(0, 99))
def test_more_of_what_is_wanted_never_lowers_the_fit(parts, seed):
    P = songs(seed=seed)
    for join in (conjunction, disjunction):
        clause = join(parts)
        before = fit_of(clause, P)
        for i, genre in enumerate(GENRES):
            more = P.copy()
            more[:, i] += (1 - more[:, i]) / 2
            after = fit_of(clause, more)
            if Name(genre) in parts and Not(Name(genre)) not in parts:
                assert (after >= before - 1e-12).all()
            elif Not(Name(genre)) in parts and Name(genre) not in parts:
                assert (after <= before + 1e-12).all()


@settings(max_examples=150, deadline=None)
@given(CLAUSES, CLAUSES)
def test_de_morgan_holds_where_an_or_is_no_plain_sum_and_nothing_turns_wanted(a, b):
    P = songs()
    neither = fit_of(negation(disjunction([a, b])), P)
    if a == b:
        np.testing.assert_allclose(neither, fit_of(negation(a), P), atol=1e-12)
    elif isinstance(a, Name) and isinstance(b, Name):
        total = np.minimum(1, fit_of(a, P) + fit_of(b, P))
        np.testing.assert_allclose(neither, 1 - total, atol=1e-12)
    elif not isinstance(a, Or | Not) and not isinstance(b, Or | Not):
        apart = fit_of(conjunction([negation(a), negation(b)]), P)
        np.testing.assert_allclose(neither, apart, atol=1e-12)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(GENRES),
    st.sampled_from(GENRES),
    st.sampled_from([" ", "-", "_", "  ", " - ", "–"]),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.sampled_from(["and", "AND", "or", "But Not", "without", "that is also"]),
)
def test_spelling_does_not_matter(a, b, gap, case, word):
    plain = f'"{a}" {word.lower()} "{b}"'
    other = f'"{case(gap.join(a.split()))}"  {word} "{case(gap.join(b.split()))}"'
    assert query.parse(plain, GENRES) == query.parse(other, GENRES)
    assert query.parse(case(gap.join(a.split())), GENRES).clause == Name(a)


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
    answers_or_says(gap.join(fragments))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_query_or_a_sentence(text):
    answers_or_says(text)


def answers_or_says(text):
    try:
        understood = query.parse(text, GENRES)
    except QueryError as error:
        assert str(error)
        if error.position:
            start, end = error.position
            assert 0 <= start < end <= len(text)
    else:
        assert query.parse(str(understood), GENRES) == understood
    for suggestion in query.complete(text, GENRES):
        assert suggestion in query.accept(text, suggestion, GENRES)


GENRE_NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=14
).filter(lambda name: any(c.isalnum() for c in name) and name == name.strip())


@settings(max_examples=200, deadline=None)
@given(st.lists(GENRE_NAMES, min_size=2, max_size=4, unique_by=lexer.without_gaps))
def test_whatever_genres_are_called_a_query_reads_back(genres):
    clause = And((Or((Name(genres[0]), Name(genres[1]))), Not(Name(genres[-1]))))
    assert query.parse(to_text(clause, quoted=True), genres).clause == clause


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
def test_every_name_that_a_genre_can_have_can_be_said(genres, data):
    for genre in genres:
        assert query.parse(quoted_name(genre), genres).clause == Name(genre)
        understood = query.parse(spelled(genre, genres), genres)
        assert understood.clause == Name(genre)
        assert query.parse(str(understood), genres) == understood
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
        understood = query.parse(to_text(clause, quoted=True), genres)
        assert understood.clause == clause
        assert query.parse(str(understood), genres) == understood


AWKWARD = ("Rock'n'Roll", "Children's Music", "50%", "R&B, Soul", "not jazz", "jazz", 'The "Hits"')


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("rock'n'roll but not children’s music", "Rock'n'Roll and not Children's Music"),
        ('"50%" > 50%', '"50%" > 50%'),
        ('50% jazz, 50% "50%"', '50% "jazz", 50% "50%"'),
        ('"not jazz" or jazz', '"not jazz" or "jazz"'),
        ("not (not jazz)", 'not "not jazz"'),
        (r'"the \"hits\"" and jazz', 'The "Hits" and jazz'),
        ('"r&b, soul"', "R&B, Soul"),
    ],
)
def test_awkward_names(text, canonical):
    understood = query.parse(text, AWKWARD)
    assert query.parse(str(understood), AWKWARD) == understood
    assert query.parse(canonical, AWKWARD) == understood


@pytest.mark.parametrize(
    "name", ["that is", "and not", 'or "x2"', ", x", "(x", "or not 50%", "> 5"]
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
        understood = query.parse(to_text(clause, quoted=True), genres)
        assert understood.clause == clause
        assert query.parse(str(understood), genres) == understood
    for example in query.examples((name, "x1", "x2")):
        query.parse(example, (name, "x1", "x2"))


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


# --- examples, completion, documentation --------------------------------------------------------
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
