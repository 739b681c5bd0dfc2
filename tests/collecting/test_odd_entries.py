"""One bad entry never takes others down: collected, scored, exported and printed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import psutil
import pytest

from genrefit import sources
from genrefit.collecting.collector import collect
from genrefit.library import genres, open_library
from genrefit.processes import KILLED, Workers
from genrefit.sources import local
from tests.support import songs
from tests.support.commands import run_process

LATIN = os.fsdecode(b"caf\xe9 - th\xe9.wav")
GOOD = 4


@pytest.fixture(scope="module")
def odd(tmp_path_factory) -> Path:
    """A folder of four good songs of odd names, and of much else."""
    folder = tmp_path_factory.mktemp("odd") / os.fsdecode(b"fol\xe9der ")
    folder.mkdir()
    names = ("plain.wav", LATIN, "...Baby.wav", "sub /Ann - Two\n.wav")
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(songs.write(folder.parent / f"{number}.wav", number), folder / name)
    (folder / "noise.mp3").write_bytes(os.urandom(5000))
    (folder / "empty.flac").write_bytes(b"")
    data = bytearray((folder / "plain.wav").read_bytes())
    data[20:22] = b"\x34\x12"  # a codec that nobody knows
    (folder / "codec.wav").write_bytes(data)
    os.mkfifo(folder / "pipe.mp3")
    (folder / "self.mp3").symlink_to("self.mp3")
    (folder / "loop").symlink_to(folder)
    (folder / "zero.mp3").symlink_to("/dev/zero")
    (folder / "cover.jpg").write_bytes(b"x")
    return folder


def test_a_folder_of_odd_entries_is_collected_stored_and_exported(odd, home, tmp_path):
    home.path.mkdir()
    assert run_process(home.path, "genres", "add", "odd", os.fspath(odd))[0] == 0
    code, out, err = run_process(home.path, "collect", "--features", "classic")
    assert code == 0, err
    assert f"{GOOD} songs collected, 3 failed" in out
    assert "4 files left out: 1 device, 1 link in a circle, 1 named pipe, 1 picture" in out
    with open_library(home) as library:
        stored = {(song.artist, song.title) for song in library.songs()}
    assert stored == {("café", "thé"), ("Ann", "Two"), (None, "...Baby"), (None, "plain")}
    for target in ("out.jsonl", "out.csv"):
        assert run_process(home.path, "export", str(tmp_path / target))[0] == 0
        assert "thé" in (tmp_path / target).read_text(encoding="utf-8")
    code, out, err = run_process(home.path, "library", "--json")
    assert len(json.loads(out)["failed"]) == 3
    code, out, err = run_process(home.path, "collect", "--features", "classic")
    assert (code, out.splitlines()[0].split(";")[0]) == (
        0,
        "0 songs collected, 0 failed, 7 left as they were",
    )


@pytest.mark.parametrize("make_folder", [False, True])
def test_missing_and_empty_sources_make_exit_1(make_folder, home, tmp_path):
    home.path.mkdir()
    source = tmp_path / "music"
    if make_folder:
        source.mkdir()
    assert run_process(home.path, "genres", "add", "jazz", str(source))[0] == 0
    code, out, _ = run_process(home.path, "collect", "--json")
    assert code == 1 and json.loads(out)["failed_sources"] == 1


def test_a_fault_inside_one_file_is_noted_and_the_others_are_listed(odd, home, monkeypatch):
    def read_tags(path):
        if path.name == "plain.wav":
            raise ZeroDivisionError("unforeseen")
        return {}, None

    monkeypatch.setattr(local, "read_tags", read_tags)
    listing = sources.list_songs(str(odd))
    assert len(listing.songs) == GOOD + 3 - 1
    assert any("a fault in genrefit (ZeroDivisionError: unforeseen)" in n for n in listing.notes)


def kill_itself(item: str) -> str:
    os.kill(os.getpid(), signal.SIGKILL if item == "killed" else signal.SIGSEGV)
    return item


def test_a_worker_killed_from_outside_is_told_from_one_that_crashed():
    with Workers(kill_itself, n_jobs=1) as workers:
        kinds = []
        for item in ("killed", "crashed"):
            workers.submit(item)
            while not (outcomes := workers.wait(1)):
                time.sleep(0.01)
            kinds.append(outcomes[0].failure.kind)
    assert kinds == [KILLED, "crashed"]


def test_a_song_whose_worker_was_killed_is_tried_again(home, tmp_path):
    folder = songs.folder(tmp_path / "music", {"Ann - One.wav": 1})
    genres.add(home, "jazz", [str(folder)])
    killed = []

    def kill_workers(progress):
        if progress.stage == "collecting" and not killed:
            killed.extend(psutil.Process().children())
            for worker in killed:
                worker.kill()

    result = collect(home, sets=("classic",), jobs=1, on_progress=kill_workers)
    assert killed and result.failed == 1
    with open_library(home) as library:
        (failed,) = library.failures()
    assert (failed.kind, failed.retry) == ("killed", True)
    assert collect(home, sets=("classic",), jobs=1, retry_failed=True).done == 1
