"""`genrefit demo`: make a home of synthetic songs."""

from __future__ import annotations

import argparse

from genrefit.cli.output import print_note
from genrefit.cli.parsing import Commands, seed
from genrefit.cli.progress import catch_interrupt, show_progress
from genrefit.config import Home


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add("demo", "make a small home of synthetic songs, to look around in")
    parser.add_argument("--seed", type=seed, default=0)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Compose the demo's songs, collect them and train a model."""
    from genrefit.demo import build

    with show_progress() as show:
        build(home, seed=arguments.seed, on_progress=show, cancelled=catch_interrupt())
    print_note(
        f"the demo (all of it synthetic) is in {home.path}. Next: genrefit app, or genrefit report"
    )
    return 0
