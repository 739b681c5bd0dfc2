"""A library that was lost is said, and nothing is put in its place in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from genrefit.config import Home
from genrefit.errors import LibraryError
from genrefit.library import database, genres, open_library
from genrefit.sweeper import sweep_home
from tests.library.test_database import VERSION_1, old_home  # noqa: F401
from tests.support.commands import run_command
from tests.support.homes import fill_library

KILLED = """
import os, sys
from genrefit.config import Home
from genrefit.library import database, open_library
step, home = sys.argv[1], Home(sys.argv[2])
def die(*_, **__): os._exit(9)
owner, name = {"layout": (database, "migrate"), "sync": (database.os, "fsync"),
               "name": (database.os, "link"), "folder": (database, "sync_folder")}[step]
setattr(owner, name, die)
open_library(home)
"""


@pytest.fixture
def filled(home) -> Home:
    fill_library(home, [["jazz"], ["folk"]])
    return home


def test_a_library_cut_to_nothing_is_refused_and_left_alone(filled, capsys):
    genres.add(filled, "jazz")
    os.truncate(filled.library, 0)
    for verb in (["library"], ["find", "jazz"], ["genres", "list"], ["genres", "add", "x"]):
        code, _, err = run_command(filled.path, capsys, *verb)
        assert code == 1
        assert len(err.strip().splitlines()) == 1
        assert "0 bytes" in err
        assert "genrefit restore" in err
    assert filled.library.stat().st_size == 0


@pytest.mark.parametrize("trace", ["models/mine/card.json", "data/dropped/jazz/a.mp3",
                                   "data/library.sqlite-wal", "data/genres.json",
                                   "data/backups/library.version-1.sqlite"])  # fmt: skip
def test_each_trace_of_a_library_keeps_an_empty_file_from_being_laid_out(home, trace):
    home.data.mkdir(parents=True)
    home.library.touch()
    (home.path / trace).parent.mkdir(parents=True, exist_ok=True)
    (home.path / trace).write_bytes(b"{}")
    with pytest.raises(LibraryError, match="0 bytes"):
        open_library(home)
    assert home.library.stat().st_size == 0


def test_an_empty_file_in_an_empty_home_becomes_a_library(home):
    home.data.mkdir(parents=True)
    home.library.touch()
    with open_library(home) as library:
        assert library.songs() == []


def test_a_log_without_its_library_is_no_new_library(filled):
    wal = filled.library.with_name("library.sqlite-wal")
    wal.write_bytes(b"x" * 5000)
    filled.library.unlink()
    with pytest.raises(LibraryError, match="is missing"):
        open_library(filled)
    assert wal.stat().st_size == 5000
    assert not filled.library.exists()


@pytest.mark.parametrize("step", ["layout", "sync", "name", "folder"])
def test_a_kill_while_a_library_is_made_leaves_all_or_nothing(tmp_path, step):
    home = Home(tmp_path / "home")
    killed = subprocess.run([sys.executable, "-c", KILLED, step, str(home.path)], check=False)
    assert killed.returncode == 9
    assert not home.library.exists() or home.library.stat().st_size > 0
    with open_library(home) as library:
        assert library.songs() == []
    sweep_home(home)
    assert [f.name for f in home.data.iterdir() if f.name.startswith("library-")] == []


def test_a_new_library_has_nothing_in_its_log(home):
    open_library(home).close()
    copied = home.data / "copy.sqlite"
    copied.write_bytes(home.library.read_bytes())
    database.connect(copied).close()


def test_a_full_disk_leaves_no_half_made_library(home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "library.sqlite")

    with monkeypatch.context() as patch:
        patch.setattr(database, "put_in_place", full)
        with pytest.raises(OSError, match="No space"):
            open_library(home)
    assert not home.library.exists()
    open_library(home).close()


def test_a_copy_is_kept_before_a_migration(old_home):  # noqa: F811
    open_library(old_home).close()
    kept = old_home.data / "backups" / "library.version-1.sqlite"
    before = Home(old_home.path / "earlier")
    before.data.mkdir(parents=True)
    kept.rename(before.library)
    with open_library(before) as library:
        assert [song.title for song in library.songs()] == ["One"]


def test_without_room_for_the_copy_nothing_is_migrated(old_home, monkeypatch):  # noqa: F811
    def full(*_):
        raise OSError(28, "No space left on device")

    before = old_home.library.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(database, "copy", full)
        with pytest.raises(LibraryError, match="no copy of it could be kept"):
            open_library(old_home)
    assert not list(old_home.data.glob("backups/*"))
    with open_library(old_home) as library:
        assert len(library.songs()) == 1
    assert len(before) <= old_home.library.stat().st_size
    assert VERSION_1


def test_homes_that_cannot_be_are_one_sentence(capsys):
    for place in ("/dev/null", "/proc/genrefit", "/dev/null/home"):
        for verb in (["genres", "add", "x"], ["library"], ["collect"], ["train"],
                     ["find", "x"], ["models"], ["demo"]):  # fmt: skip
            code, _, err = run_command(Path(place), capsys, *verb)
            lines = [line for line in err.splitlines() if line.startswith("genrefit:")]
            assert (code, len(lines)) in ((1, 1), (0, 0)), (place, verb, err)
            assert "Traceback" not in err
