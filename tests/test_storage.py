"""The dead's folders are cleared away, the living's are not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genrefit.storage import work_folder

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
        with work_folder(work) as mine:
            assert not left.exists()
            assert (theirs / "song.mp3.part").exists()
            assert mine.is_dir()
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
