"""`genrefit library`: count what is collected, and what failed and why."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from genrefit.cli.output import SHOWN, print_json, print_line, print_table
from genrefit.cli.parsing import Commands, add_json_option
from genrefit.cli.progress import show_progress
from genrefit.config import Home
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add("library", "count what is collected, and what failed and why")
    parser.add_argument(
        "--check", action="store_true", help="look whether all of it holds together"
    )
    add_json_option(parser)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Count songs, segments and failures, or check them; 1 where something is wrong."""
    from genrefit.library import open_library

    if arguments.check:
        return _check(home, as_json=arguments.json)
    with open_library(home, create=False) as library:
        summary = library.summary()
    print_json(summary) if arguments.json else _print_summary(summary)
    return 0


def _check(home: Home, *, as_json: bool) -> int:
    from genrefit.library import open_library
    from genrefit.library.consistency import check

    with open_library(home, create=False) as library, show_progress() as show:
        findings = check(library, on_progress=show)
    if as_json:
        print_json([finding.to_json() for finding in findings])
    else:
        for finding in findings:
            print_line(f"{'WRONG' if finding.wrong else 'note'}: {finding.sentence}")
        if not findings:
            print_line("the library is sound")
    return 1 if any(finding.wrong for finding in findings) else 0


def _print_summary(summary: Mapping[str, Any]) -> None:
    print_line(f"{count(summary['songs'], 'song')}, {count(summary['segments'], 'segment')}")
    print_table(list(summary["genres"].items()), ["genre", "songs"])
    failed = summary["failed"]
    if failed:
        print_line()
        print_line(f"{len(failed):,} failed:")
        print_table([(f["source"], f["reason"]) for f in failed[:SHOWN]], ["source", "reason"])
