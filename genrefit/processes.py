"""Workers for work that may hang or crash, such as downloading and decoding untrusted files.

Every worker is a process that can be killed alone, and all of them die with their parent.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from types import TracebackType
from typing import Any

from genrefit.records import Failure

_POOLS = ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "BLIS_NUM", "VECLIB_MAXIMUM", "NUMEXPR_NUM")
ONE_THREAD = {f"{pool}_THREADS": "1" for pool in _POOLS}
"""The environment of a process whose linear algebra uses one thread."""
CRASHED, KILLED, OVERRUN, BUG = "crashed", "killed", "overrun", "bug"

_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class WorkResult:
    """What a worker returned for an item: its `result`, or the `failure` that kept it from one.

    The failure's kind is CRASHED (the process died of its work), KILLED (something outside killed
    it, such as the system for lack of memory), OVERRUN (the time limit passed and it was
    killed) or BUG (the work raised an exception; `traceback` is its text).
    """

    item: Any
    result: Any = None
    failure: Failure | None = None
    traceback: str = ""


class Workers:
    """Processes of one BLAS thread each, that do `work(item)` for the items given to them.

    `work` is a function that can be imported by name; items and results are pickled. All
    processes are killed when this object is closed or its owner dies, even by SIGKILL. What
    workers print goes to the file `log`, if any. A worker that allocates more than `memory` bytes
    gets a MemoryError.
    """

    def __init__(
        self,
        work: Callable[[Any], Any],
        *,
        n_jobs: int | None = None,
        log: Path | None = None,
        memory: int | None = None,
    ) -> None:
        self._work, self._log, self._memory = work, log, memory
        self._n_jobs = n_jobs or cores()
        self.notes: list[str] = []
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, _Worker] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def where(self) -> str:
        """What the progress says of where the work is done: nothing, for it is this machine."""
        return ""

    @property
    def busy(self) -> int:
        """How many items are being worked on."""
        return len(self._busy)

    @property
    def free(self) -> int:
        """How many more items can be submitted now."""
        return self._n_jobs - len(self._busy)

    def submit(self, item: Any, *, seconds: float | None = None) -> None:
        """Give an item to a free worker, whose process is killed once `seconds` have passed."""
        if not self.free:
            raise ValueError("every worker is busy: wait() for one first")
        worker = self._idle.pop() if self._idle else _Worker(self._work, self._log, self._memory)
        worker.begin(item, seconds)
        self._busy[worker.connection] = worker

    def wait(self, timeout: float) -> list[WorkResult]:
        """Return what succeeded or failed within `timeout` seconds, maybe nothing."""
        if not self._busy:
            time.sleep(timeout)
            return []
        results = []
        for connection in wait(list(self._busy), timeout):
            worker = self._busy.pop(connection)  # type: ignore[call-overload]
            result = worker.receive()
            results.append(result)
            if result.failure and result.failure.kind in (CRASHED, KILLED):
                worker.kill()
            else:
                self._idle.append(worker)
        for connection, worker in list(self._busy.items()):
            if time.monotonic() > worker.until:
                del self._busy[connection]
                worker.kill()
                results.append(worker.fail(OVERRUN, "it took too long and was stopped"))
        return results

    def close(self) -> None:
        """Kill every worker, whatever it is doing, and return when they are gone."""
        workers = [*self._idle, *self._busy.values()]
        self._idle, self._busy = [], {}
        for worker in workers:
            worker.kill()


class _Worker:
    """One process, the connection to it, and the item it works on."""

    def __init__(self, work: Callable[[Any], Any], log: Path | None, memory: int | None) -> None:
        self.connection, far_end = Pipe()
        # The worker holds the reading end of a pipe that is never written to: when this process
        # dies, however it dies, the system closes the other end, and the worker ends itself.
        reading, self._life = os.pipe()
        code = "import sys; sys.path[:] = {!r}; from genrefit import worker_process; "
        code += "worker_process.run_worker({}, {}, {})"
        output = log.open("ab") if log else subprocess.DEVNULL
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code.format(sys.path, far_end.fileno(), reading, memory)],
                pass_fds=(far_end.fileno(), reading),
                env=os.environ | ONE_THREAD,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches the parent only; a kill takes children too
            )
        finally:
            far_end.close()
            os.close(reading)
            if not isinstance(output, int):
                output.close()
        self.item: Any = None
        self.until = inf
        self.connection.send_bytes(pickle.dumps(work))

    def begin(self, item: Any, seconds: float | None) -> None:
        self.item, self.until = item, time.monotonic() + (inf if seconds is None else seconds)
        # That a worker died while idle is noticed by receive().
        with suppress(OSError):
            self.connection.send(item)

    def receive(self) -> WorkResult:
        try:
            result, trace = self.connection.recv()
        except (EOFError, OSError):
            return self.fail(self._end(), "the process died")
        if trace:
            return self.fail(BUG, trace.strip().splitlines()[-1], trace)
        return WorkResult(self.item, result)

    def _end(self) -> str:
        """Return KILLED where a signal that no work sends itself ended the process."""
        with suppress(subprocess.TimeoutExpired):
            return KILLED if -self.process.wait(timeout=5) in _FROM_OUTSIDE else CRASHED
        return CRASHED

    def fail(self, kind: str, reason: str, trace: str = "") -> WorkResult:
        about = str(getattr(self.item, "about", self.item))
        return WorkResult(self.item, failure=Failure(about, reason, kind), traceback=trace)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.connection.close()
        os.close(self._life)
