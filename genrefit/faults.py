"""The one door for what is unforeseen inside one entry: one song, source or file.

It is logged with its traceback and becomes that entry's reason, so that the others go on.
"""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from pathlib import Path

from genrefit.errors import GenrefitError
from genrefit.records import Failure

FAULT = "a fault in genrefit"
_LOGGER = logging.getLogger(__name__)


def failure_of(error: Exception, *, about: str, log: Path | None = None) -> Failure:
    """Return why there is no result for `about`.

    A user error says so itself. Anything else is a fault of this program, or a lack of memory:
    its traceback is appended to the file `log`, or goes to the process's own log without one.
    """
    if isinstance(error, GenrefitError):
        return Failure.from_error(error, about=about)
    trace = "".join(traceback.format_exception(error))
    return failure_of_trace(trace, about=about, log=log)


def failure_of_trace(trace: str, *, about: str, log: Path | None = None) -> Failure:
    """Return the failure for a traceback that came from another process; see `failure_of`."""
    logged = False
    if log is not None:
        with suppress(OSError):
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{about}\n{trace}\n")
            logged = True
    if not logged:
        _LOGGER.error("%s\n%s", about.encode("utf-8", "backslashreplace").decode(), trace)
    last_line = trace.strip().splitlines()[-1][:200]
    if last_line.startswith(("MemoryError", "numpy._core._exceptions._ArrayMemoryError")):
        reason = "it takes more memory than there is: close other programs and try again"
        return Failure(about, reason, "memory", retry=True)
    where = f", with {log}" if logged else ""
    reason = f"{FAULT} ({last_line}): please report it{where}"
    return Failure(about, _printable(reason), "bug", retry=True)


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
