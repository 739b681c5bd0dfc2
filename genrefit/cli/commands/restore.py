"""`genrefit restore`: put a backup in the place of what a home holds."""

from __future__ import annotations

import argparse
from pathlib import Path

from genrefit.cli.output import print_note
from genrefit.cli.parsing import Commands
from genrefit.cli.progress import show_progress
from genrefit.config import Home
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its arguments."""
    parser = commands.add("restore", "put a backup in the place of library, genres and models")
    parser.add_argument("file", help="what genrefit backup wrote; it is checked first")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Restore a backup; what it replaces is kept."""
    from genrefit.backup import restore

    with show_progress() as show:
        restored = restore(home, Path(arguments.file), on_progress=show)
    kept = f"; what was there before is kept in {restored.kept}" if restored.kept else ""
    print_note(
        f"{count(restored.songs, 'song')} and {count(restored.models, 'model')} of "
        f"{restored.date} are back{kept}"
    )
    return 0
