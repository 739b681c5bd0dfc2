import json

import pytest

from genrefit import config
from genrefit.library import open_library
from genrefit.records import Song
from tests.support.commands import run_command


@pytest.fixture
def filled(tmp_path):
    home = tmp_path / "home"
    with open_library(config.home(home)) as library:
        for name in ("jazz", "Hip Hop"):
            library.define_genre(name)
        for number, title in enumerate(("So What", "So What", "Blue")):
            song = Song(f"s{number}", f"k{number}", f"/{number}.mp3", title, f"Artist {number}",
                        9.0, f"c{number}", ("jazz",))  # fmt: skip
            library.add(song, {})
    return home


def labels(home):
    with open_library(config.home(home)) as library:
        return {song.song_id: song.genres for song in library.songs()}


def test_songs_are_listed(filled, capsys):
    code, out, _ = run_command(filled, capsys, "songs", "list", "so wh", "--genre", "JAZZ")
    assert code == 0 and "s0" in out and "Artist 1 - So What" in out and "Blue" not in out
    _, out, _ = run_command(filled, capsys, "songs", "list", "--json")
    assert [song["song_id"] for song in json.loads(out)] == ["s0", "s1", "s2"]


def test_songs_are_moved_joined_taken_out_and_removed_and_each_is_undone(filled, capsys):
    before = labels(filled)
    for arguments, expected in (
        (("move", "hip-hop", "blue", "s0"), before | {"s0": ("Hip Hop",), "s2": ("Hip Hop",)}),
        (("add", "hip hop", "Artist 1 - So What"), before | {"s1": ("Hip Hop", "jazz")}),
        (("out", "jazz", "s1"), before | {"s1": ()}),
        (("remove", "s1", "blue"), {"s0": ("jazz",)}),
    ):
        code, _, err = run_command(filled, capsys, "songs", *arguments)
        assert code == 0 and "genrefit undo takes it back" in err
        assert labels(filled) == expected
        assert run_command(filled, capsys, "undo")[0] == 0
        assert labels(filled) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("move", "polka", "s0"), "there is no genre 'polka'; there are jazz, Hip Hop"),
        (("remove", "s0", "nothing"), "there is no song 'nothing'"),
        (("remove", "so what"), "2 songs may be meant by 'so what'"),
        (("remove", " "), "there is no song ' '"),
    ],
)
def test_what_is_not_there_is_one_sentence_and_changes_nothing(filled, capsys, arguments, sentence):
    before = labels(filled)
    code, _, err = run_command(filled, capsys, "songs", *arguments)
    assert code == 1 and sentence in err and labels(filled) == before
