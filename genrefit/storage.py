"""Files and folders that appear whole or not at all, and temporary files swept after a crash.

`whole_file` and `write_whole` are the one way to write a file that others read, `swap_folder` the
one way to replace a folder, `erase` the one way to erase, and `work_folder` the one place for
temporary files.
"""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from genrefit.errors import GenrefitError

PART = ".part"
"""The ending of a file or folder that is being written."""
OLD = ".old"
"""The ending of a folder that is being replaced."""
DEAD = ".dead"
"""The ending, after OLD, of a folder whose replacement is in place."""
_LOCK = ".lock"
_NAME_LENGTH = 40
"""Letters of a file's name that its part's name begins with: names have a limited length."""
_ABANDONED_SECONDS = 3600.0
"""A folder without a lock that has not changed for so long has no owner."""


@contextmanager
def whole_file(path: Path, *, parents: bool = True) -> Iterator[Path]:
    """Yield a path beside `path` to write to; it takes the place of `path` if the block succeeds.

    The content is on the disk before it is renamed, so that readers find the old file or the whole
    new one, whatever happens. If the block raises, nothing is left and the old file stays. Parts
    of the same file that a killed process left are erased. With `parents` its folder is made.
    """
    if parents:
        path.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{path.name[:_NAME_LENGTH]}."
    erase_dead_parts(path.parent, prefix)
    part = path.with_name(f"{prefix}{os.getpid()}-{threading.get_ident()}{PART}")
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def erase(path: Path, *, within: Path) -> None:
    """Erase a file or folder that lies below the folder `within`; GenrefitError where it does not.

    Nothing else in genrefit erases what it is given. A link is erased itself, never what it leads
    to. What cannot be erased stays, for the next sweep.
    """
    parent, top = path.parent.resolve(), within.resolve()
    if ".." in path.parts or path.name in ("", ".") or not parent.is_relative_to(top):
        raise GenrefitError(f"{path} was not erased: it does not lie in {within}")
    _erase(path)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, so that a power cut does not undo a renaming."""
    with suppress(OSError):  # some file systems cannot
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def describe_os_error(error: OSError) -> str | None:
    """Return an error of the disk in a sentence, None where it is none of the disk's."""
    if error.errno is None or error.filename is None:
        return None
    # The system's own words, such as "No space left on device".
    return (
        f"{os.fsdecode(error.filename)} cannot be read or written: "
        f"{(error.strerror or type(error).__name__).lower()}; mend that, or take another place "
        "(--home)"
    )


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file whole or not at all; text is encoded as UTF-8."""
    with whole_file(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def erase_dead_parts(folder: Path, prefix: str = ".") -> None:
    """Erase the parts in a folder of files that killed processes were writing."""
    for part in folder.glob(f"{glob.escape(prefix)}*-*{PART}"):
        pid, _, thread = part.name[: -len(PART)].rpartition(".")[2].partition("-")
        if pid.isdecimal() and thread.isdecimal() and not is_alive(int(pid)):
            part.unlink(missing_ok=True)


def is_alive(pid: int) -> bool:
    """Tell whether there is a process of that id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it belongs to another user
    return True


def swap_folder(part: Path, folder: Path) -> None:
    """Put the finished folder `part` in the place of `folder`, whose old content is then erased.

    A process killed between the two renames leaves the old content beside it under another name:
    `restore_folder` brings it back.
    """
    old = _old(folder)
    if folder.exists():
        _erase(old)
        folder.replace(old)
    try:
        part.replace(folder)
    except OSError:
        restore_folder(folder)
        raise
    sync_folder(folder.parent)
    _bury(old)


def restore_folder(folder: Path) -> None:
    """Bring back the old content of `folder` if its replacement was interrupted.

    Old content whose replacement is there is erased, so that it never comes back.
    """
    old = _old(folder)
    if not old.exists():
        return
    if folder.exists():
        _bury(old)
    else:
        old.replace(folder)


def _bury(old: Path) -> None:
    """Erase old content that must not come back, not even what a killed erasing leaves of it."""
    dead = old.with_name(f"{old.name}{DEAD}")
    _erase(dead)
    with suppress(FileNotFoundError):
        old.replace(dead)
    _erase(dead)


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{OLD}")


@contextmanager
def work_folder(work: Path) -> Iterator[Path]:
    """Yield a new folder under `work` that is erased afterwards; `work` is swept first.

    The owner holds a lock for as long as it uses the folder, and the system releases the lock
    when the process dies, however it dies.
    """
    sweep(work)
    with _door(work):
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=work))
        lock = FileLock(work / (folder.name + _LOCK))
        lock.acquire(timeout=0)
    try:
        yield folder
    finally:
        with _door(work):
            _erase(folder)
            lock.release()
            (work / (folder.name + _LOCK)).unlink(missing_ok=True)


def sweep(work: Path) -> None:
    """Erase everything under `work` that belongs to no living process.

    An entry belongs to whoever holds the lock of its name. Without a lock, a file has no owner,
    and a folder has none once it has not changed for an hour.
    """
    work.mkdir(parents=True, exist_ok=True)
    with _door(work):
        for lock_path in work.glob(f"*{_LOCK}"):
            lock = FileLock(lock_path)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue  # its owner lives
            _erase(lock_path.with_name(lock_path.name.removesuffix(_LOCK)))
            lock.release()
            lock_path.unlink(missing_ok=True)
        for entry in work.iterdir():
            if entry.name.endswith(_LOCK) or (work / (entry.name + _LOCK)).exists():
                continue
            if not entry.is_dir() or time.time() - entry.stat().st_mtime > _ABANDONED_SECONDS:
                _erase(entry)


def _door(work: Path) -> FileLock:
    """The lock held while entries come and go, so that none is swept while it is being made."""
    return FileLock(work.with_name(work.name + _LOCK))


def _erase(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        with suppress(OSError):
            entry.unlink(missing_ok=True)
