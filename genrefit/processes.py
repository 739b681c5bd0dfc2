"""One door to parallel work: `each` for sums of our own, `Workers` for work on strangers' bytes.

`each` is for pure computing (folds, grids, maps) and runs on loky or threads. `Workers` is for
downloading and decoding, where an item may hang, crash the process or need to be stopped at once:
every worker is a process that can be killed alone, and all of them die with their parent.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
)
BACKENDS = ("loky", "threads", "serial")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def each(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    n_jobs: int | None = None,
    backend: str = "loky",
) -> Iterator[Result]:
    """Yield `work(item)` for every item as results come, in no certain order.

    `n_jobs` None means every core; `backend` is one of BACKENDS, and one job or one item is
    always serial. Each process uses one BLAS thread. The first exception of `work` ends it.
    """
    if backend not in BACKENDS:
        raise ValueError(f"backend should be one of {', '.join(BACKENDS)}, not {backend!r}")
    todo = list(items)
    n_jobs = min(n_jobs or cores(), len(todo))
    if n_jobs <= 1 or backend == "serial":
        yield from map(work, todo)
        return
    from joblib import Parallel, delayed, parallel_config

    options = {"inner_max_num_threads": 1} if backend == "loky" else {}
    chosen = "loky" if backend == "loky" else "threading"
    with parallel_config(backend=chosen, n_jobs=n_jobs, **options):
        run = Parallel(return_as="generator_unordered", batch_size=1)
        yield from run(delayed(work)(item) for item in todo)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item: its `result`, or why there is none.

    `lost` is "" for a result, else "crashed" (the process died), "overrun" (it took longer than
    it may and was killed) or "bug" (the work raised; `trace` is its traceback).
    """

    item: Any
    result: Any = None
    lost: str = ""
    trace: str = ""


class Workers:
    """Processes of one BLAS thread each, that do `work(item)` for the items given to them.

    `work` is a function that can be imported by name; items and results are pickled. All
    processes are killed when this object is closed or its owner dies, even by SIGKILL. What
    workers print goes to the file `log`, if any.
    """

    def __init__(
        self,
        work: Callable[[Any], Any],
        *,
        n_jobs: int | None = None,
        log: Path | None = None,
    ) -> None:
        self._work, self._log = work, log
        self._n_jobs = n_jobs or cores()
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
    def busy(self) -> int:
        """How many items are in hand."""
        return len(self._busy)

    @property
    def free(self) -> int:
        """How many more items can be given now."""
        return self._n_jobs - len(self._busy)

    def give(self, item: Any, *, seconds: float | None = None) -> None:
        """Hand an item to a free worker; past `seconds` it is killed together with its process."""
        if not self.free:
            raise ValueError("every worker is busy: wait() for one first")
        worker = self._idle.pop() if self._idle else _Worker(self._work, self._log)
        worker.begin(item, seconds)
        self._busy[worker.connection] = worker

    def wait(self, timeout: float) -> list[Outcome]:
        """Return what was finished or lost within `timeout` seconds, maybe nothing."""
        if not self._busy:
            time.sleep(timeout)
            return []
        outcomes = []
        for connection in wait(list(self._busy), timeout):
            worker = self._busy.pop(connection)  # type: ignore[call-overload]
            outcome = worker.outcome()
            outcomes.append(outcome)
            if outcome.lost == "crashed":
                worker.kill()
            else:
                self._idle.append(worker)
        for connection, worker in list(self._busy.items()):
            if time.monotonic() > worker.until:
                del self._busy[connection]
                worker.kill()
                outcomes.append(Outcome(worker.item, lost="overrun"))
        return outcomes

    def close(self) -> None:
        """Kill every worker, whatever it is doing, and return when they are gone."""
        workers = [*self._idle, *self._busy.values()]
        self._idle, self._busy = [], {}
        for worker in workers:
            worker.kill()


class _Worker:
    """One process, the connection to it, and the item in its hands."""

    def __init__(self, work: Callable[[Any], Any], log: Path | None) -> None:
        self.connection, theirs = Pipe()
        # The worker holds the reading end of a pipe in which nothing is ever written: when we
        # die, however, the system closes our end, and the worker ends itself.
        reading, self._life = os.pipe()
        code = "import sys; sys.path[:] = {!r}; from genrefit.processes import serve; serve({}, {})"
        output = log.open("ab") if log else subprocess.DEVNULL
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code.format(sys.path, theirs.fileno(), reading)],
                pass_fds=(theirs.fileno(), reading),
                env=os.environ | ONE_THREAD,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is ours to answer; a kill takes its children too
            )
        finally:
            theirs.close()
            os.close(reading)
            if not isinstance(output, int):
                output.close()
        self.item: Any = None
        self.until = inf
        self.connection.send_bytes(pickle.dumps(work))

    def begin(self, item: Any, seconds: float | None) -> None:
        self.item, self.until = item, time.monotonic() + (inf if seconds is None else seconds)
        # A worker that died while idle is noticed by outcome(), which says so.
        with suppress(OSError):
            self.connection.send(item)

    def outcome(self) -> Outcome:
        try:
            result, trace = self.connection.recv()
        except (EOFError, OSError):
            return Outcome(self.item, lost="crashed")
        return Outcome(self.item, result, "bug" if trace else "", trace)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.connection.close()
        os.close(self._life)


def step_back(niceness: int) -> None:
    """Let other processes go first, by the nice value given (0 to 19), for good.

    Linux shares the processor out between sessions first (autogroup): a process that leads a
    session of its own, as jobs and workers do, steps back within it only, where there is nobody,
    unless the session's own nice value is set too. Measured on one core beside a busy process:
    1.16 of its 1.15 CPU seconds by nice(15) alone, 0.05 of its 1.35 with this.
    """
    os.nice(niceness - os.nice(0))
    # Elsewhere than on Linux, or with autogroup switched off, nice alone does it.
    with suppress(FileNotFoundError):
        Path("/proc/self/autogroup").write_text(str(niceness))


def serve(connection_number: int, life_number: int) -> None:
    """Be a worker: answer items until the other side closes the connection or dies."""
    if inherited := os.nice(0):
        step_back(inherited)
    threading.Thread(target=_die_with_parent, args=(life_number,), daemon=True).start()
    connection = Connection(connection_number)
    work = pickle.loads(connection.recv_bytes())  # noqa: S301 (our own parent's bytes)
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
