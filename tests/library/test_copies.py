"""Groups of copies, and what a person makes of them."""

from __future__ import annotations

import pytest

from genrefit.errors import LibraryError
from genrefit.library import open_library
from tests.support.recordings import drawn, features, song


@pytest.fixture
def library(home):
    with open_library(home) as library:
        for number in range(4):
            library.add(song(f"s{number}", "jazz"), features(drawn(number)))
        library.add(song("copy 1", "jazz"), features(drawn(1), cut=3))
        library.add(song("copy 2", "folk"), features(drawn(2), cut=7))
        yield library


def grouped(library, **options) -> list[set[str]]:
    return [{song.song_id for song in g.songs} for g in library.copy_groups(**options)]


def test_groups_under_different_genres_come_first(library):
    assert grouped(library) == [{"s2", "copy 2"}, {"s1", "copy 1"}]
    first, second = library.copy_groups()
    assert first.genres == ("folk", "jazz") and first.differ and not second.differ


def test_one_copy_is_kept_with_its_own_labels_or_all(library):
    assert [s.song_id for s in library.keep_copy("copy 1")] == ["s1"]
    library.keep_copy("s2", all_labels=True)
    assert grouped(library) == []
    assert library.song("s2").genres == ("folk", "jazz")
    library.undo()
    assert grouped(library) == [{"s2", "copy 2"}]
    assert library.song("s2").genres == ("jazz",)
    library.undo()
    assert len(grouped(library)) == 2


def test_copies_that_stay_are_not_asked_about_until_another_comes(library):
    library.keep_all_copies("s1")
    assert grouped(library) == [{"s2", "copy 2"}]
    assert len(grouped(library, kept=True)) == 2
    library.add(song("third", "folk"), features(drawn(1), cut=9))
    assert {"s1", "copy 1", "third"} in grouped(library)
    library.undo()
    assert len(grouped(library)) == 2
    recordings = library.recordings()
    assert recordings["s1"] == recordings["third"]  # they count as one whatever is said


def test_a_song_without_copies_cannot_be_one_of_them(library):
    for act in (library.keep_copy, library.keep_all_copies):
        with pytest.raises(LibraryError, match="no song with the id 's3' has copies"):
            act("s3")
