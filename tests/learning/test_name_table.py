"""The table of genres' names: spellings, synonyms, longer names, and what a person chooses."""

from __future__ import annotations

import tomllib

import pytest

from genrefit.errors import GenreError
from genrefit.features import musicnn
from genrefit.learning.name_table import (
    TABLE,
    checked_tags,
    in_words,
    known_tags,
    tags_among,
    tags_of,
)


@pytest.mark.parametrize(
    ("spellings", "tag"),
    [
        (["Drum & Bass", "drum and bass", "Drum'n'Bass", "drum n bass", "DnB", "D&B", "d'n'b"],
         "Drum and bass"),
        (["R&B", "r & b", "R'n'B", "RnB", "R and B", "Rhythm & Blues"], "Rhythm and blues"),
        (["Rock'n'Roll", "Rock ’n’ Roll", "rock & roll", "ROCK AND ROLL"], "Rock and roll"),
        (["Hip-Hop", "hiphop", "hip hop music", "HIP_HOP", "trap", "Rap", "Deutschrap"],
         "Hip hop music"),
        (["K-Pop", "kpop", "k pop", "Schlager", "chanson française", "Chansons"], "Pop music"),
        (["Klassik", "Música Clásica", "musique classique", "classical", "Classical Music"],
         "Classical music"),
        (["hard bop", "Hard-Bop", "bebop", "Jazz", "ジャズ", "джаз"], "Jazz"),
        (["children's music", "Childrens music", "Kids", "Music for Children"],
         "Music for children"),
        (["spirituals", "Gospel"], "Gospel music"),
        (["Reggae music", "dancehall"], "Reggae"),
    ],
)  # fmt: skip
def test_spellings_synonyms_and_sub_genres_are_one_tag(spellings, tag):
    for name in spellings:
        assert tag in tags_of(name), name


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("indie folk from Norway", ("folk", "Folk music")),
        ("Norwegian jazz", ("jazz", "Jazz")),
        ("jazz evenings", ("jazz", "Jazz")),
        ("90s hip hop", ("Hip-Hop", "Hip hop music", "Rapping")),
        ("Dad rock", ("rock", "classic rock", "hard rock", "Rock music")),
        ("rock ballads 2019", ("rock", "classic rock", "hard rock", "Rock music")),
        ("FolkCountry", ("folk", "Folk music", "country", "Country")),
        ("Old-Time / Historic", ("Bluegrass",)),
        ("Songs for kids", ("Music for children", "Child singing")),
        ("Funk / Soul", ("funk", "Funk", "soul", "Soul music")),
        ("R & B / Soul", ("rnb", "soul", "Rhythm and blues", "Soul music")),
    ],
)
def test_a_longer_name_falls_back_on_the_genre_that_it_names(name, tags):
    assert tags_of(name) == tags


@pytest.mark.parametrize(
    "name",
    ["my stuff", "rock climbing", "house cleaning", "Country roads", "not jazz", "1",
     "everything but country", "music", "Zeitgeist", "!", "Stage & Screen"],
)  # fmt: skip
def test_a_name_that_says_no_genre_is_unknown(name):
    assert tags_of(name) == ()


def test_the_table_names_only_tags_that_the_networks_have_and_each_name_once():
    groups = tomllib.loads(TABLE.read_text(encoding="utf-8"))["like"]
    for group in groups:
        assert set(group.get("first", ())) <= set(musicnn.TAGS), group["names"]
        assert group.get("first") or group.get("second"), group["names"]
        assert set(group.get("second", ())) <= set(known_tags()), group["names"]
    names = [name for group in groups for name in group["names"]]
    assert len(names) == len(set(names)) >= 150
    for name in names:
        assert tags_of(name), name


def test_every_tag_is_a_name():
    for tag in known_tags():
        assert tag in tags_of(tag) or tags_of(tag), tag


def test_a_person_names_tags_in_any_spelling_or_a_genre_of_the_table():
    assert checked_tags(["JAZZ"]) == ("jazz", "Jazz")
    assert checked_tags(["hip-hop", "rapping"]) == ("Hip-Hop", "Hip hop music", "Rapping")
    assert checked_tags(["Soul"]) == ("soul", "Soul music")
    assert checked_tags(["k-pop"]) == ("pop", "Pop music")
    with pytest.raises(GenreError, match=r"'jaz' is no tag .* did you mean 'Jazz'"):
        checked_tags(["jaz"])
    assert tags_among(["jaz", "choir"]) == ("Choir",)


def test_tags_in_words_name_a_tag_of_both_networks_once():
    assert in_words(("jazz", "Jazz", "soul", "Choir", "Soul music")) == (
        "jazz",
        "soul",
        "Choir",
    )
    assert in_words(("Rock music",)) == ("rock",)
    shown = in_words(known_tags())
    assert set(checked_tags(shown)) == set(known_tags())
