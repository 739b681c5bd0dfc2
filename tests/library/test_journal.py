"""Every change of a person is journaled, and undoing restores exactly what was there."""

import contextlib
import itertools
import json
import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genrefit.config import Home
from genrefit.errors import GenrefitError, LibraryError
from genrefit.features import CLASSIC
from genrefit.library import Library, genres, journal, open_library
from genrefit.library.exchange import import_file
from genrefit.library.row_recorder import TABLES, packed, unpacked
from genrefit.records import FailedSong, Features, Song

GENRES = ("jazz", "folk", "rock", "blues")
SONGS = tuple(f"s{number}" for number in range(5))


def fill(home: Home) -> None:
    for name in GENRES[:3]:
        genres.add(home, name, [f"/{name}"])
    with open_library(home) as library:
        for number, song_id in enumerate(SONGS):
            random = np.random.default_rng(number % 3)  # so that some are copies of others
            values = random.normal(size=(3, 20)).astype(np.float32)
            library.add(
                Song(song_id, f"k{number}", f"/{number}.mp3", f"Title \0 {number}", None, 0.1 + 0.2,
                     f"c{number}", GENRES[number % 3 : number % 3 + 1 + number % 2]),
                {"classic": Features(np.array([0, 10, 20], np.float32), values)},
            )  # fmt: skip
        library.record_failure(
            FailedSong("f", "/f", "F", None, ("jazz", "folk"), "gone", "gone", False)
        )


def rows_of(library: Library) -> dict[tuple, tuple]:
    """Return every row that a change may touch, by table and values of its key."""
    found = {}
    for table in TABLES:
        keys = 2 if table in ("song_genres", "features", "kept_out", "confirmed") else 1
        for row in library.rows(f"SELECT * FROM {table}"):
            found[table, row[:keys]] = row
    return found


song_ids = st.sampled_from(SONGS)
names = st.sampled_from(GENRES)
several = st.lists(song_ids, min_size=1, max_size=3, unique=True)
CHANGES = st.one_of(
    st.tuples(st.just("add_to_genre"), song_ids, names),
    st.tuples(st.just("remove_from_genre"), song_ids, names),
    st.tuples(st.just("set_genres"), song_ids, st.lists(names, min_size=1, max_size=3)),
    st.tuples(st.just("put_in_genre"), several, names, st.booleans()),
    st.tuples(st.just("remove"), song_ids),
    st.tuples(st.just("remove_songs"), several),
    st.tuples(st.just("rename_genre"), names, st.sampled_from([*GENRES, "Jazz", "soul"])),
    st.tuples(st.just("drop_genre"), names),
    st.tuples(st.just("define_genre"), names, st.lists(st.sampled_from(["/a", "/b"]))),
    st.tuples(st.just("undefine_genre"), names),
    st.tuples(st.just("set_like"), names, st.none() | st.lists(st.sampled_from(["disco", "soul"]))),
    st.tuples(st.just("let_back_in")),
    st.tuples(st.just("confirm_label"), song_ids, names),
    st.tuples(st.just("keep_copy"), song_ids),
    st.tuples(st.just("keep_all_copies"), song_ids),
    st.tuples(st.just("save_situation"), st.sampled_from(["wedding", "run"]), names),
    st.tuples(st.just("delete_situation"), st.sampled_from(["wedding", "run"])),
    st.tuples(st.just("forget_failure"), st.just("f")),
    st.tuples(st.just("edit"), st.dictionaries(names, st.lists(st.just("/c")), max_size=3)),
    st.tuples(st.just("import"), names, st.sampled_from(["s0", "s9"])),
)


def act(library: Library, change: tuple) -> None:
    name, *arguments = change
    if name == "edit":
        library.home.genres.write_text(json.dumps(arguments[0]))
        library.genres()
        return
    if name == "import":
        row = {"song": "X - y", "genre": arguments[0], "song_id": arguments[1], "title": "y"}
        file = library.home.data / "x.jsonl"
        file.write_text(json.dumps({**row, "features": "classic", **dict.fromkeys(CLASSIC, 1.5)}))
        import_file(library.home, file)
        return
    options = {"alone": arguments.pop()} if name == "put_in_genre" else {}
    with contextlib.suppress(GenrefitError):  # no such song, genre or label: nothing has changed
        getattr(library, name)(*arguments, **options)


@pytest.fixture(scope="module")
def start(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("start"))
    fill(home)
    return home


def copied(start: Home, folder: str) -> Home:
    home = Home(Path(folder))
    home.data.mkdir(parents=True)
    for file in start.data.iterdir():
        (home.data / file.name).write_bytes(file.read_bytes())
    return home


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(CHANGES, min_size=1, max_size=8))
def test_undoing_all_and_redoing_all_goes_through_the_same_states(start, changes):
    with tempfile.TemporaryDirectory() as folder, open_library(copied(start, folder)) as library:
        states, entries = [rows_of(library)], []
        first = library.last_change().number
        for change in changes:
            act(library, change)
            newest = library.history(1)[0]
            if newest.number > (entries[-1] if entries else first):
                entries.append(newest.number)
                states.append(rows_of(library))
            else:
                assert rows_of(library) == states[-1], f"{change} left no entry"
        undos = []
        for number, before in zip(reversed(entries), reversed(states[:-1]), strict=True):
            assert library.undo().number == number
            assert rows_of(library) == before
            undos.append(library.history(1)[0].number)
            assert genres.read(library.home) == library.genres()
        for undo, after in zip(reversed(undos), states[1:], strict=True):
            library.undo(undo)
            assert rows_of(library) == after
        assert not library.rows("PRAGMA foreign_key_check")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=st.lists(CHANGES | st.tuples(st.just("undo"), st.integers(0, 9)), min_size=2, max_size=10)
)
def test_undoing_any_entry_leaves_the_others_in_effect(start, steps):
    """What is there is what was there at first, with the rows that the entries in effect set."""
    with tempfile.TemporaryDirectory() as folder, open_library(copied(start, folder)) as library:
        first, base = library.history(1)[0].number, rows_of(library)
        differences = {}
        for step in steps:
            before, last = rows_of(library), library.history(1)[0].number
            if step[0] == "undo":
                own = [e for e in library.history() if e.number > first]
                if not own:
                    continue
                try:
                    library.undo(own[step[1] % len(own)].number)
                except LibraryError as error:
                    assert "undone already" in str(error) or "Undo first: " in str(error)
                    assert rows_of(library) == before
            else:
                act(library, step)
                after = rows_of(library)
                if library.history(1)[0].number > last:
                    differences[library.history(1)[0].number] = {
                        key: after.get(key)
                        for key in before.keys() | after.keys()
                        if before.get(key) != after.get(key)
                    }
            expected = dict(base)
            for entry in sorted(library.history(), key=lambda e: e.number):
                if entry.undoes is None and not entry.undone and entry.number in differences:
                    expected |= differences[entry.number]
            assert rows_of(library) == {k: row for k, row in expected.items() if row is not None}


def test_what_may_not_be_undone_says_why(start, tmp_path):
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        library.put_in_genre(["s0"], "rock", alone=True)
        moved = library.last_change().number
        library.put_in_genre(["s1"], "rock", alone=True)
        library.add_to_genre("s0", "folk")
        with pytest.raises(LibraryError, match=rf"Undo first: {moved + 2} \("):
            library.undo(moved)
        library.undo(moved + 1)
        with pytest.raises(LibraryError, match="is undone already"):
            library.undo(moved + 1)
        with pytest.raises(LibraryError, match="there is no change 999 in the history"):
            library.undo(999)
        library.undo()
        library.undo()
        assert library.song("s0").genres == ("jazz",)
        for _ in range(3):
            library.undo()
        with pytest.raises(LibraryError, match="there is nothing to undo"):
            library.undo()


def test_a_genre_that_songs_were_put_in_since_is_not_undone_first(start, tmp_path):
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        library.define_genre("blues")
        added = library.last_change().number
        library.add_to_genre("s0", "blues")
        with pytest.raises(LibraryError, match="Undo first"):
            library.undo(added)
        library.undo()
        library.undo(added)
        assert "blues" not in library.genres()


def test_a_redo_waits_for_what_it_builds_on(start, tmp_path):
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        library.set_genres("s0", ["rock"])
        library.set_genres("s0", ["folk"])
        library.undo()
        second = library.history(1)[0].number
        library.undo()
        with pytest.raises(LibraryError, match="Undo first"):
            library.undo(second)
        library.undo(second + 1)
        library.undo(second)
        assert library.song("s0").genres == ("folk",)


def test_several_changes_are_one_entry_and_a_failed_one_is_none(start, tmp_path):
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        before, last = rows_of(library), library.history(1)
        with library.change("tidied up"):
            library.remove("s0")
            library.rename_genre("rock", "Rock")
        assert library.history(1)[0].what == "tidied up"
        library.undo()
        assert rows_of(library) == before and library.history(3)[2:] == last
        newest = library.history(1)
        with pytest.raises(LibraryError, match="no song"), library.change("broken off"):
            library.remove("s0")
            library.song("absent")
        assert rows_of(library) == before and library.history(1) == newest
        with library.change("nothing"):
            library.add_to_genre("s0", "jazz")
        assert library.history(1) == newest


def test_what_a_collection_does_is_not_journaled(start, tmp_path):
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        newest = library.history(1)
        library.join_genre("s0", "rock")
        library.add(Song("new", "k", "/n", "New", None, 1.0, "c", ("jazz",)), {})
        assert library.history(1) == newest


def test_the_journal_is_bounded(start, tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "MOST_ENTRIES", 5)
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        for number in range(8):
            library.save_situation(f"n{number}", "jazz")
        assert len(library.history()) == 5
        assert library.rows("SELECT COUNT(DISTINCT entry) FROM journal_rows") == [(5,)]
        monkeypatch.setattr(journal, "MOST_BYTES", 10)
        library.remove("s0")
        assert [entry.what for entry in library.history()] == ["removed 'Title \\x00 0'"]
        library.undo()
        monkeypatch.setattr(journal, "MOST_DAYS", -1)
        library.save_situation("later", "jazz")
        assert [entry.what for entry in library.history()] == ["saved the situation later"]


@given(
    st.dictionaries(
        st.text(),
        st.none() | st.binary() | st.text() | st.integers() | st.floats(allow_nan=False),
    )
)
def test_a_packed_row_comes_back_exactly(row):
    assert repr(unpacked(packed(row))) == repr(row)


def test_confirmed_labels_follow_their_labels(start, tmp_path):
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        library.confirm_label("s0", "jazz")
        assert library.confirmed_labels() == {("s0", "jazz")}
        with pytest.raises(LibraryError, match="is not in rock"):
            library.confirm_label("s0", "rock")
        with pytest.raises(LibraryError, match="no song has the id absent"):
            library.confirm_label("absent", "rock")
        library.rename_genre("jazz", "swing")
        assert library.confirmed_labels() == {("s0", "swing")}
        library.remove_from_genre("s0", "swing")
        assert library.confirmed_labels() == set()
        for _ in range(3):
            library.undo()
        assert library.confirmed_labels() == set()


def test_every_table_of_a_persons_is_recorded(home):
    """A new table must be named among TABLES or here, or changes of it could not be undone."""
    open_library(home).close()
    db = sqlite3.connect(home.library)
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.close()
    machine = {"jobs", "sqlite_sequence", "written_files", "song_means", "recordings", "song_files"}
    assert {t for t in tables if not t.startswith("journal")} - machine == set(TABLES)


def test_entries_are_numbered_on(start, tmp_path):
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        library.remove("s0")
        library.remove("s1")
        numbers = [entry.number for entry in library.history()]
        assert all(a > b for a, b in itertools.pairwise(numbers))


def test_renaming_to_the_same_name_changes_nothing(start, tmp_path):
    home = copied(start, str(tmp_path / "home"))
    with open_library(home) as library:
        before = rows_of(library)
        assert genres.rename(home, "Jazz", "jazz") == ("jazz", "jazz")
        assert rows_of(library) == before


def test_a_song_that_came_again_is_not_undone_over(start, tmp_path):
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        library.remove("s0")
        library.add(Song("other", "k0", "/0.mp3", "Again", None, 1.0, "c0", ("jazz",)), {})
        before = rows_of(library)
        with pytest.raises(LibraryError, match="collected again since"):
            library.undo()
        assert rows_of(library) == before


def test_a_rename_is_undone_though_a_failure_passed_since(start, tmp_path):
    with open_library(copied(start, str(tmp_path / "home"))) as library:
        library.rename_genre("jazz", "swing")
        library.add(Song("new", "f", "/f", "F", None, 1.0, "cf", ("swing",)), {})
        assert library.failures() == []
        library.undo()
        assert "jazz" in library.genres() and library.failures() == []
