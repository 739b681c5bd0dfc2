"""Whole files and folders, and the sweep of what killed processes leave behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from genrefit import storage
from genrefit.storage import swap_folder, sweep, whole_file, work_folder, write_whole

HOLD = (
    "import sys, time; from pathlib import Path; from genrefit.storage import work_folder\n"
    "with work_folder(Path(sys.argv[1])) as folder:\n"
    "    (folder / 'song.mp3.part').write_bytes(b'x')\n"
    "    print(folder, flush=True); time.sleep(600)"
)


def held(work: Path) -> tuple[subprocess.Popen, Path]:
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(work)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    return owner, Path(owner.stdout.readline().strip())


def test_a_folder_is_erased_even_after_an_error(tmp_path):
    with pytest.raises(RuntimeError), work_folder(tmp_path / "work") as folder:
        (folder / "song.mp3").touch()
        raise RuntimeError
    assert list((tmp_path / "work").iterdir()) == []


def test_only_folders_of_the_dead_are_cleared(tmp_path):
    work = tmp_path / "work"
    dead, left = held(work)
    living, theirs = held(work)
    try:
        dead.kill()
        dead.wait()
        assert (left / "song.mp3.part").exists()
        with work_folder(work) as folder:
            assert not left.exists()
            assert (theirs / "song.mp3.part").exists()
            assert folder.is_dir()
    finally:
        living.kill()
        living.wait()
    with work_folder(work):
        assert not theirs.exists()
    assert list(work.iterdir()) == []


def test_a_folder_without_owner_is_cleared_once_it_is_old(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    os.utime(tmp_path / "old", (time.time() - 7200,) * 2)
    with work_folder(tmp_path):
        assert not (tmp_path / "old").exists()
        assert (tmp_path / "new").exists()


def test_a_sweep_erases_files_and_folders_of_the_dead_only(tmp_path):
    work = tmp_path / "work"
    dead, left = held(work)
    living, theirs = held(work)
    try:
        dead.kill()
        dead.wait()
        (work / "dropped-abc.mp3").write_bytes(b"a whole upload")
        sweep(work)
        assert not left.exists()
        assert not (work / "dropped-abc.mp3").exists()
        assert (theirs / "song.mp3.part").exists()
        assert {path.name for path in work.iterdir()} == {theirs.name, f"{theirs.name}.lock"}
    finally:
        living.kill()
        living.wait()
    sweep(work)
    assert list(work.iterdir()) == []


def test_a_file_whose_owner_holds_its_lock_is_not_swept(tmp_path):
    (tmp_path / "song.mp3").touch()
    with FileLock(tmp_path / "song.mp3.lock"):
        sweep(tmp_path)
        assert (tmp_path / "song.mp3").exists()
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_makes_the_folder(tmp_path):
    sweep(tmp_path / "data" / "work")
    assert (tmp_path / "data" / "work").is_dir()


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "file.json"
    write_whole(path, "naïve")
    assert path.read_bytes() == "naïve".encode()
    with pytest.raises(RuntimeError), whole_file(path) as part:
        part.write_text("half")
        assert path.read_bytes() == "naïve".encode()
        raise RuntimeError
    assert path.read_bytes() == "naïve".encode()
    assert list(path.parent.iterdir()) == [path]


def test_a_long_name_leaves_room_for_its_part(tmp_path):
    path = tmp_path / ("ü" * 120)
    write_whole(path, "long")
    assert path.read_text() == "long"


def test_parts_of_killed_writers_are_erased(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from genrefit.storage import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as part:\n"
        "    part.write_bytes(b'x'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "file")], check=False)
    (left,) = tmp_path.iterdir()
    living = left.with_name(f".file.{os.getpid()}-1.part")
    living.touch()
    write_whole(tmp_path / "file", "whole")
    assert set(tmp_path.iterdir()) == {tmp_path / "file", living}


def test_concurrent_writers_leave_one_whole_file(tmp_path):
    path = tmp_path / "file"
    contents = [letter * 100_000 for letter in "abcdefgh"]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda content: write_whole(path, content), contents))
    assert path.read_text() in contents
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_replaced_and_restored_after_a_crash(tmp_path, monkeypatch):
    folder, part = tmp_path / "model", tmp_path / "model.part"
    for content in ("old", "new"):
        part.mkdir()
        (part / "file").write_text(content)
        swap_folder(part, folder)
        assert (folder / "file").read_text() == content
        assert list(tmp_path.iterdir()) == [folder]
    folder.rename(tmp_path / ".model.old")  # killed between the two renames
    storage.restore_folder(folder)
    assert (folder / "file").read_text() == "new"
    with pytest.raises(OSError, match="missing"):
        swap_folder(tmp_path / "missing", folder)
    assert (folder / "file").read_text() == "new"
