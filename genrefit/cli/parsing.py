"""What the commands share when they build their parts of the parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genrefit.cluster import Cluster


class Commands:
    """The commands (or a command's actions) of a parser; all of them take --home."""

    def __init__(
        self, parser: argparse.ArgumentParser, *, dest: str, metavar: str, required: bool
    ) -> None:
        self._subparsers = parser.add_subparsers(dest=dest, metavar=metavar, required=required)
        self._shared = argparse.ArgumentParser(add_help=False)
        self._shared.add_argument(
            "--home", metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )

    def add(self, name: str, what: str) -> argparse.ArgumentParser:
        """Add a command and return its parser; `what` is its description."""
        return self._subparsers.add_parser(
            name, help=what, description=what, parents=[self._shared]
        )


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help="print JSON with stable keys")


def add_cluster_options(parser: argparse.ArgumentParser) -> None:
    """Add --cluster and --cluster-tls."""
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="work on a cluster: tcp://HOST:8786 (docs/scale.md)"
    )
    parser.add_argument(
        "--cluster-tls", metavar="FOLDER", type=Path, help="with ca.pem, cert.pem and key.pem in it"
    )


def cluster_of(arguments: argparse.Namespace) -> Cluster | None:
    """Return the cluster that the options name, None where they name none."""
    from genrefit.cluster import Cluster

    if arguments.cluster is None:
        return None
    return Cluster(arguments.cluster, arguments.cluster_tls)


def positive(text: str) -> int:
    """Return an argument as a whole number of 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def port(text: str) -> int:
    """Return an argument as a TCP port."""
    number = positive(text)
    if number > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is more than 65535, the last port there is")
    return number


def seed(text: str) -> int:
    """Return an argument as a seed that every random generator takes."""
    value = int(text)
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {2**32 - 1}")
    return value


def number_between(least: float, most: float) -> Callable[[str], float]:
    """Return a type of argument: a number from `least` to `most`, both allowed."""

    def number(text: str) -> float:
        value = float(text)
        if not least <= value <= most:  # also where it is not a number (nan)
            raise argparse.ArgumentTypeError(f"{text} is not between {least:g} and {most:g}")
        return value

    return number


def resolved(source: str) -> str:
    """Return a path that exists as an absolute one, anything else as it is.

    A folder given by hand must mean the same wherever the next command is run.
    """
    from genrefit.sources import urls

    if source.lower().startswith("file://") or not urls.on_disk(source):
        return source
    return urls.storable(str(Path(source).expanduser().resolve()))
