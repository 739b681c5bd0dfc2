from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit.errors import SplitError
from genrefit.learning import split
from tests.support import tables

GENRES = ("folk", "jazz", "rock")


@st.composite
def libraries(draw):
    """Songs of up to three genres by few artists, some of several genres, some of no artist."""
    known = ["The Abc", "abc", "Déf", "X feat. Y", None, "z", "w", "v"]
    names = draw(st.lists(st.sampled_from(known), min_size=12, max_size=60))
    genres = [
        draw(st.lists(st.sampled_from(GENRES), min_size=1, max_size=3, unique=True)) for _ in names
    ]
    return tables.drawn(genres, artists=names, segments=draw(st.integers(1, 3)))


def split_or_none(table, protocol, seed):
    """Small libraries may lack artists or songs: the refusal must say how many are needed."""
    try:
        return split.split(table, genres=GENRES, protocol=protocol, seed=seed)
    except SplitError as error:
        assert "at least 2" in str(error) or "collect more" in str(error)
        return None


@settings(max_examples=30, deadline=None)
@given(libraries(), st.sampled_from(["artist", "song"]), st.integers(0, 5))
def test_no_song_and_no_artist_straddles(table, protocol, seed):
    parts = split_or_none(table, protocol, seed)
    if parts is None:
        return
    everything = np.sort(np.concatenate(list(parts.parts.values())))
    assert (everything == np.arange(len(table.X))).all()
    group = split.groups(table.songs, protocol)
    groups = [set(group[table.song[rows]]) for rows in parts.parts.values()]
    songs = [set(table.song[rows]) for rows in parts.parts.values()]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert not groups[one] & groups[other]
        assert not songs[one] & songs[other]
    member = split.members(table.songs, GENRES)
    many = np.array([len(np.unique(group[m])) > 2 for m in member.T])
    for name, rows in parts.parts.items():
        there = member[table.song[rows]].any(0)
        assert there[many].all(), "every genre of three artists is in every part"
        assert there.all() or name == "test", "and any genre where it is learned and judged"


@settings(max_examples=30, deadline=None)
@given(libraries(), st.integers(2, 5), st.integers(0, 5))
def test_folds_keep_artists_whole(table, n, seed):
    group = split.artists(table.songs)
    fold = split.folds(split.members(table.songs, GENRES), group, n=n, seed=seed)
    assert set(fold) <= set(range(n))
    assert all(len(set(fold[group == g])) == 1 for g in group)


def test_shares_and_genres_are_as_stated():
    genres = [["folk"]] * 150 + [["jazz"]] * 75 + [["rock"]] * 25
    parts = split.split(tables.drawn(genres), genres=GENRES, seed=3)
    member = split.members(tables.drawn(genres).songs, GENRES)
    for share, rows in zip(split.SHARES.values(), parts.parts.values(), strict=True):
        counts = member[np.unique(rows // 4)].sum(0)
        assert np.abs(counts - share * np.array([150, 75, 25])).max() <= 2


def test_large_artists_still_give_about_the_shares():
    artists = [f"a{i % 12}" for i in range(120)]
    genres = [[GENRES[(i % 12) % 3]] for i in range(120)]
    table = tables.drawn(genres, artists=artists)
    parts = split.split(table, genres=GENRES)
    assert 0.4 <= len(parts.train) / len(table.X) <= 0.75
    assert len(parts.validation) / len(table.X) >= 0.1


def test_rows_leak_and_say_so():
    table = tables.drawn([["folk"], ["jazz"]] * 20, segments=10)
    parts = split.split(table, genres=("folk", "jazz"), protocol="row")
    assert set(table.song[parts.train]) & set(table.song[parts.validation])
    assert any("leaky" in warning for warning in parts.warnings)
    assert len(parts.train) == pytest.approx(0.64 * len(table.X), abs=2)
    assert len(parts.validation) == pytest.approx(0.20 * len(table.X), abs=2)


def test_same_seed_same_split_other_seed_other_split():
    table = tables.drawn([["folk"], ["jazz"]] * 20)
    one, same, other = (
        split.split(table, genres=("folk", "jazz"), seed=seed).train for seed in (1, 1, 2)
    )
    assert (one == same).all()
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Beatles", "beatles"),
        ("Beyoncé", "BEYONCE"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("Eminem feat. Dido", "eminem"),
        ("Drake ft. Rihanna", "Drake"),
        ("Abba - Topic", "ABBA"),
    ],
)
def test_spellings_of_one_artist(one, other):
    songs = tables.frame([["folk"]] * 3, [one, other, "somebody else"])
    number = split.artists(songs)
    assert number[0] == number[1] != number[2]


def test_artist_from_title_else_alone():
    songs = tables.frame(
        [["folk"]] * 6, [None, "Nina Simone", None, None, "Unknown Artist", float("nan")]
    )
    songs["title"] = ["Nina Simone - Sinnerman", "Feeling Good", "untitled", "untitled", "x", "x"]
    number = split.artists(songs)
    assert number[0] == number[1]
    assert len(set(number)) == 5


@pytest.mark.parametrize(
    ("genres", "artists", "protocol", "phrases"),
    [
        ([["folk"]] * 9 + [["jazz"]], None, "song", ["'jazz'", "1 song", "at least 2"]),
        (
            [["folk"]] * 9 + [["jazz"]] * 6,
            [f"f{i}" for i in range(9)] + ["Miles Davis", "The Miles Davis"] * 3,
            "artist",
            ["'jazz'", "6 songs by 1 artist", "at least 2 artists", "'song'"],
        ),
    ],
)
def test_too_few_are_refused_with_numbers(genres, artists, protocol, phrases):
    table = tables.drawn(genres, artists=artists)
    with pytest.raises(SplitError) as refused:
        split.split(table, genres=("folk", "jazz"), protocol=protocol)
    assert all(phrase in str(refused.value) for phrase in phrases)


def test_five_songs_are_enough_with_a_warning():
    table = tables.drawn([["folk"]] * 16 + [["jazz"]] * 5)
    parts = split.split(table, genres=("folk", "jazz"))
    assert any("'jazz' has only 5 songs by 5 artists" in warning for warning in parts.warnings)
    assert not any("folk" in warning for warning in parts.warnings)


def test_three_songs_reach_all_parts():
    table = tables.drawn([["folk"]] * 40 + [["jazz"]] * 3)
    for seed in range(10):
        parts = split.split(table, genres=("folk", "jazz"), seed=seed)
        assert [len(set(rows // 4) & {40, 41, 42}) for rows in parts.parts.values()] == [1, 1, 1]


@pytest.mark.parametrize("protocol", ["artist", "song", "row"])
def test_two_songs_are_learned_from_and_judged(protocol):
    table = tables.drawn([["folk"]] * 2 + [["jazz"]] * 2 + [["rock"]] * 2)
    for seed in range(5):
        parts = split.split(table, genres=GENRES, protocol=protocol, seed=seed)
        member = split.members(table.songs, GENRES)
        for name in ("train", "validation"):
            assert member[table.song[parts.parts[name]]].any(0).all()
    (warning,) = [line for line in parts.warnings if "'jazz'" in line]
    assert "a single song moves its numbers by 50 points" in warning


def test_unknown_protocol_is_named():
    with pytest.raises(SplitError, match=r"'rows'.*artist, song, row"):
        split.split(tables.drawn([["folk"]] * 5), genres=("folk",), protocol="rows")
