"""`genrefit undo`: undo a change of songs, genres or models."""

from __future__ import annotations

import argparse

from genrefit.cli.output import print_json, print_note
from genrefit.cli.parsing import Commands, add_json_option, positive
from genrefit.config import Home


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add("undo", "undo your last change, or another by its number")
    parser.add_argument(
        "number", type=positive, nargs="?", help="as genrefit history lists it (default: the last)"
    )
    add_json_option(parser)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Undo a change."""
    from genrefit import history

    entry = history.undo(home, arguments.number)
    if arguments.json:
        print_json(entry.to_json())
    else:
        newest = history.entries(home, 1)[0]
        again = "does it again" if newest.is_undo else "takes it back"
        print_note(f"{newest.what} (genrefit undo {newest.number} {again})")
    return 0
