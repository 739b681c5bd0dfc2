"""`genrefit backup`: library, genres, models and dropped songs in one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from genrefit.cli.output import print_note
from genrefit.cli.parsing import Commands
from genrefit.cli.progress import show_progress
from genrefit.config import Home


def add_parser(commands: Commands) -> None:
    """Add the verb and its arguments."""
    parser = commands.add("backup", "write library, genres, models and dropped songs to one file")
    parser.add_argument("file", help="the file to write; jobs and pages may go on meanwhile")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Write a backup."""
    from genrefit.backup import backup

    with show_progress() as show:
        size = backup(home, Path(arguments.file), on_progress=show)
    print_note(
        f"{arguments.file}: {size / 1e6:,.1f} MB; genrefit restore {arguments.file} brings it back"
    )
    return 0
