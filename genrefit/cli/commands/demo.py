"""`genrefit demo`: make a home of synthetic songs."""

from __future__ import annotations

import argparse

from genrefit.cli.output import print_note
from genrefit.cli.parsing import Commands, seed
from genrefit.cli.progress import catch_interrupt, show_progress
from genrefit.config import Home
from genrefit.errors import GenreError
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add("demo", "make a small home of synthetic songs, to look around in")
    parser.add_argument("--seed", type=seed, default=0)
    parser.add_argument("--remove", action="store_true", help="take the demo out of the home again")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Compose the demo's songs, collect them and train a model; or remove all of it."""
    from genrefit.demo import build, is_demo, remove

    if arguments.remove:
        if not is_demo(home):
            raise GenreError(f"there is no demo in {home.path}: nothing was removed")
        print_note(f"the demo is removed, with {count(remove(home), 'song')}")
        return 0

    with show_progress() as show:
        build(home, seed=arguments.seed, on_progress=show, cancelled=catch_interrupt())
    print_note(
        f"the demo (all of it synthetic) is in {home.path}. Next: genrefit app, or genrefit report"
    )
    return 0
