"""`genrefit library`: count what is collected, and what failed and why."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from genrefit.cli.output import SHOWN, print_json, print_table
from genrefit.cli.parsing import Commands, add_json_option
from genrefit.config import Home
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    add_json_option(commands.add("library", "count what is collected, and what failed and why"))


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Count songs, segments and failures."""
    from genrefit.library import open_library

    with open_library(home, create=False) as library:
        summary = library.summary()
    print_json(summary) if arguments.json else _print_summary(summary)
    return 0


def _print_summary(summary: Mapping[str, Any]) -> None:
    print(f"{count(summary['songs'], 'song')}, {count(summary['segments'], 'segment')}")
    print_table(list(summary["genres"].items()), ["genre", "songs"])
    failed = summary["failed"]
    if failed:
        print(f"\n{len(failed):,} failed:")
        print_table([(f["source"], f["reason"]) for f in failed[:SHOWN]], ["source", "reason"])
