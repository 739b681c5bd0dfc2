"""`genrefit find`: rank the library's songs by a query."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genrefit.cli.output import SHOWN, print_block, print_json, print_line, print_note, print_table
from genrefit.cli.parsing import Commands, add_json_option, number_between, positive
from genrefit.cli.stale_note import print_stale_note
from genrefit.config import Home
from genrefit.errors import QueryError
from genrefit.formatting import count

if TYPE_CHECKING:
    from genrefit.search import Hit


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    find = commands.add("find", 'rank your songs by a query such as "country but not hip hop"')
    find.add_argument("query", nargs="?")
    find.add_argument("--model", help="default: the model in use")
    find.add_argument("--top", type=positive, help="at most so many songs")
    find.add_argument(
        "--least", type=number_between(0, 1), default=0.0, metavar="FIT", help="least fit, 0 to 1"
    )
    find.add_argument("--csv", action="store_true", help="print a CSV table")
    find.add_argument("--m3u", action="store_true", help="print a playlist")
    find.add_argument("--situation", metavar="NAME", help="use a saved query, or save this one")
    find.add_argument(
        "--report", action="store_true",
        help="also say how many of the first songs to expect to be what you asked",
    )  # fmt: skip
    find.add_argument("--language", action="store_true", help="explain the query language")
    add_json_option(find)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Rank the library's songs by a query."""
    from genrefit import query, search
    from genrefit.judging.query_report import query_report
    from genrefit.learning import registry
    from genrefit.library import open_library

    if arguments.language:
        print_block(query.DOCUMENTATION)
        return 0
    name = registry.name_or_in_use(home, arguments.model)
    text = _query_text(home, arguments)
    ranking = search.search_library(
        home, text, model=name, least=arguments.least, top=arguments.top
    )
    hits = ranking.hits
    print_stale_note(home, name)
    if ranking.lacking:
        print_note(
            f"{count(ranking.lacking, 'song')} left out for want of the features that {name} "
            "listens by: genrefit collect --refresh adds them"
        )
    if arguments.situation and arguments.query:
        with open_library(home) as library:
            library.save_situation(arguments.situation, arguments.query)
    report = None
    if arguments.report:
        report = query_report(home, ranking.query, model=name)
        if not arguments.json:
            (print_note if arguments.m3u or arguments.csv else print)(report.sentence())
    if arguments.m3u:
        print_block(search.to_m3u(hits), end="")
    elif arguments.csv:
        print_block(search.to_csv(hits), end="")
    elif arguments.json:
        found = search.to_json(hits)
        print_json({"hits": found, "report": report.to_json()} if report else found)
    else:
        _print_hits(hits)
    return 0


def _query_text(home: Home, arguments: argparse.Namespace) -> str:
    """Return the query that was given, or that of the saved situation."""
    from genrefit.library import open_library

    if arguments.query:
        return str(arguments.query)
    if not arguments.situation:
        raise QueryError('say what you look for: genrefit find "country but not hip hop"')
    with open_library(home) as library:
        saved = library.situations()
    if arguments.situation not in saved:
        known = ", ".join(saved) or "none yet"
        raise QueryError(f"there is no situation {arguments.situation!r}; there are: {known}")
    return saved[arguments.situation]


def _print_hits(hits: Sequence[Hit]) -> None:
    """Print ranked songs with each term's contribution."""
    if not hits:
        print_line("no song fits; lower --least, or collect more songs")
        return
    labels = list(hits[0].terms)
    rows = [
        (hit.fit, hit.artist, hit.title, *(float(hit.terms[label]) for label in labels))
        for hit in hits[:SHOWN]
    ]
    print_table(rows, ["fit", "artist", "title", *labels])
    if len(hits) > SHOWN:
        print_line(f"... and {len(hits) - SHOWN:,} more (--top, --json, --csv or --m3u give them)")
