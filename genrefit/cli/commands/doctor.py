"""`genrefit doctor`: say what is here, what is missing, and what to do."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genrefit.cli.output import print_json, print_line
from genrefit.cli.parsing import Commands, add_json_option
from genrefit.config import Home

if TYPE_CHECKING:
    from genrefit.cli.doctor import Check


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    add_json_option(commands.add("doctor", "say what is here, what is missing, and what to do"))


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Print what is here and what is missing; 1 where something needed is missing."""
    from genrefit.cli.doctor import examine

    examination = examine(home)
    print_json(examination.to_json()) if arguments.json else _print_checks(examination.checks)
    return 1 if any(not check.well and check.needed for check in examination.checks) else 0


def _print_checks(checks: Sequence[Check]) -> None:
    for check in checks:
        mark = "ok " if check.well else ("!! " if check.needed else "-  ")
        print_line(f"{mark} {check.what}: {check.state}")
        if not check.well and check.remedy:
            print_line(f"     {check.remedy}")
