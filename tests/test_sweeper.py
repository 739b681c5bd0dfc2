"""What killed processes leave is erased at the next start; what anybody still needs stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.learning import model_store, registry
from genrefit.library import genres, open_library
from genrefit.storage import erase, swap_folder
from genrefit.sweeper import dropping, sweep_home
from tests.support.commands import run_command


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def put(path: Path, content: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


@pytest.fixture
def used(home) -> Home:
    genres.add(home, "jazz", [str(home.dropped / "jazz")])
    put(home.dropped / "jazz" / "song.mp3")
    return home


def test_every_kind_of_leftover_is_swept(used):
    dead = dead_pid()
    left = [
        put(used.work / "123-abc" / "song.webm.part").parent,
        put(used.work / "upload-xyz"),
        put(used.data / f".genres.json.{dead}-1.part"),
        put(used.dropped / "jazz" / f".new.mp3.{dead}-1.part"),
        put(used.data / "library-abcdefgh" / "library.sqlite").parent,
        put(used.data / f"library-{dead}-abcdefgh" / "library.sqlite").parent,
        put(used.models / "mine.part" / "model.skops").parent,
        put(used.models / f".in_use.json.{dead}-1.part"),
        put(used.models / ".gone.old.dead" / "card.json").parent,
    ]
    os.utime(left[0], (0, 0))
    sweep_home(used)
    assert [path for path in left if path.exists()] == []


def test_what_is_in_use_or_the_users_own_stays(used):
    mine = os.getpid()
    kept = [
        used.dropped / "jazz" / "song.mp3",
        put(used.data / f".genres.json.{mine}-1.part"),
        put(used.data / f"library-{mine}-abcdefgh" / "library.sqlite"),
        put(used.data / "library-ofmusic1" / "song.mp3"),
        put(used.data / "library-copy.sqlite"),
        put(used.models / "mine" / "card.json", "{}"),
        put(used.data / "notes.part.txt"),
    ]
    sweep_home(used)
    assert [path for path in kept if not path.exists()] == []


def test_any_verb_sweeps(used, capsys):
    left = put(used.models / "mine.part" / "model.skops").parent
    assert run_command(used.path, capsys, "genres", "list")[0] == 0
    assert not left.exists()


@pytest.mark.parametrize("end", [".old", ".old.dead"])
def test_a_replaced_model_never_comes_back(used, end):
    """The process was killed when the new model was in place and the old one half erased."""
    put(used.models / "mine" / "card.json", '{"new": 1}')
    put(used.models / f".mine{end}" / "card.json", '{"old": 1}')
    registry.delete(used, "mine")
    sweep_home(used)
    assert "mine" not in registry.names(used)
    assert not (used.models / "mine").exists()


def test_a_model_whose_replacement_was_interrupted_comes_back(used):
    put(used.models / ".mine.old" / "card.json", '{"old": 1}')
    sweep_home(used)
    assert (used.models / "mine" / "card.json").read_text() == '{"old": 1}'


def test_a_model_that_is_being_saved_is_left_alone(used):
    part = put(used.models / "mine.part" / "model.skops").parent
    with model_store.models_lock(used):
        sweep_home(used)
        assert part.exists()
    sweep_home(used)
    assert not part.exists()


def test_songs_that_no_genre_got_are_put_aside_and_come_back_with_their_source(used):
    song = put(used.dropped / "folk" / "song.mp3")
    with dropping(used):
        sweep_home(used)
        assert song.exists(), "they are being dropped just now"
    sweep_home(used)
    assert not song.parent.exists()
    with open_library(used) as library:
        library.empty_trash()
    genres.add(used, "folk", [str(song.parent)])
    sweep_home(used)
    assert song.read_text() == "x"


@pytest.mark.parametrize("path", ["../outside", "a/../../outside", ".", "a/.."])
def test_nothing_outside_is_erased(tmp_path, path):
    outside = put(tmp_path / "outside" / "song.mp3")
    home = tmp_path / "home"
    put(home / "a" / "b")
    with pytest.raises(GenrefitError, match="not erased"):
        erase(home / path, within=home)
    with pytest.raises(GenrefitError, match="not erased"):
        erase(outside.parent, within=home)
    assert outside.exists()
    assert (home / "a" / "b").exists()


def test_a_link_is_erased_itself(tmp_path):
    outside = put(tmp_path / "outside" / "song.mp3")
    home = tmp_path / "home"
    home.mkdir()
    (home / "link").symlink_to(outside.parent)
    with pytest.raises(GenrefitError, match="not erased"):
        erase(home / "link" / "song.mp3", within=home)
    erase(home / "link", within=home)
    assert outside.exists()
    assert not (home / "link").is_symlink()


@pytest.mark.parametrize("source", ["{home}/data/dropped/../../../outside", "{out}", "../outside"])
def test_removing_a_source_that_leads_out_erases_nothing(home, tmp_path, source):
    outside = put(tmp_path / "outside" / "song.mp3")
    given = source.format(home=home.path, out=outside.parent)
    genres.add(home, "jazz", [given])
    genres.remove_source(home, "jazz", given)
    genres.add(home, "jazz", [given])
    genres.remove_with_songs(home, "jazz")
    sweep_home(home)
    assert outside.read_text() == "x"


def test_moves_of_a_tampered_library_stay_in_the_home(home, tmp_path):
    outside = put(tmp_path / "outside" / "song.mp3")
    with open_library(home) as library, library.transaction() as db:
        db.execute("INSERT INTO journal (at, what) VALUES (1, 'x')")
        for number, source in enumerate(("../outside", str(outside.parent))):
            db.execute(
                "INSERT INTO journal_files (entry, number, source, target, pending) "
                "VALUES (1, ?, ?, 'data/x', 1)",
                (number, source),
            )
    open_library(home).close()
    assert outside.exists()


def test_swapping_leaves_no_old_content(tmp_path):
    put(tmp_path / "a" / "one")
    put(tmp_path / "b" / "two")
    swap_folder(tmp_path / "b", tmp_path / "a")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["two"]
