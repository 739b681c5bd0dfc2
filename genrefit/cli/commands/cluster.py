"""`genrefit cluster`: a scheduler and workers on this machine, for `collect` and `train`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from genrefit.cli.output import print_line, print_note
from genrefit.cli.parsing import Commands, number_between, positive
from genrefit.cli.progress import catch_interrupt
from genrefit.config import Home
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    cluster = commands.add("cluster", "start a scheduler and workers on this machine")
    cluster.add_argument("--workers", type=positive, help="worker processes (default: all cores)")
    cluster.add_argument(
        "--host", default="127.0.0.1", help="address to listen at (default: this machine only)"
    )
    cluster.add_argument("--port", type=number_between(0, 65_535), default=8786)
    cluster.add_argument(
        "--tls", metavar="FOLDER", type=Path, help="encrypt, with ca.pem, cert.pem and key.pem"
    )


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Run a cluster until Ctrl-C."""
    from genrefit.cluster import local_cluster
    from genrefit.processes import cores

    workers = arguments.workers or cores()
    with local_cluster(
        workers=workers, port=int(arguments.port), host=arguments.host, tls=arguments.tls
    ) as cluster:
        print_line(cluster.scheduler_address)
        print_note(
            f"{count(workers, 'worker')}; use them with --cluster {cluster.scheduler_address} on "
            "collect and train, add machines with `dask worker ADDRESS`, stop with Ctrl-C"
        )
        stopped = catch_interrupt()
        while not stopped():
            time.sleep(0.5)
    return 0
