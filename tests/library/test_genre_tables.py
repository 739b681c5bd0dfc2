"""One truth for genres: the library, with genres.json written from it or read into it."""

import json
import os
import signal
import sqlite3
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit.config import Home
from genrefit.errors import GenreError, LibraryError
from genrefit.library import genre_file, genres, open_library
from genrefit.library.exchange import export_segments, import_segments
from genrefit.records import Features, Genre, Song

import numpy as np  # isort: skip


def in_file(home: Home) -> dict:
    return json.loads(home.genres.read_text())


def test_a_file_that_a_person_edited_is_read_in(home):
    genres.add(home, "jazz", ["/a"])
    home.genres.write_text('{"jazz": ["/a", "/b"],\n "folk": {"sources": [], "like": ["guitar"]}}')
    assert genres.read(home) == {
        "jazz": Genre("jazz", ("/a", "/b")),
        "folk": Genre("folk", (), ("guitar",)),
    }
    text = home.genres.read_text()
    assert text.startswith('{"jazz": ["/a", "/b"],\n'), "the person's own layout stays"
    home.genres.unlink()
    assert list(genres.read(home)) == ["jazz", "folk"], "a missing file is written anew"
    assert in_file(home) == {
        "jazz": ["/a", "/b"],
        "folk": {"sources": [], "like": ["guitar"]},
    }


def test_the_order_of_an_edited_file_counts(home):
    for name in ("a", "b", "c"):
        genres.add(home, name)
    home.genres.write_text('{"c": [], "b": [], "d": []}')
    assert list(genres.read(home)) == ["c", "b", "d"]
    genres.add(home, "a")
    genres.rename(home, "b", "B2")
    assert list(in_file(home)) == ["c", "B2", "d", "a"]


def test_a_home_that_has_only_the_file_is_read_in(home):
    home.data.mkdir(parents=True)
    home.genres.write_text('{"jazz": ["/a"]}')
    assert genres.read(home) == {"jazz": Genre("jazz", ("/a",))}
    assert not home.library.exists(), "looking makes nothing"
    genres.add(home, "folk")
    assert list(in_file(home)) == ["jazz", "folk"]


def test_a_library_of_version_2_gets_its_genres_from_the_file(home):
    open_library(home).close()
    db = sqlite3.connect(home.library)
    for table in (
        "genres",
        "written_files",
        "journal_rows",
        "journal_files",
        "journal",
        "confirmed",
        "song_means",
        "recordings",
        "kept_copies",
        "song_files",
    ):
        db.execute(f"DROP TABLE {table}")
    db.execute("ALTER TABLE kept_out DROP COLUMN state")
    db.execute("DROP INDEX features_of_set")
    db.execute("PRAGMA user_version = 2")
    db.close()
    home.genres.write_text('{"jazz": ["/a"], "folk": []}')
    assert list(genres.read(home)) == ["jazz", "folk"]
    with open_library(home) as library:
        assert list(library.genres()) == ["jazz", "folk"]


def test_tags_that_a_genre_is_like(home):
    genres.add(home, "wedding", ["/a"])
    assert genres.set_like(home, "Wedding", ["disco", "soul", "disco"]).like == ("disco", "soul")
    genres.add(home, "wedding", ["/b"])
    genres.rename(home, "wedding", "party")
    assert genres.read(home) == {"party": Genre("party", ("/a", "/b"), ("disco", "soul"))}
    assert in_file(home) == {"party": {"sources": ["/a", "/b"], "like": ["disco", "soul"]}}
    genres.set_like(home, "party", None)
    assert in_file(home) == {"party": ["/a", "/b"]}


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe{",
        b"[" * 100_000,
        b'{"jazz": {"bpm": 120}}',
        b'{"jazz": {"sources": [], "like": "disco"}}',
        b'{"\\ud800": []}',
        b'{"jazz ": [], " jazz": []}',
        b'{"jazz": ' + b"9" * 5000 + b"}",
        b"SQLite format 3\0",
        b"",
    ],
)
def test_a_foreign_file_is_one_sentence_and_changes_nothing(home, content):
    genres.add(home, "jazz", ["/a"])
    home.genres.write_bytes(content)
    before = dump(home)
    for act in (
        lambda: genres.read(home),
        lambda: genres.add(home, "folk"),
        lambda: genres.rename(home, "jazz", "folk"),
        lambda: genres.remove_with_songs(home, "jazz"),
    ):
        with pytest.raises(GenreError) as error:
            act()
        assert str(home.genres) in str(error.value) and "\n" not in str(error.value)
    assert home.genres.read_bytes() == content and dump(home) == before


def test_a_folder_in_the_files_place_is_one_sentence(home):
    home.genres.mkdir(parents=True)
    with pytest.raises(GenreError, match="is not a file: move it away"):
        genres.add(home, "jazz")


def test_the_file_is_written_after_the_commit(home):
    genres.add(home, "jazz")
    with open_library(home) as library, library.transaction():
        library.define_genre("folk")
        assert list(in_file(home)) == ["jazz"], "nothing is written before the commit"
        assert list(library.genres()) == ["jazz", "folk"]
    assert list(in_file(home)) == ["jazz", "folk"]


def test_a_file_that_cannot_be_written_is_written_as_soon_as_it_can(home, caplog):
    genres.add(home, "jazz")
    # Where the file is written before it takes its place stands a folder.
    in_the_way = home.data / f".genres.json.{os.getpid()}-{threading.get_ident()}.part"
    (in_the_way / "x").mkdir(parents=True)
    genres.add(home, "folk")
    assert list(genres.read(home)) == ["jazz", "folk"], "the change itself is kept"
    assert list(in_file(home)) == ["jazz"] and "cannot be written" in caplog.text
    (in_the_way / "x").rmdir()
    in_the_way.rmdir()
    assert list(genres.read(home)) == list(in_file(home)) == ["jazz", "folk"]


def test_a_change_that_breaks_off_leaves_file_and_songs(home):
    fill(home)
    before = dump(home), home.genres.read_bytes()
    with (
        pytest.raises(LibraryError, match="no song with the id"),
        open_library(home) as library,
        library.transaction(),
    ):
        library.rename_genre("jazz", "swing")
        library.define_genre("other")
        library.song("absent")
    assert (dump(home), home.genres.read_bytes()) == before
    assert list(genres.read(home)) == ["jazz", "folk"]


names = st.sampled_from(["jazz", "folk", "Hip-Hop", "hip hop", "50%", 'a "b"', "日本", "R&B, Soul"])
texts = st.lists(st.text(max_size=8), max_size=3).map(tuple)
definitions = st.dictionaries(
    names, st.tuples(texts, st.none() | texts), max_size=5
).map(lambda d: {n: Genre(n, *value) for n, value in d.items()})  # fmt: skip


@given(definitions)
def test_what_is_written_is_read_back(defined):
    data = genre_file.as_bytes(defined)
    if {"Hip-Hop", "hip hop"} <= set(defined):
        with pytest.raises(GenreError, match="one genre"):
            genre_file.parse(data, "x")
    else:
        read = genre_file.parse(data, "x")
        assert read == defined and list(read) == list(defined)


@settings(max_examples=300)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_genres_or_a_sentence(data):
    try:
        genre_file.parse(data, "genres.json")
    except GenreError as error:
        assert str(error).startswith("genres.json")


def dump(home: Home) -> list[tuple]:
    db = sqlite3.connect(home.library)
    try:
        tables = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name not in ("sqlite_sequence", "written_files") and not name.startswith("journal")
        ]
        return [(t, sorted(db.execute(f"SELECT * FROM {t}"), key=repr)) for t in sorted(tables)]
    finally:
        db.close()


def fill(home: Home) -> None:
    genres.add(home, "jazz", ["/jazz"])
    genres.add(home, "folk", ["/folk"])
    row = Features(np.zeros(1, np.float32), np.ones((1, 20), np.float32))
    with open_library(home) as library:
        for number, names in enumerate((("jazz",), ("jazz", "folk"), ("folk",))):
            song = Song(f"s{number}", f"k{number}", f"/{number}.mp3", f"T{number}", "A", 9.0,
                        f"c{number}", names)  # fmt: skip
            library.add(song, {"classic": row})


def labels(home: Home) -> dict[str, tuple[str, ...]]:
    with open_library(home) as library:
        return {song.song_id: song.genres for song in library.songs()}


def undo(home: Home) -> None:
    with open_library(home) as library:
        library.undo()


CHANGES = {
    "add": lambda home: genres.add(home, "blues", ["/b"]),
    "rename": lambda home: genres.rename(home, "jazz", "swing"),
    "remove with songs": lambda home: genres.remove_with_songs(home, "jazz"),
    "edited by hand": lambda home: genres.read(home),
    "import": lambda home: import_segments(home, home.data / "x.jsonl"),
    "undo": undo,
}


@pytest.mark.parametrize("change", CHANGES)
def test_killed_at_any_step_there_is_one_truth(tmp_path, change):
    """The process is killed at every twelfth line of ours that runs, until none is left."""
    start = Home(tmp_path / "start")
    fill(start)
    if change == "import":
        export_segments(start, start.data / "x.jsonl", features="classic")
        genres.remove_with_songs(start, "jazz")
    if change == "undo":
        genres.rename(start, "jazz", "swing")
    outcomes, steps = set(), 0
    for step in range(0, 10_000, 12):
        home = Home(tmp_path / f"{step}")
        home.data.mkdir(parents=True)
        for file in start.data.iterdir():
            (home.data / file.name).write_bytes(file.read_bytes())
        if change == "edited by hand":
            home.genres.write_text('{"folk": ["/folk"], "blues": []}')
        finished = killed_at(step, lambda home=home: CHANGES[change](home))
        read = genres.read(home)
        assert genre_file.parse(home.genres.read_bytes(), "x") == read, f"step {step}"
        outcomes.add((tuple(read), tuple(labels(home).items())))
        used = {name for names in labels(home).values() for name in names}
        if change != "edited by hand":
            assert used & {"jazz", "swing"} == set(read) & {"jazz", "swing"}, f"step {step}"
        steps += 1
        if finished:
            break
    assert steps > 20, "the steps of the change were killed"
    assert len(outcomes) == (1 if change == "edited by hand" else 2), outcomes


def killed_at(step: int, act) -> bool:
    """Run `act` in a process that is killed at its `step`th line; tell whether it ended before."""
    pid = os.fork()
    if pid == 0:
        left = [step]

        def at_line(frame, event, argument):
            file = frame.f_code.co_filename
            if "genrefit" not in file or file.endswith("row_recorder.py"):
                return None  # what is recorded stands in memory until the commit
            if event == "line":
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return at_line

        code = 1
        try:
            sys.settrace(at_line)
            act()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0
    return True
