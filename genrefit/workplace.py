"""Folders for audio in hand: each belongs to a living process, and the dead's are cleared away."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_LOCK = ".lock"
_ABANDONED_SECONDS = 3600.0
"""A folder without a lock that nothing has touched for so long is nobody's."""


@contextmanager
def workplace(work: Path) -> Iterator[Path]:
    """Yield a new folder under `work` that is erased afterwards.

    Before that, folders are erased whose owners were killed: each owner holds a lock for life,
    and the system lets go of it when a process dies, however it dies. Folders of living owners
    are left alone.
    """
    work.mkdir(parents=True, exist_ok=True)
    # Held while folders come and go, so that nobody clears away one that is just being made.
    door = FileLock(work.with_name(work.name + _LOCK))
    with door:
        _clear(work)
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=work))
        lock = FileLock(work / (folder.name + _LOCK))
        lock.acquire(timeout=0)
    try:
        yield folder
    finally:
        with door:
            shutil.rmtree(folder)
            lock.release()
            (work / (folder.name + _LOCK)).unlink(missing_ok=True)


def _clear(work: Path) -> None:
    for lock_path in work.glob(f"*{_LOCK}"):
        lock = FileLock(lock_path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue  # its owner lives
        shutil.rmtree(lock_path.with_name(lock_path.name.removesuffix(_LOCK)), ignore_errors=True)
        lock.release()
        lock_path.unlink(missing_ok=True)
    for folder in work.iterdir():
        unowned = folder.is_dir() and not (work / (folder.name + _LOCK)).exists()
        if unowned and time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
