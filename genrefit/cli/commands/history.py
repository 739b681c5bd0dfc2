"""`genrefit history`: list what was changed and can be undone."""

from __future__ import annotations

import argparse

from genrefit.cli.output import print_json, print_note, print_table
from genrefit.cli.parsing import Commands, add_json_option, positive
from genrefit.config import Home


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add("history", "list your changes, each with its number, to undo them")
    parser.add_argument(
        "--most", type=positive, default=20, metavar="N", help="the newest N (default: 20)"
    )
    add_json_option(parser)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """List changes, the newest first."""
    from genrefit import history

    entries = history.entries(home, arguments.most)
    if arguments.json:
        print_json([entry.to_json() for entry in entries])
    elif not entries:
        print_note("nothing has been changed yet")
    else:
        rows = [(e.number, e.date, e.what, "undone" if e.undone else "") for e in entries]
        print_table(rows, ["", "when", "what", ""])
        print_note("genrefit undo undoes the last one, genrefit undo NUMBER another")
    return 0
