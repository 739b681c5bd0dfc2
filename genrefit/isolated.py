"""Work on strangers' files and pages, done in a process that is limited in time and memory.

    isolated.call(decode_and_score, item, seconds=120.0)

The processes are kept for the next call, so that what they have loaded is warm. Any thread may
call; a process that does isolated work itself does further such work in place.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from genrefit.errors import AudioError, Cancelled, GenrefitError, SourceError
from genrefit.processes import CRASHED, KILLED, OVERRUN, Workers, WorkResult, cores
from genrefit.worker_process import is_worker as is_worker

MEMORY_BYTES = 2_000_000_000
"""What a process may allocate. Measured (resident, both ears and a model loaded): four minutes of
stereo take 0.44 GB at 48 kHz and 0.57 GB at 192 kHz, two at 384 kHz as much."""
WAIT_SECONDS = 0.25
ENVIRONMENT = "GENREFIT_"
"""Variables that begin so are handed on with each call: a process lives longer than a setting."""

Argument = TypeVar("Argument")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Item:
    function: Callable[[Any], Any]
    argument: Any
    environment: Mapping[str, str]


class _Pool:
    """Idle processes, and how many may be at work at once."""

    def __init__(self, most: int) -> None:
        self._slots = threading.BoundedSemaphore(most)
        self._idle: list[Workers] = []

    def take(self) -> Workers:
        self._slots.acquire()
        with suppress(IndexError):
            return self._idle.pop()
        return Workers(do, n_jobs=1, memory=MEMORY_BYTES)

    def give(self, workers: Workers) -> None:
        self._idle.append(workers)
        self._slots.release()


_LISTENING, _FETCHING = _Pool(max(2, cores())), _Pool(8)
"""Listening is bounded by the processor; fetching waits, and must not keep others waiting."""


def call(
    function: Callable[[Argument], Result],
    argument: Argument,
    *,
    seconds: float,
    fetches: bool = False,
    cancelled: Callable[[], bool] | None = None,
) -> Result:
    """Return `function(argument)` of another process, which is killed after `seconds`.

    `function` is one that can be imported by name; argument and result are pickled. What it raises
    of user errors is raised here; `cancelled` is called now and then meanwhile, and may raise.

    Raises
    ------
    SourceError or AudioError
        if it took too long or its process died; Cancelled where `cancelled()` said so.
    RuntimeError
        for a bug, with the process's traceback.
    """
    if is_worker():
        return function(argument)
    pool = _FETCHING if fetches else _LISTENING
    workers = pool.take()
    try:
        environment = {k: v for k, v in os.environ.items() if k.startswith(ENVIRONMENT)}
        workers.submit(_Item(function, argument, environment), seconds=seconds)
        while not (outcomes := workers.wait(WAIT_SECONDS)):
            if cancelled and cancelled():
                raise Cancelled("it was stopped")
    finally:
        if workers.busy:  # what interrupted the wait does not want the result any more
            workers.close()
        pool.give(workers)
    result: Result = _result(outcomes[0], seconds)
    return result


def _result(outcome: WorkResult, seconds: float) -> Any:
    if (failure := outcome.failure) is None:
        if isinstance(outcome.result, GenrefitError):
            raise outcome.result
        return outcome.result
    if failure.kind == OVERRUN:
        raise SourceError(
            f"it took longer than {seconds:.0f} s and was stopped", kind="timeout", retry=True
        )
    if failure.kind == KILLED:
        raise SourceError(
            "the process that read it was killed, maybe for lack of memory: try again later",
            kind="killed",
            retry=True,
        )
    if failure.kind == CRASHED:
        raise AudioError(
            "the process that read it died: the file is damaged, or memory ran out; try again"
        )
    if "MemoryError" in failure.reason:
        raise AudioError(
            f"reading it takes more than the {MEMORY_BYTES / 1e9:.0f} GB of memory that a song may "
            "take: give a shorter or plainer copy"
        )
    raise RuntimeError(outcome.traceback)


def do(item: _Item) -> Any:
    """Do an item in a process of its own; a user error is returned, to be raised by the caller."""
    for name in [name for name in os.environ if name.startswith(ENVIRONMENT)]:
        if name not in item.environment:
            del os.environ[name]
    os.environ.update(item.environment)
    try:
        return item.function(item.argument)
    except GenrefitError as error:
        return error
