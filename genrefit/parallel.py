"""Parallel computing of pure functions (folds, grids, maps) on processes or threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from genrefit.processes import cores

Item = TypeVar("Item")
Result = TypeVar("Result")

BACKENDS = ("loky", "threads", "serial")
remote_each: Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]] | None = None
"""What does the work in place of processes of this machine: see `genrefit.cluster`."""


def each(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    n_jobs: int | None = None,
    backend: str = "loky",
    here: bool = False,
) -> Iterator[Result]:
    """Yield `work(item)` for every item as results come, in no certain order.

    `n_jobs` None means every core; `backend` is one of BACKENDS, and one job or one item is
    always serial. Each process uses one BLAS thread. The first exception of `work` ends it.
    Within `cluster.computing_on` the cluster does it, unless it is to be done `here`.
    """
    if backend not in BACKENDS:
        raise ValueError(f"backend should be one of {', '.join(BACKENDS)}, not {backend!r}")
    todo = list(items)
    if remote_each is not None and backend == "loky" and not here:
        yield from remote_each(work, todo)
        return
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


def waiting_share() -> float:
    """Return how many times as long work takes by what runs now: 1 on an idle computer.

    By the load of the last minute; where it cannot be known, as on an idle one.
    """
    try:
        load = os.getloadavg()[0]
    except (AttributeError, OSError):
        return 1.0
    return max(1.0, 1.0 + load / cores())
