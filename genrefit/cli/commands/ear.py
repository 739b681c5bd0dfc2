"""`genrefit ear`: fetch the pretrained ears, or take the second from a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from genrefit.cli.output import print_note
from genrefit.cli.parsing import Commands
from genrefit.cli.progress import show_progress
from genrefit.config import Home


def add_parser(commands: Commands) -> None:
    """Add the verb."""
    parser = commands.add("ear", "fetch the pretrained ears (29 and 7 MB, once)")
    parser.add_argument(
        "--yamnet",
        metavar="FILE",
        type=Path,
        help="take the second ear from this ONNX file of YAMNet (or a zip that holds one)",
    )


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Fetch the ears unless they are here."""
    from genrefit.features import ear_is_ready, fetch_ears, second_ear_is_ready, take_second_ear

    if arguments.yamnet is not None:
        take_second_ear(home, arguments.yamnet)
        print_note("the second ear is here: new songs are heard by both")
        return 0
    if ear_is_ready(home) and second_ear_is_ready(home):
        print_note("both pretrained ears are here already")
        return 0
    with show_progress() as show:
        lacking = fetch_ears(home, on_progress=show)
    print_note("the pretrained ear is here: drop a song on the dashboard, or genrefit score FILE")
    if lacking:
        print_note(lacking)
    return 0
