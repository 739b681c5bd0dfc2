"""Work on many machines, by Dask distributed, behind the same doors as work on this one.

`cluster_workers.ClusterWorkers` does what `processes.Workers` does, and `computing_on` what
`parallel.each` does with processes. A scheduler that dies takes nothing along: what it had not
answered yet is done here. Dask hands functions and data on as pickles: connect only to a cluster
that is your own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from genrefit import parallel
from genrefit.errors import ClusterError

Client = Any
"""A distributed.Client; Dask's types are not complete enough to be checked."""
NOT_INSTALLED = "work on a cluster needs Dask distributed: pip install 'genrefit[cluster]'"
CONNECT_SECONDS = 20.0
TRIES = 3
"""So often an item is given to another worker when the one that had it died."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a cluster's scheduler is: tcp://HOST:8786 or tls://HOST:8786.

    `tls` is a folder with ca.pem, cert.pem and key.pem.
    """

    address: str
    tls: Path | None = None


def connect(cluster: Cluster) -> Client:
    """Connect to a cluster; ClusterError where none answers, or Dask is not installed."""
    address = cluster.address
    try:
        import distributed
    except ImportError as error:
        raise ClusterError(NOT_INSTALLED) from error
    if not address.startswith(("tcp://", "tls://")):
        raise ClusterError(
            f"{address!r} is no scheduler's address: give one such as tcp://HOST:8786"
        )
    try:
        return distributed.Client(
            address, timeout=CONNECT_SECONDS, security=security(cluster.tls), set_as_default=False
        )
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise ClusterError(
            f"no scheduler answers at {address}: start one there with `genrefit cluster`, or leave "
            "out --cluster"
        ) from error


def security(folder: Path | None) -> Any:
    """Return Dask's security of a folder with ca.pem, cert.pem and key.pem; None without one."""
    if folder is None:
        return None
    from distributed import Security

    files = {name: folder / f"{name}.pem" for name in ("ca", "cert", "key")}
    missing = [path.name for path in files.values() if not path.is_file()]
    if missing:
        raise ClusterError(f"{folder} lacks {', '.join(missing)}: see docs/scale.md on TLS")
    both = {
        f"tls_{role}_{part}": str(files[part])
        for role in ("client", "worker", "scheduler")
        for part in ("cert", "key")
    }
    return Security(tls_ca_file=str(files["ca"]), require_encryption=True, **both)


@contextlib.contextmanager
def local_cluster(
    *, workers: int, port: int, host: str, tls: Path | None = None, dashboard: bool = False
) -> Iterator[Client]:
    """Yield a cluster of this machine: a scheduler at `port`, workers of one thread each.

    ClusterError where the port is taken or Dask is not installed.
    """
    try:
        import distributed
    except ImportError as error:
        raise ClusterError(NOT_INSTALLED) from error
    try:
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            scheduler_port=port,
            host=host,
            protocol="tls" if tls else "tcp",
            security=security(tls),
            dashboard_address=":0" if dashboard else None,
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise ClusterError(
            f"no scheduler can listen at port {port} of {host} ({error}): give another --port"
        ) from error
    with cluster:
        yield cluster


@contextlib.contextmanager
def computing_on(client: Client) -> Iterator[None]:
    """Let `parallel.each` compute on a cluster within this block."""
    previous = parallel.remote_each
    parallel.remote_each = partial(_each_on, client)
    try:
        yield
    finally:
        parallel.remote_each = previous


@contextlib.contextmanager
def computing_at(cluster: Cluster | None) -> Iterator[None]:
    """Connect to a cluster and compute on it within this block; here where it is None."""
    if cluster is None:
        yield
        return
    with connect(cluster) as client, computing_on(client):
        yield


def _each_on(client: Client, work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """Yield `work(item)` for every item as results come; the rest here if the scheduler dies."""
    from distributed import as_completed

    waiting = dict(enumerate(items))
    try:
        shared = client.scatter(work, broadcast=True, hash=False)
        futures = {
            client.submit(_apply, shared, item, pure=False, retries=TRIES): number
            for number, item in waiting.items()
        }
        with client.as_current():
            completed = as_completed(futures, with_results=True, raise_errors=True)
        for future, result in completed:
            del waiting[futures[future]]
            yield result
    except Exception:
        if client.status == "running":
            raise
    yield from parallel.each(work, waiting.values(), backend="loky", here=True)


def _apply(work: Callable[[Any], Any], item: Any) -> Any:
    return work(item)
