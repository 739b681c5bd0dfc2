"""The command line's entry: one parser, one place that catches errors.

Exit codes: 0 done, 1 a user error, 2 wrong usage, 3 a bug. Results go to standard output; progress
and notes go to standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from genrefit import __version__, config, damage
from genrefit.cli.commands import COMMANDS
from genrefit.cli.output import print_note
from genrefit.cli.parsing import Commands
from genrefit.edges import harmless
from genrefit.errors import GenrefitError

EPILOG = (
    "The home (genres, library, models) is --home, else GENREFIT_HOME, else the checkout that "
    "this runs from, else your own data folder."
)


def parser() -> argparse.ArgumentParser:
    """Return the whole parser; each command adds its own part."""
    top = argparse.ArgumentParser(
        prog="genrefit",
        description="Learn your genres from playlists; tell how well any song fits them.",
        epilog=EPILOG,
    )
    top.add_argument("--version", action="version", version=f"genrefit {__version__}")
    top.add_argument("--home", metavar="DIR", help="the home folder")
    commands = Commands(top, dest="command", metavar="VERB", required=True)
    for command in COMMANDS.values():
        command.add_parser(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    arguments = parser().parse_args(argv)
    home = config.home(arguments.home)
    try:
        _sweep(home)
        return COMMANDS[arguments.command].run(home, arguments)
    except GenrefitError as error:
        print_note(f"genrefit: {error}")
        return 1
    except KeyboardInterrupt:
        print("\ngenrefit: stopped; what was finished is kept", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes exit code 3
        if sentence := damage.explain(error, home):
            print_note(f"genrefit: {sentence}")
            return 1
        print(harmless(traceback.format_exc()), file=sys.stderr)
        print("genrefit: this is a bug in genrefit; the lines above tell where", file=sys.stderr)
        return 3


def _sweep(home: config.Home) -> None:
    """Erase what killed processes left; a home without anything in it is not looked at."""
    if not home.data.is_dir() and not home.models.is_dir():
        return
    from genrefit.sweeper import sweep_home

    sweep_home(home)


if __name__ == "__main__":
    sys.exit(main())
