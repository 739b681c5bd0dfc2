import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from genrefit import config
from genrefit.errors import LibraryError
from genrefit.features import FEATURE_SETS
from genrefit.library import open_library
from genrefit.records import FailedSong, Features, Song


def song(number: int, *genres: str, content: str | None = None) -> Song:
    return Song(
        song_id=f"{number:016x}",
        key=f"file:///{number}.mp3",
        address=f"/{number}.mp3",
        title=f"Song {number}",
        artist=f"Artist {number // 2}",
        seconds=60.0,
        content=content or f"content {number}",
        genres=genres,
    )


def classic(seed: int, n: int = 6) -> dict[str, Features]:
    rng = np.random.default_rng(seed)
    width = len(FEATURE_SETS["classic"].columns)
    starts = np.arange(n, dtype=np.float32) * 10
    return {"classic": Features(starts, rng.normal(size=(n, width)).astype(np.float32))}


def test_what_goes_in_comes_out(home):
    stored = classic(1)
    with open_library(home) as library:
        assert library.add(song(1, "jazz", "folk"), stored) == song(1).song_id
        assert library.songs() == [replace(song(1), genres=("folk", "jazz"))]
        table = library.table("classic")
        arrays = library.features(song(1).song_id, "classic")
    np.testing.assert_array_equal(table.X, stored["classic"].values)
    np.testing.assert_array_equal(table.start, stored["classic"].starts)
    np.testing.assert_array_equal(arrays.values, stored["classic"].values)
    assert table.songs["genres"].tolist() == [("folk", "jazz")]
    assert table.columns == FEATURE_SETS["classic"].columns


def test_a_copy_is_the_same_song_and_belongs_to_both_genres(home):
    with open_library(home) as library:
        first = library.add(song(1, "jazz"), classic(1))
        second = library.add(song(2, "folk", content="content 1"), classic(2))
        assert first == second
        assert len(library.songs()) == 1
        assert library.songs()[0].genres == ("folk", "jazz")
        assert library.keys() == {song(1).key: first, song(2).key: first}
        np.testing.assert_array_equal(library.table("classic").X, classic(1)["classic"].values)


def test_a_table_of_some_genres_names_no_others(home):
    with open_library(home) as library:
        library.add(song(1, "jazz", "folk"), classic(1))
        library.add(song(2, "rock"), classic(2))
        table = library.table("classic", genres=["jazz"])
    assert table.songs["genres"].tolist() == [("jazz",)]
    assert set(table.song) == {0}


def test_a_song_without_the_feature_set_is_left_out(home):
    with open_library(home) as library:
        library.add(song(1, "jazz"), classic(1))
        assert len(library.table("timbre").songs) == 0
        assert library.table("timbre").X.shape == (0, len(FEATURE_SETS["timbre"].columns))
        assert library.feature_versions() == {
            song(1).song_id: {"classic": FEATURE_SETS["classic"].version}
        }


def test_nothing_is_half_stored(home):
    broken = {**classic(1), "no such set": classic(2)["classic"]}
    with open_library(home) as library:
        with pytest.raises(KeyError):
            library.add(song(1, "jazz"), broken)
        assert library.songs() == []
        assert library.keys() == {}


def test_moving_and_removing(home):
    with open_library(home) as library:
        a = library.add(song(1, "jazz"), classic(1))
        b = library.add(song(2, "jazz", "folk"), classic(2))
        library.add_to_genre(a, "blues")
        library.remove_from_genre(a, "jazz")
        assert library.song(a).genres == ("blues",)
        library.rename_genre("folk", "jazz")
        assert library.song(b).genres == ("jazz",)
        assert library.drop_genre("jazz") == 1
        assert [s.song_id for s in library.songs()] == [a]
        library.remove(a)
        assert library.summary() == {"songs": 0, "segments": 0, "genres": {}, "failed": []}
        with pytest.raises(LibraryError, match="no song with the id"):
            library.song(a)


def test_what_was_taken_out_is_remembered_until_put_back(home):
    with open_library(home) as library:
        a = library.add(song(1, "jazz", "folk"), classic(1))
        b = library.add(song(2, "jazz"), classic(2))
        library.remove_from_genre(a, "jazz")
        library.remove(b)
        assert library.exclusions() == {(song(1).key, "jazz"), (song(2).key, "jazz")}
        library.add_to_genre(a, "jazz")
        library.rename_genre("jazz", "Jazz")
        assert library.exclusions() == {(song(2).key, "Jazz")}
        assert library.let_back_in() == 1
        assert library.labels_to_come_back() == {song(2).key: {"Jazz"}}
        library.remove(a)
        library.drop_genre("Jazz")
        assert library.exclusions() == {(song(1).key, "folk")}


def test_letting_back_in_keeps_the_labels_that_a_person_set(home):
    with open_library(home) as library:
        a = library.add(song(1, "jazz"), classic(1))
        b = library.add(song(2, "jazz"), classic(2))
        library.put_in_genre([a, b], "folk", alone=True)
        library.remove(b)
        assert library.removed_songs() == {(song(2).key, "folk")}
        assert library.let_back_in() == 1
        assert library.exclusions() == {(song(1).key, "jazz"), (song(2).key, "jazz")}
        assert library.song(a).genres == ("folk",)
        assert library.labels_to_come_back() == {song(2).key: {"folk"}}
        library.add(song(2, "folk"), classic(2))
        assert library.labels_to_come_back() == {} and library.let_back_in() == 0


def test_failures_count_attempts_and_go_when_the_song_comes(home):
    failure = FailedSong(
        song(1).key, "/1.mp3", "Song 1", None, ("jazz",), "refused", "network", True
    )
    with open_library(home) as library:
        library.record_failure(failure)
        library.record_failure(replace(failure, reason="gone", retry=False))
        assert library.failures() == [replace(failure, reason="gone", retry=False, attempts=2)]
        library.rename_genre("jazz", "folk")
        assert library.failures()[0].genres == ("folk",)
        library.add(song(1, "folk"), classic(1))
        assert library.failures() == []


def test_situations(home):
    with open_library(home) as library:
        library.save_situation("my wedding", "country or pop but not classical")
        library.save_situation("my wedding", "pop")
        assert library.situations() == {"my wedding": "pop"}
        library.delete_situation("my wedding")
        assert library.situations() == {}


def test_a_renamed_genre_is_renamed_in_situations(home):
    with open_library(home) as library:
        for name in ("rock", "hip hop"):
            library.define_genre(name)
        library.save_situation("party", "Hip-Hop > 30% but not rock")
        library.save_situation("odd", "hip hop and what nobody understands")
        library.rename_genre("hip hop", "R&B, Soul")
        assert library.situations() == {
            "party": "R&B, Soul > 30% but not rock",
            "odd": "hip hop and what nobody understands",
        }
        library.undo()
        assert library.situations()["party"] == "Hip-Hop > 30% but not rock"


def test_a_missing_library_is_reported_where_it_must_be_there(home):
    with pytest.raises(LibraryError, match="no library"):
        open_library(home, create=False)
    assert not home.data.exists()


def test_a_newer_file_is_left_as_it_was(home):
    open_library(home).close()
    db = sqlite3.connect(home.library)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = home.library.read_bytes()
    with pytest.raises(LibraryError, match="newer genrefit"):
        open_library(home)
    assert home.library.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"\7" * 5000, b"hello" * 1000])
def test_a_damaged_file_is_left_as_it_was(home, content):
    home.data.mkdir(parents=True)
    home.library.write_bytes(content)
    if not content:
        open_library(home).close()  # an empty file is a library not laid out yet
        return
    with pytest.raises(LibraryError, match="damaged or not a genrefit library"):
        open_library(home)
    assert home.library.read_bytes() == content


def test_another_programs_file_is_left_as_it_was(home):
    home.data.mkdir(parents=True)
    db = sqlite3.connect(home.library)
    db.execute("CREATE TABLE theirs (x)")
    db.close()
    before = home.library.read_bytes()
    with pytest.raises(LibraryError, match="not a genrefit library"):
        open_library(home)
    assert home.library.read_bytes() == before


def test_a_library_cut_in_the_middle_is_reported(home):
    with open_library(home) as library:
        for i in range(30):
            library.add(song(i, "jazz"), classic(i, n=24))
    whole = home.library.read_bytes()
    home.library.write_bytes(whole[: len(whole) // 2])
    with (
        pytest.raises(LibraryError, match=r"damaged|cannot be used"),
        open_library(home) as library,
    ):
        library.table("classic")


def test_a_locked_file_is_reported(home, monkeypatch):
    monkeypatch.setattr("genrefit.library.database.BUSY_SECONDS", 0.2)
    open_library(home).close()
    other = sqlite3.connect(home.library, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with open_library(home) as library, pytest.raises(LibraryError, match="locked"):
            library.save_situation("x", "y")
    finally:
        other.close()


def test_a_writer_killed_in_a_transaction_leaves_a_sound_library(home):
    with open_library(home) as library:
        library.add(song(1, "jazz"), classic(1))
    code = (
        "import os, signal\nfrom genrefit import config\n"
        "from genrefit.library import open_library\n"
        "library = open_library(config.home())\n"
        "with library.transaction() as db:\n"
        "    db.execute('DELETE FROM songs'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -9
    with open_library(home) as library:
        assert [s.title for s in library.songs()] == ["Song 1"]


def test_a_thousand_songs_load_in_under_a_second(home):
    with open_library(home) as library:
        for i in range(1000):
            library.add(song(i, "jazz"), classic(i, n=24))
        library.compare_recordings()
        begun = time.perf_counter()
        table = library.table("classic")
        spent = time.perf_counter() - begun
    assert table.X.shape == (24_000, 20)
    assert spent < 1.0


def test_many_that_open_a_new_library_at_once_all_find_it_well(tmp_path):
    """Reading its version and its tables at two moments once took a half-made one for foreign."""
    for number in range(40):
        home = config.Home(tmp_path / str(number))
        barrier = threading.Barrier(8)

        def opened(home=home, barrier=barrier):
            barrier.wait()
            with open_library(home) as library:
                return library.summary()["songs"]

        with ThreadPoolExecutor(8) as pool:
            assert [f.result() for f in [pool.submit(opened) for _ in range(8)]] == [0] * 8


def test_a_table_has_the_keys_of_all_artists_of_each_song(home):
    artists = ["Jay-Z & Kanye West", "JAY Z", "Beatles, The; Various Artists", "V.A.", None]
    with open_library(home) as library:
        for number, artist in enumerate(artists):
            library.add(replace(song(number, "folk"), artist=artist), classic(number))
        keys = list(library.table("classic").songs["artists"])
    assert set(keys[0]) & set(keys[1]) == {"jayz"}
    assert keys[2:] == [("beatles",), (), ()]
