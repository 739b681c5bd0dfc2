"""A backup gives a home back exactly; whatever is wrong with it, nothing is replaced."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from genrefit import backup as backups
from genrefit.config import Home
from genrefit.errors import GenrefitError, LibraryError
from genrefit.library import genres, open_library
from tests.support.commands import run_command
from tests.support.homes import fill_library

KILLED = """
import os, sys
from pathlib import Path
from genrefit import backup
from genrefit.config import Home
left = int(sys.argv[3])
replace = Path.replace
def counted(self, target):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return replace(self, target)
Path.replace = counted
backup.restore(Home(sys.argv[1]), Path(sys.argv[2]))
"""


def make_home(path: Path, genre: str) -> Home:
    home = Home(path)
    fill_library(home, [[genre], [genre]])
    genres.add(home, genre, [str(home.dropped / genre)])
    song, card = home.dropped / genre / "a.mp3", home.models / "mine" / "card.json"
    for target, content in {song: "song", card: genre}.items():
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(content))
    return home


def state(home: Home) -> dict:
    with open_library(home) as library:
        songs = {song.song_id: (song.title, song.genres) for song in library.songs()}
        sources = {g.name: g.sources for g in library.genres().values()}
    files = {
        str(path.relative_to(home.path)): path.read_bytes()
        for folder in (home.models, home.dropped)
        for path in folder.rglob("*.*")
        if path.is_file() and path.name != ".lock"
    }
    return {"songs": songs, "genres": sources, "files": files, "json": home.genres.read_bytes()}


@pytest.fixture
def made(tmp_path) -> tuple[Home, Path, dict]:
    home = make_home(tmp_path / "home", "jazz")
    file = tmp_path / "home.backup"
    backups.backup(home, file)
    return home, file, state(home)


def test_a_backup_gives_all_back_and_keeps_what_it_replaces(made, capsys):
    home, file, before = made
    with open_library(home) as library:
        library.drop_genre("jazz")
    genres.rename(home, "jazz", "swing")
    (home.models / "mine" / "card.json").write_text("{}")
    (home.models / "other").mkdir()
    (home.models / "other" / "card.json").write_text("{}")
    changed = state(home)
    code, _, err = run_command(home.path, capsys, "restore", str(file))
    assert (code, state(home)) == (0, before)
    (kept,) = (home.path / "replaced").iterdir()
    assert str(kept) in err
    assert state(Home(kept))["songs"] == changed["songs"]
    assert (kept / "models" / "other" / "card.json").exists()
    assert [p.name for p in home.data.iterdir() if "restore" in p.name] == ["restore.lock"]


def test_a_lost_library_is_restored(made):
    home, file, before = made
    os.truncate(home.library, 0)
    with pytest.raises(LibraryError, match="0 bytes"):
        open_library(home)
    backups.restore(home, file)
    assert state(home) == before


def test_in_another_home_dropped_songs_are_found_where_they_are_now(made, tmp_path):
    _, file, before = made
    other = Home(tmp_path / "other")
    restored = backups.restore(other, file)
    assert (restored.songs, restored.models, restored.kept) == (2, 1, None)
    after = state(other)
    assert (after["songs"], after["files"]) == (before["songs"], before["files"])
    assert after["genres"] == {"jazz": (str(other.dropped / "jazz"),)}


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_the_old_home_or_the_new(made, tmp_path):
    _, file, before = made
    other = make_home(tmp_path / "other", "folk")
    old = state(other)
    expected = {"folk", "jazz"}
    seen = set()
    for step in range(100):
        again = make_home(tmp_path / f"home{step}", "folk")
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(again.path), str(file), str(step)], check=False
        )
        after = state(again)
        (genre,) = after["genres"]
        seen.add(genre)
        wanted = before if genre == "jazz" else old
        assert after["songs"] == wanted["songs"], step
        assert after["files"].keys() == wanted["files"].keys(), step
        if killed.returncode == 0:
            break
        assert killed.returncode == 9
    assert seen == expected
    assert step > 5


def rewritten(file: Path, target: Path, change) -> Path:
    """The backup with its files changed by `change(name, content)`; None leaves a file out."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            for name, content in change(info.filename, old.read(info)):
                new.writestr(name, content)
    return target


def smuggled(name: str):
    """A backup whose manifest names a file that leads elsewhere, with its right digest."""

    def change(given: str, content: bytes):
        if given != "manifest.json":
            return [(given, content)]
        manifest = json.loads(content)
        manifest["files"][name] = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
        return [(given, json.dumps(manifest)), (name, b"x")]

    return change


CHANGES = {
    "a byte changed": lambda n, c: [(n, c[:-1] + b"?" if n.endswith("a.mp3") else c)],
    "a file missing": lambda n, c: [] if n.endswith("a.mp3") else [(n, c)],
    "a file more": lambda n, c: [(n, c), (f"{n}.more", c)],
    "no manifest": lambda n, c: [] if n == "manifest.json" else [(n, c)],
    "a manifest of another kind": lambda n, c: [(n, b"[1]" if n == "manifest.json" else c)],
    "another format": lambda n, c: [(n, c.replace(b'"format": 1', b'"format": 9'))],
    "a path that leads out": smuggled("models/../../../out"),
    "an absolute path": smuggled("/tmp/out"),
    "a path of another kind": smuggled("data/library.sqlite-wal"),
    "the library no library": lambda n, c: [(n, b"x" * len(c) if n.endswith("sqlite") else c)],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_no_whole_backup_replaces_nothing(made, tmp_path, capsys, change):
    home, file, before = made
    wrong = rewritten(file, tmp_path / "wrong", change)
    code, _, err = run_command(home.path, capsys, "restore", str(wrong))
    assert code == 1
    assert [line[:9] for line in err.splitlines()][-1:] == ["genrefit:"]
    assert "Traceback" not in err
    assert state(home) == before
    assert not (home.path / "replaced").exists()
    assert not (home.data / "restore").exists()


@pytest.mark.parametrize("size", [0, 10, 200, -50, -1])
def test_a_cut_off_backup_replaces_nothing(made, tmp_path, size):
    home, file, before = made
    (tmp_path / "cut").write_bytes(file.read_bytes()[:size])
    with pytest.raises(GenrefitError):
        backups.restore(home, tmp_path / "cut")
    assert state(home) == before


def test_what_cannot_be_written_or_is_not_there(home, tmp_path, capsys):
    assert run_command(home.path, capsys, "backup", str(tmp_path / "x"))[0] == 1
    assert run_command(home.path, capsys, "restore", str(tmp_path / "absent"))[0] == 1
    open_library(home).close()
    code, _, err = run_command(home.path, capsys, "backup", str(tmp_path / "no" / "folder"))
    assert (code, len(err.strip().splitlines())) == (1, 1)
