"""Workers on a cluster, for work that may hang or crash: see `genrefit.cluster`."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from genrefit.cluster import CONNECT_SECONDS, TRIES, Client
from genrefit.formatting import count
from genrefit.isolated import MEMORY_BYTES
from genrefit.processes import BUG, CRASHED, Workers, WorkResult
from genrefit.records import Failure

WAITING_PER_CORE = 2
"""So many items are handed to the cluster for each of its cores: enough that none is idle, few
enough that a cancel is quick."""
NOT_HERE = "not here"
"""The kind of a failure of a worker that cannot see a file of this computer: it is done here."""


class ClusterWorkers:
    """Workers on a cluster, with the interface of `processes.Workers`.

    `work` is done in a process of its own on each machine, which can be killed when it hangs.
    What a scheduler that died had not answered is done by processes of this machine, and so is
    what needs a file that only this machine has, by `work_here`. `notes` says so.
    """

    def __init__(
        self,
        client: Client,
        work: Callable[[Any], Any],
        *,
        work_here: Callable[[Any], Any] | None = None,
        n_jobs: int | None = None,
        log: Path | None = None,
    ) -> None:
        self._client, self._work = client, work
        self._local = Workers(work_here or work, n_jobs=n_jobs, log=log, memory=MEMORY_BYTES)
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._items: dict[str, tuple[Any, Any, float | None]] = {}
        self._again: list[tuple[Any, float | None]] = []
        self._lost = False
        self.notes: list[str] = []

    def __enter__(self) -> ClusterWorkers:
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
        """How many items are being worked on."""
        return len(self._items) + len(self._again) + self._local.busy

    @property
    def free(self) -> int:
        """How many more items can be submitted now."""
        if self._lost:
            return max(0, self._local.free - len(self._again))
        return max(0, WAITING_PER_CORE * self.cores() - len(self._items) - len(self._again))

    def cores(self) -> int:
        """Return how many cores the cluster's workers have now; at least 1."""
        cores = 0
        with contextlib.suppress(Exception):
            cores = sum(self._client.nthreads().values())
        return max(1, cores)

    @property
    def where(self) -> str:
        """What the progress says of where the work is done."""
        return "" if self._lost else f"on {count(self.cores(), 'core')} of the cluster"

    def submit(self, item: Any, *, seconds: float | None = None) -> None:
        """Give an item to the cluster, whose process there is killed after `seconds`."""
        if self._lost:
            self._again.append((item, seconds))
            return
        future = self._client.submit(
            _do_remotely, self._work, item, seconds, pure=False, retries=TRIES
        )
        self._items[future.key] = (future, item, seconds)
        future.add_done_callback(self._answers.put)

    def wait(self, timeout: float) -> list[WorkResult]:
        """Return what succeeded or failed within `timeout` seconds, maybe nothing."""
        results: list[WorkResult] = []
        until = time.monotonic() + timeout
        with contextlib.suppress(queue.Empty):
            while self._items:
                left = until - time.monotonic() if not results else 0.0
                answer = self._answers.get(timeout=max(left, 0.0) or 0.001)
                results += self._result_of(answer)
        if not self._lost and self._client.status != "running":
            self._lose()
        while self._again and self._local.free:
            item, seconds = self._again.pop(0)
            self._local.submit(item, seconds=seconds)
        if self._local.busy:
            results += self._local.wait(0.0 if results else max(until - time.monotonic(), 0.01))
        return results

    def _result_of(self, future: Any) -> list[WorkResult]:
        """Return the result of a future, none where its item is to be done here."""
        entry = self._items.pop(future.key, None)
        if entry is None:
            return []
        _, item, seconds = entry
        if future.status == "finished":
            try:
                result: WorkResult = future.result(timeout=CONNECT_SECONDS)
            except Exception:  # noqa: BLE001 - the scheduler died between answer and result
                self._again.append((item, seconds))
                return []
            if isinstance(result.result, Failure) and result.result.kind == NOT_HERE:
                self._again.append((item, seconds))
                return []
            return [replace(result, item=item)]
        if future.status == "error":
            error = future.exception(timeout=CONNECT_SECONDS)
            about = str(getattr(item, "about", item))
            if type(error).__name__ == "KilledWorker":
                failure = Failure(about, "the machines that worked on it died", CRASHED)
                return [WorkResult(item, failure=failure)]
            return [
                WorkResult(item, failure=Failure(about, str(error), BUG), traceback=repr(error))
            ]
        self._again.append((item, seconds))  # cancelled or lost: the scheduler is gone
        return []

    def _lose(self) -> None:
        """Go on with processes of this machine, from what the cluster had not answered."""
        self._lost = True
        self._again += [(item, seconds) for _, item, seconds in self._items.values()]
        self._items.clear()
        self.notes.append("the cluster's scheduler went away: the rest was done on this machine")

    def close(self) -> None:
        """Cancel what the cluster has, and kill the processes of this machine."""
        self._local.close()
        with contextlib.suppress(Exception):
            self._client.cancel([future for future, _, _ in self._items.values()], force=True)
        self._items.clear()


@lru_cache(maxsize=4)
def _process_for(work: Callable[[Any], Any]) -> Workers:
    """Return the one process of this Dask worker that does `work`, started at its first item."""
    return Workers(work, n_jobs=1, memory=MEMORY_BYTES)


def _do_remotely(work: Callable[[Any], Any], item: Any, seconds: float | None) -> WorkResult:
    """Do an item in a process of this machine's own; runs within a Dask worker of one thread."""
    workers = _process_for(work)
    workers.submit(item, seconds=seconds)
    while True:
        for result in workers.wait(1.0):
            return WorkResult(None, result.result, result.failure, result.traceback)
