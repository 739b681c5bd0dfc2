"""Files that may be read to their end: never a named pipe, a device or a socket.

Opening a pipe waits for whoever writes to it, and a device may never end. Every path that a user
or a list gives passes `kind_of_file` or `open_regular` before anything opens it.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

from genrefit.errors import SourceError

FILE, FOLDER, MISSING = "file", "folder", "missing"
_SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
_NO_FILE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}


def kind_of_file(path: str | os.PathLike[str]) -> str:
    """Return FILE, FOLDER, MISSING, or what else a path is, such as "a named pipe"."""
    try:
        return _kind_of_mode(Path(path).stat().st_mode)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "a link in a circle"
        if error.errno in _NO_FILE:
            # Path.is_symlink raises where a name is too long.
            return "a link to nothing" if os.path.islink(path) else MISSING  # noqa: PTH114
        return f"unreadable ({error.strerror})"
    except ValueError:  # a null byte, or a lone surrogate
        return MISSING


def open_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """Open a file for reading its bytes; SourceError where it is missing or anything else."""
    try:
        # Opened so, a pipe does not wait; what the path names may change after any earlier look.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        kind = _kind_of_mode(os.fstat(descriptor).st_mode)
        if kind != FILE:
            os.close(descriptor)
            raise SourceError(refusal(kind), kind="missing", retry=True)
        return os.fdopen(descriptor, "rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(
            f"the file cannot be read ({reason}): put it back, or remove its source",
            kind="missing",
            retry=True,
        ) from error


def refusal(kind: str) -> str:
    """Return the sentence for a path of a kind that is not read."""
    return f"it is {kind}, which is never opened: give a file or folder"


def _kind_of_mode(mode: int) -> str:
    if stat.S_ISREG(mode):
        return FILE
    return FOLDER if stat.S_ISDIR(mode) else _SPECIAL.get(stat.S_IFMT(mode), "no file")
