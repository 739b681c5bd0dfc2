"""`genrefit collect`: fetch songs and keep their features."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genrefit.cli.output import SHOWN, print_json, print_line, print_note
from genrefit.cli.parsing import (
    Commands,
    add_cluster_options,
    add_json_option,
    cluster_of,
    number_between,
    positive,
)
from genrefit.cli.progress import catch_interrupt, show_progress
from genrefit.config import Home
from genrefit.formatting import count, duration

if TYPE_CHECKING:
    from genrefit.collecting.collector import CollectionResult
    from genrefit.sources import Limits


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    collect = commands.add(
        "collect", "fetch the songs of your genres, keep their features, erase the audio"
    )
    collect.add_argument("--genre", action="append", help="only this genre (repeatable)")
    collect.add_argument(
        "--features", action="append", metavar="SET", help="only this feature set (repeatable)"
    )
    collect.add_argument("--jobs", type=positive, help="songs at once (default: all cores)")
    collect.add_argument("--retry-failed", action="store_true", help="try just the failed ones")
    collect.add_argument(
        "--refresh", action="store_true", help="fetch songs again that lack a feature set"
    )
    collect.add_argument(
        "--any-sound", action="store_true", help="take speech, silence and noise too"
    )
    collect.add_argument(
        "--let-back-in", action="store_true", help="collect songs too that you removed"
    )
    collect.add_argument(
        "--drop-vanished", action="store_true", help="drop the songs whose files are gone"
    )
    collect.add_argument(
        "--pause", type=number_between(0, 86_400), metavar="SECONDS", help="between downloads"
    )
    collect.add_argument(
        "--deadline", type=number_between(1, 86_400), metavar="SECONDS", help="for one download"
    )
    collect.add_argument(
        "--longest", type=number_between(0.1, 10_000), metavar="MINUTES", help="skip longer songs"
    )
    collect.add_argument(
        "--most-mb", type=number_between(0.01, 100_000), metavar="MB", help="skip larger downloads"
    )
    add_cluster_options(collect)
    add_json_option(collect)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Collect songs; 1 where a source is missing or empty, or every song failed."""
    from genrefit.collecting.collector import collect
    from genrefit.library import genres, open_library
    from genrefit.library.shared_sources import all_shared_sources

    if arguments.let_back_in:
        with open_library(home) as library:
            removed = {key for key, _ in library.removed_songs()}
            library.let_back_in()
        print_note(f"{count(len(removed), 'removed song')} may come back; moved ones stay")
    for sentence in all_shared_sources(genres.read(home), arguments.genre):
        print_note(f"Note: {sentence}")
    with show_progress() as show:
        result = collect(
            home,
            genres=arguments.genre,
            sets=arguments.features,
            jobs=arguments.jobs,
            retry_failed=arguments.retry_failed,
            refresh=arguments.refresh,
            any_sound=arguments.any_sound,
            cluster=cluster_of(arguments),
            drop_vanished=arguments.drop_vanished,
            limits=_limits(arguments),
            on_progress=show,
            cancelled=catch_interrupt(),
        )
    with open_library(home) as library:
        failed = library.summary()["failed"]
    if arguments.json:
        seconds = round(result.seconds, 1)
        print_json({**result.to_json(), "seconds": seconds, "failures": failed})
    else:
        _print_result(result, failed)
    return 1 if result.failed_sources or (result.failed and not result.done) else 0


def _limits(arguments: argparse.Namespace) -> Limits:
    from genrefit.sources import Limits

    given = {
        "pause_seconds": arguments.pause,
        "deadline_seconds": arguments.deadline,
        "longest_seconds": arguments.longest * 60 if arguments.longest else None,
        "max_bytes": int(arguments.most_mb * 1e6) if arguments.most_mb else None,
    }
    return replace(Limits(), **{key: value for key, value in given.items() if value is not None})


def _print_result(result: CollectionResult, failed: Sequence[Mapping[str, Any]]) -> None:
    """Print the end of a collection: how many, what to know, failures grouped by reason."""
    print_line(
        f"{count(result.done, 'song')} collected, {result.failed:,} failed, "
        f"{result.skipped:,} left as they were; {duration(result.seconds)}"
    )
    if result.failed_sources:
        print_line(f"{count(result.failed_sources, 'source')} could not be read:")
    for sentence in result.notes:
        print_line(f"  {sentence}")
    if not failed:
        return
    print_line(f"{len(failed):,} could not be collected so far:")
    reasons = Counter((failure["reason"], failure["retry"]) for failure in failed)
    for (reason, retry), number in reasons.most_common(SHOWN):
        print_line(f"  {number:,} x {reason}" + ("" if retry else " (a retry will not help)"))
    if any(retry for _, retry in reasons):
        print_line("  genrefit collect --retry-failed tries again what may pass")
