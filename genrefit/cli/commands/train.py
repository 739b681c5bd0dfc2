"""`genrefit train`: learn a model and judge it on artists it has not heard."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from genrefit.cli.commands.report import print_report
from genrefit.cli.output import print_block, print_json, print_line
from genrefit.cli.parsing import (
    Commands,
    add_cluster_options,
    add_json_option,
    cluster_of,
    positive,
    seed,
)
from genrefit.cli.progress import catch_interrupt, show_progress
from genrefit.config import Home

if TYPE_CHECKING:
    from genrefit.learning.recipe import Recipe


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    train = commands.add("train", "learn a model from the library and judge it on unheard artists")
    train.add_argument(
        "--again", nargs="?", const="", metavar="MODEL",
        help="train this model (default: the one in use) again the same way, on today's songs",
    )  # fmt: skip
    train.add_argument("--genre", action="append", help="only this genre (repeatable)")
    train.add_argument("--features", metavar="SET", help="feature set (default: the best there is)")
    train.add_argument("--drop", action="append", metavar="COLUMN", help="leave out a feature")
    train.add_argument(
        "--model", "--pipeline", dest="pipeline", default="auto", metavar="PIPELINE",
        help="auto (default), logistic, svm, svm-drop or boosted",
    )  # fmt: skip
    train.add_argument(
        "--protocol", default="artist", choices=["artist", "song", "row"],
        help="what a split never parts: artist (default), song, or nothing (row: leaky)",
    )  # fmt: skip
    train.add_argument("--grid", action="store_true", help="search the pipeline's parameters")
    train.add_argument("--seed", type=seed, default=0)
    train.add_argument("--name", help="the model's name (default: a readable one)")
    train.add_argument("--replace", action="store_true", help="replace a model of that name")
    train.add_argument(
        "--use", action="store_true", help="answer with this model from now on, however good it is"
    )
    train.add_argument("--jobs", type=positive, help="processes (default: all cores)")
    add_cluster_options(train)
    add_json_option(train)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Train a model; print its report and how it compares with the model in use."""
    from genrefit.cluster import computing_at
    from genrefit.judging.comparison import compare_with_model_in_use
    from genrefit.learning import registry
    from genrefit.learning.train import train

    recipe = _recipe(home, arguments)
    with computing_at(cluster_of(arguments)), show_progress() as show:
        report = train(
            home, recipe, on_progress=show, cancelled=catch_interrupt(), n_jobs=arguments.jobs
        )
    assert report.model is not None, "a trained model has a name"
    compared = compare_with_model_in_use(home, report.model)
    if arguments.use:
        registry.use(home, report.model)
    in_use = registry.in_use(home)
    if arguments.json:
        more = {"in_use": in_use == report.model, "compared": compared and compared.to_json()}
        print_json(report.to_json() | more)
        return 0
    print_report(report)
    if compared is not None:
        print_line()
        print_block(compared.sentences())
    if in_use == report.model:
        print_line()
        print_line(f"answers come from {in_use} from now on")
    else:
        print_line()
        print_line(f"answers still come from {in_use}; to answer with the new model from now on:")
        print_line(f"  genrefit models use {shlex.quote(report.model)}")
    return 0


def _recipe(home: Home, arguments: argparse.Namespace) -> Recipe:
    """Return the recipe that the options say, or that of the model to train again."""
    from genrefit.errors import TrainError
    from genrefit.learning import registry, trained_on
    from genrefit.learning.recipe import Recipe

    asked = Recipe(
        genres=tuple(arguments.genre) if arguments.genre else None,
        features=arguments.features,
        drop=tuple(arguments.drop or ()),
        pipeline=arguments.pipeline,
        protocol=arguments.protocol,
        grid=arguments.grid,
        seed=arguments.seed,
        name=arguments.name,
        replace=arguments.replace,
    )
    if arguments.again is None:
        return asked
    if replace(asked, name=None, replace=False) != Recipe():
        raise TrainError(
            "--again trains the same way as before, so no other choice goes with it but --name, "
            "--replace, --use and --jobs: leave out the others, or leave out --again"
        )
    name = registry.name_or_in_use(home, arguments.again)
    again = trained_on.again(home, name)
    if asked.replace:
        return replace(again, name=asked.name or name, replace=True)
    return replace(again, name=asked.name or again.name)
