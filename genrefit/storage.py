"""Files that appear whole or not at all, and temporary folders that a crash does not leave behind.

`whole_file` and `write_whole` are the one way to write a file that others read; `work_folder` is
the one place for temporary files.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

PART = ".part"
"""The ending of a file that is being written."""
_LOCK = ".lock"
_ABANDONED_SECONDS = 3600.0
"""A folder without a lock that nothing has touched for so long is nobody's."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; it takes the place of `path` if the block succeeds.

    The content is on the disk before it is renamed, so that readers find the old file or the whole
    new one, whatever happens. If the block raises, nothing is left and the old file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}{PART}")
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file whole or not at all; text is encoded as UTF-8."""
    with whole_file(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def work_folder(work: Path) -> Iterator[Path]:
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
