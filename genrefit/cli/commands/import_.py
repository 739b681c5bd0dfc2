"""`genrefit import`: take segments from a JSON lines file."""

from __future__ import annotations

import argparse
from pathlib import Path

from genrefit.cli.output import print_json, print_note
from genrefit.cli.parsing import Commands, add_json_option
from genrefit.config import Home
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add("import", "take segments from a JSON lines file (.gz or plain)")
    parser.add_argument("file")
    add_json_option(parser)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Take segments from a file."""
    from genrefit.library.exchange import import_file

    result = import_file(home, Path(arguments.file))
    if arguments.json:
        print_json(result.counts())
    if not result.changed:
        print_note(
            f"nothing has changed: all of the file's {count(result.songs, 'song')} are in the "
            "library, with all that it says of them"
        )
    elif not arguments.json:
        print_note(
            f"{count(result.songs, 'song')}, {count(result.segments, 'segment')} "
            f"({result.known} known before). Next: genrefit train"
        )
    return 0
