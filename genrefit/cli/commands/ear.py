"""`genrefit ear`: fetch the pretrained ear."""

from __future__ import annotations

import argparse

from genrefit.cli.output import print_note
from genrefit.cli.parsing import Commands
from genrefit.cli.progress import show_progress
from genrefit.config import Home


def add_parser(commands: Commands) -> None:
    """Add the verb."""
    commands.add("ear", "fetch the pretrained ear (29 MB, once)")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Fetch the ear unless it is here."""
    from genrefit.features import ear_is_ready, fetch_ear

    if ear_is_ready(home):
        print_note("the pretrained ear is here already")
        return 0
    with show_progress() as show:
        fetch_ear(home, on_progress=show)
    print_note("the pretrained ear is here: drop a song on the dashboard, or genrefit score FILE")
    return 0
