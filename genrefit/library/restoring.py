"""The last step of restoring a backup: what was checked and unpacked aside takes its place.

A plan is written first, and whoever opens the home carries it out: a process that is killed on the
way leaves nothing half replaced. What is replaced is kept beside it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from genrefit.config import Home
from genrefit.storage import erase, sync_folder, write_whole

STAGED = "restore"
"""The folder, beside the library, of what takes its place; paths in it are those of the home."""
PLAN = "restore.json"
REPLACED = "replaced"
"""The folder of the home that keeps what restoring replaced, by date."""


def plan(home: Home, *, replaced: Sequence[str], name: str) -> Path:
    """Write down that these files and folders of the home go aside and the staged ones come."""
    write_whole(home.data / PLAN, json.dumps({"replaced": list(replaced), "name": name}))
    return home.path / REPLACED / name


def finish(home: Home) -> None:
    """Carry out the plan that is written down, if there is one."""
    if not (home.data / PLAN).exists():
        return
    with FileLock(home.data / f"{STAGED}.lock"):
        if not (home.data / PLAN).exists():
            return  # another process was quicker
        planned = json.loads((home.data / PLAN).read_bytes())
        aside = home.path / REPLACED / planned["name"]
        for path in planned["replaced"]:
            if not (aside / path).exists():
                _move(home.path / path, aside / path)
        staged = home.data / STAGED
        for path in _files(staged):
            _move(path, home.path / path.relative_to(staged))
        erase(home.data / PLAN, within=home.data)
        erase(staged, within=home.data)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _move(here: Path, there: Path) -> None:
    if here.exists():
        there.parent.mkdir(parents=True, exist_ok=True)
        here.replace(there)
        sync_folder(there.parent)
