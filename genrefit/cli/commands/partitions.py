"""`genrefit partitions`: collections of millions of songs, in Parquet (docs/scale.md)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genrefit.cli.output import print_json, print_line, print_note, print_table
from genrefit.cli.parsing import (
    Commands,
    add_cluster_options,
    add_json_option,
    cluster_of,
    positive,
)
from genrefit.cli.progress import show_progress
from genrefit.config import Home
from genrefit.formatting import count, percent


def add_parser(commands: Commands) -> None:
    """Add the verb and its actions."""
    parser = commands.add("partitions", "collections of millions of songs, in Parquet")
    actions = Commands(parser, dest="action", metavar="ACTION", required=True)
    export = actions.add("export", "write the library's song means as Parquet")
    export.add_argument("folder", type=Path)
    export.add_argument("--features", default="ear", metavar="SET")
    train = actions.add("train", "train on them, partition by partition, and write likelihoods")
    train.add_argument("folder", type=Path)
    train.add_argument("--jobs", type=positive)
    add_cluster_options(train)
    add_json_option(train)
    find = actions.add("find", "the songs that fit a query best")
    find.add_argument("folder", type=Path)
    find.add_argument("query")
    find.add_argument("--top", type=positive, default=20)
    add_json_option(find)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Run one action."""
    return {"export": _export, "train": _train, "find": _find}[arguments.action](home, arguments)


def _export(home: Home, arguments: argparse.Namespace) -> int:
    from genrefit.partitions import export_songs

    with show_progress() as show:
        songs = export_songs(home, arguments.folder, features=arguments.features, on_progress=show)
    written = f"{count(songs.songs, 'song')} in {count(len(songs.paths), 'partition')}"
    print_note(f"{written}: train with genrefit partitions train {arguments.folder}")
    return 0


def _train(home: Home, arguments: argparse.Namespace) -> int:
    from genrefit.cluster import computing_at
    from genrefit.partitions import PartitionedSongs, train_partitions, write_likelihoods

    songs = PartitionedSongs.open(arguments.folder)
    with computing_at(cluster_of(arguments)), show_progress() as show:
        report = train_partitions(songs, on_progress=show, n_jobs=arguments.jobs)
        write_likelihoods(songs, n_jobs=arguments.jobs)
    if arguments.json:
        print_json(report.to_json())
        return 0
    print_line(
        f"Right for {percent(report.accuracy)} of {count(report.songs, 'song')} by artists that "
        f"the judging fit never heard (log loss {report.log_loss:.3f}); guessing the biggest "
        f"genre gives {percent(report.majority)}."
    )
    return 0


def _find(home: Home, arguments: argparse.Namespace) -> int:
    from genrefit.partitions import LikelihoodColumns, PartitionedSongs

    columns = LikelihoodColumns.load(PartitionedSongs.open(arguments.folder))
    hits: list[dict[str, Any]] = columns.find(arguments.query, top=arguments.top)
    if arguments.json:
        print_json(hits)
        return 0
    rows = [(hit["fit"], hit["title"], hit["artist"], ", ".join(hit["genres"])) for hit in hits]
    print_table(rows, ["fit", "title", "artist", "genres"])
    return 0
