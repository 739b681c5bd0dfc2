"""What a worker of `genrefit.processes` does in its own process: its limits, its items, its end."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn


def lower_priority(niceness: int) -> None:
    """Let other processes go first from now on, by a nice value of 0 to 19.

    Linux shares the processor out between sessions first (autogroup): a process that leads a
    session of its own, as jobs and workers do, is nice within it only, where it is alone, unless
    the session's own nice value is set too. Measured on one core beside a busy process:
    1.16 of its 1.15 CPU seconds by nice(15) alone, 0.05 of its 1.35 with this.
    """
    os.nice(niceness - os.nice(0))
    # Elsewhere than on Linux, or with autogroup switched off, nice alone does it.
    with suppress(FileNotFoundError):
        Path("/proc/self/autogroup").write_text(str(niceness))


_is_worker = False


def is_worker() -> bool:
    """Tell whether this process is a worker."""
    return _is_worker


def limit_memory(size: int) -> None:
    """Let this process allocate so many bytes at most, where the system can hold it to that.

    RLIMIT_DATA counts what is written to; RLIMIT_AS would count the files that are mapped too,
    which for the networks' library alone is several times what it uses.
    """
    with suppress(ImportError, OSError, ValueError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        least = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (least, hard))


def run_worker(connection_number: int, life_number: int, memory: int | None = None) -> None:
    """Work on items until the other side closes the connection or dies."""
    global _is_worker
    _is_worker = True
    if memory is not None:
        limit_memory(memory)
    if inherited := os.nice(0):
        lower_priority(inherited)
    threading.Thread(target=_die_with_parent, args=(life_number,), daemon=True).start()
    connection = Connection(connection_number)
    work = pickle.loads(connection.recv_bytes())  # noqa: S301 (from the parent process)  # nosec B301
    while True:
        try:
            item = connection.recv()
        except (EOFError, OSError):
            _die()
        try:
            answer = work(item), ""
        except Exception:  # noqa: BLE001 (handed to the parent, which reports it)
            answer = None, traceback.format_exc()
        try:
            connection.send(answer)
        except OSError:
            _die()


def _die_with_parent(life_number: int) -> None:
    os.read(life_number, 1)
    _die()


def _die() -> NoReturn:
    """End this worker and whatever it has started (it leads its process group)."""
    os.killpg(0, signal.SIGKILL)
    raise SystemExit
