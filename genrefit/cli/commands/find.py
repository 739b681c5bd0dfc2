"""`genrefit find`: rank the library's songs by a query."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genrefit.cli.output import SHOWN, print_json, print_note, print_table
from genrefit.cli.parsing import Commands, add_json_option, positive
from genrefit.config import Home
from genrefit.errors import ModelError, QueryError
from genrefit.formatting import count

if TYPE_CHECKING:
    from genrefit.search import Hit


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    find = commands.add("find", 'rank your songs by a query such as "country but not hip hop"')
    find.add_argument("query", nargs="?")
    find.add_argument("--model", help="default: the model in use")
    find.add_argument("--top", type=positive, help="at most so many songs")
    find.add_argument("--least", type=float, default=0.0, metavar="FIT", help="least fit, 0 to 1")
    find.add_argument("--csv", action="store_true", help="print a CSV table")
    find.add_argument("--m3u", action="store_true", help="print a playlist")
    find.add_argument("--situation", metavar="NAME", help="use a saved query, or save this one")
    find.add_argument("--language", action="store_true", help="explain the query language")
    add_json_option(find)


def run(home: Home, options: argparse.Namespace) -> int:
    """Rank the library's songs by a query."""
    from genrefit import query, search
    from genrefit.learning import registry
    from genrefit.library import open_library

    if options.language:
        print(query.DOCUMENTATION)
        return 0
    name = options.model or registry.in_use(home)
    if name is None:
        raise ModelError("there is no model yet: genrefit train makes one")
    text = _query_text(home, options)
    query.parse(text, registry.load(home, name).genres)
    likelihoods = search.library_likelihoods(home, name)
    lacking = likelihoods.attrs.get("lacking", 0)
    if lacking:
        print_note(
            f"{count(lacking, 'song')} left out for want of the features that {name} listens "
            "by: genrefit collect --refresh adds them"
        )
    hits = search.find(text, likelihoods, least=options.least, top=options.top)
    if options.situation and options.query:
        with open_library(home) as library:
            library.save_situation(options.situation, options.query)
    if options.m3u:
        print(search.to_m3u(hits), end="")
    elif options.csv:
        print(search.to_csv(hits), end="")
    elif options.json:
        print_json(search.to_json(hits))
    else:
        _print_hits(hits)
    return 0


def _query_text(home: Home, options: argparse.Namespace) -> str:
    """Return the query that was given, or that of the saved situation."""
    from genrefit.library import open_library

    if options.query:
        return str(options.query)
    if not options.situation:
        raise QueryError('say what you look for: genrefit find "country but not hip hop"')
    with open_library(home) as library:
        saved = library.situations()
    if options.situation not in saved:
        known = ", ".join(saved) or "none yet"
        raise QueryError(f"there is no situation {options.situation!r}; there are: {known}")
    return saved[options.situation]


def _print_hits(hits: Sequence[Hit]) -> None:
    """Print ranked songs with each term's contribution."""
    if not hits:
        print("no song fits; lower --least, or collect more songs")
        return
    labels = list(hits[0].terms)
    rows = [
        (hit.fit, hit.artist, hit.title, *(float(hit.terms[label]) for label in labels))
        for hit in hits[:SHOWN]
    ]
    print_table(rows, ["fit", "artist", "title", *labels])
    if len(hits) > SHOWN:
        print(f"... and {len(hits) - SHOWN:,} more (--top, --json, --csv or --m3u give them)")
