"""The commands, a verb a file.

Each module has `add_parser(commands)`, which adds the verb with its options, and
`run(home, arguments)`, which calls one function of the program, prints its result and returns the
exit code. What is slow to import is imported in `run`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Protocol

from genrefit.cli.commands import (
    app,
    artists,
    backup,
    cluster,
    collect,
    copies,
    demo,
    doctor,
    ear,
    export,
    find,
    genres,
    history,
    import_,
    labels,
    library,
    models,
    partitions,
    report,
    restore,
    score,
    songs,
    train,
    undo,
)
from genrefit.cli.parsing import Commands
from genrefit.config import Home


class Command(Protocol):
    """What each module of this package offers."""

    def add_parser(self, commands: Commands) -> None:
        """Add the verb and its options."""

    def run(self, home: Home, arguments: argparse.Namespace) -> int:
        """Do it and return the exit code."""


COMMANDS: Mapping[str, Command] = {
    "genres": genres,
    "collect": collect,
    "library": library,
    "songs": songs,
    "copies": copies,
    "labels": labels,
    "artists": artists,
    "import": import_,
    "export": export,
    "history": history,
    "undo": undo,
    "backup": backup,
    "restore": restore,
    "train": train,
    "models": models,
    "report": report,
    "score": score,
    "find": find,
    "cluster": cluster,
    "partitions": partitions,
    "app": app,
    "demo": demo,
    "ear": ear,
    "doctor": doctor,
}
"""By verb, in the order of `genrefit --help`."""
