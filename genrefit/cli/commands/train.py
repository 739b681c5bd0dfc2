"""`genrefit train`: learn a model and judge it on artists it has not heard."""

from __future__ import annotations

import argparse

from genrefit.cli.commands.report import print_report
from genrefit.cli.output import print_json
from genrefit.cli.parsing import Commands, add_json_option, positive, seed
from genrefit.cli.progress import catch_interrupt, show_progress
from genrefit.config import Home


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    train = commands.add("train", "learn a model from the library and judge it on unheard artists")
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
    train.add_argument("--jobs", type=positive, help="processes (default: all cores)")
    add_json_option(train)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Train a model and print its report."""
    from genrefit.learning.train import Recipe, train

    recipe = Recipe(
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
    with show_progress() as show:
        report = train(
            home, recipe, on_progress=show, cancelled=catch_interrupt(), n_jobs=arguments.jobs
        )
    print_json(report.to_json()) if arguments.json else print_report(report)
    return 0
