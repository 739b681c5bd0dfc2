"""`genrefit models`: list, choose, rename or delete models."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genrefit.cli.output import print_json, print_line, print_note, print_table
from genrefit.cli.parsing import Commands, add_json_option
from genrefit.cli.stale_note import print_stale_note
from genrefit.config import Home

if TYPE_CHECKING:
    from genrefit.learning.registry import ListedModel


def add_parser(commands: Commands) -> None:
    """Add the verb and its actions."""
    models = commands.add("models", "list, choose, rename or delete models")
    add_json_option(models)
    actions = Commands(models, dest="action", metavar="ACTION", required=False)
    for name, what in (("use", "answer with this model from now on"), ("delete", "delete a model")):
        actions.add(name, what).add_argument("name")
    rename = actions.add("rename", "rename a model")
    rename.add_argument("name")
    rename.add_argument("new")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """List models, or change one."""
    from genrefit.learning import registry, staleness

    if arguments.action == "use":
        registry.use(home, arguments.name)
        print_note(f"answers come from {arguments.name} from now on")
    elif arguments.action == "delete":
        before = registry.in_use(home)
        registry.delete(home, arguments.name)
        now = registry.in_use(home)
        print_note(f"{arguments.name} deleted (genrefit undo brings it back)")
        if now is not None and now != before:
            print_note(f"answers come from {now} from now on")
    elif arguments.action == "rename":
        registry.rename(home, arguments.name, arguments.new)
        print_note(f"{arguments.name} is {arguments.new} now")
    else:
        models = registry.listing(home)
        print_json(staleness.listing_json(home)) if arguments.json else _print_models(models)
        for model in models if not arguments.json else ():
            print_stale_note(home, model.name)
    return 0


def _print_models(models: Sequence[ListedModel]) -> None:
    """Print the models, the one in use marked."""
    if not models:
        print_line("no models yet: genrefit train makes one")
        return
    rows = [
        (
            "*" if model.in_use else "",
            model.name,
            model.card and ", ".join(model.card.sets or (model.card.features,)),
            model.card and model.card.pipeline,
            model.error or ", ".join(model.card.genres if model.card else ()),
        )
        for model in models
    ]
    print_table(rows, ["", "model", "features", "pipeline", "genres"])
    print_line("* in use")
