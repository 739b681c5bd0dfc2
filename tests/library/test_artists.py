"""Artists to check: nobody, and names that may be one."""

from __future__ import annotations

import json

import pytest

from genrefit import config
from genrefit.errors import LibraryError
from genrefit.library import open_library
from tests.support.commands import run_command
from tests.support.recordings import drawn, features, song


@pytest.fixture
def library(home):
    names = ["Radiohead", "Radiohaed", "Beatles, The", "The Beatles", "Nina Simone", "Simone Nina",
             "Artist 1", "Artist 2", None, "Various Artists", "A; B", "Eels", "Eel"]  # fmt: skip
    with open_library(home) as library:
        for number, name in enumerate(names):
            library.add(song(f"s{number}", "jazz", artist=name), features(drawn(number)))
        yield library


def alike(library) -> set[frozenset[str]]:
    return {frozenset(pair.names) for pair in library.alike_artists()}


def test_small_differences_of_spelling_and_order_are_listed(library):
    assert alike(library) == {
        frozenset({"Radiohead", "Radiohaed"}),
        frozenset({"Nina Simone", "Simone Nina"}),
    }


def test_songs_of_nobody_are_listed(library):
    assert {s.song_id for s in library.songs_of_nobody()} == {"s8", "s9"}


def test_artists_of_one_recording_are_listed(library):
    library.add(song("copy", "rock", artist="Somebody"), features(drawn(4), cut=3))
    (pair,) = [p for p in library.alike_artists() if "Somebody" in p.names]
    assert "Nina Simone" in pair.names and "copies" in pair.why
    library.add(song("third", "rock", artist="A; C"), features(drawn(10), cut=3))
    assert not any("C" in p.names for p in library.alike_artists())


def test_an_artist_is_renamed_and_undone(library):
    assert library.rename_artist("radiohaed", "Radiohead") == 1
    assert frozenset({"Radiohead", "Radiohaed"}) not in alike(library)
    library.undo()
    assert frozenset({"Radiohead", "Radiohaed"}) in alike(library)
    with pytest.raises(LibraryError, match="no song is by 'Nobody Here'"):
        library.rename_artist("Nobody Here", "X")
    with pytest.raises(LibraryError, match="no artist's name"):
        library.rename_artist("Radiohead", "unknown")


def test_the_command_lists_and_renames(library, home, capsys):
    _, out, _ = run_command(home.path, capsys, "artists", "--json")
    assert len(json.loads(out)["unknown"]) == 2 and len(json.loads(out)["alike"]) == 2
    code, out, err = run_command(home.path, capsys, "artists")
    assert code == 0 and "Radiohaed" in out and "2 songs by an unknown artist" in err
    assert run_command(home.path, capsys, "artists", "rename", "Radiohaed", "Radiohead")[0] == 0
    assert config.home(home.path) == home
