"""Many tasks through a few workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from genrefit.cluster_workers import ClusterWorkers
from genrefit.processes import Workers, WorkResult


def results_of(
    workers: Workers | ClusterWorkers,
    tasks: Iterable[Any],
    *,
    seconds: float,
    between: Callable[[], None],
) -> Iterator[WorkResult]:
    """Yield what becomes of each task, as soon as it is there.

    A task that takes longer than `seconds` is stopped. `between` is called several times a second;
    what it raises ends the loop.
    """
    waiting = deque(tasks)
    while waiting or workers.busy:
        between()
        while waiting and workers.free:
            workers.submit(waiting.popleft(), seconds=seconds)
        yield from workers.wait(0.25)
