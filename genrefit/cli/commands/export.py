"""`genrefit export`: write all segments of a feature set."""

from __future__ import annotations

import argparse
from pathlib import Path

from genrefit.cli.output import print_note
from genrefit.cli.parsing import Commands
from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add("export", "write all segments as JSON lines, CSV or Parquet")
    parser.add_argument(
        "file", help="its ending tells the form: .jsonl, .csv (or with .gz), .parquet"
    )
    parser.add_argument("--features", metavar="SET", help="which feature set")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Write all segments of a feature set to a file."""
    from genrefit.library.exchange import export_segments

    features = _feature_set(home, arguments.features)
    rows = export_segments(home, Path(arguments.file), features=features)
    print_note(f"{count(rows, 'row')} of the feature set {features} written to {arguments.file}")
    return 0


def _feature_set(home: Home, given: str | None) -> str:
    from genrefit.features import FEATURE_SETS
    from genrefit.library import open_library

    if given is not None:
        if given not in FEATURE_SETS:
            raise GenrefitError(f"no feature set {given!r}; there are {', '.join(FEATURE_SETS)}")
        return given
    with open_library(home, create=False) as library:
        collected = {name for sets in library.feature_versions().values() for name in sets}
    # The seed's form is the classic set's; others only where that was not collected.
    return next((name for name in ("classic", *FEATURE_SETS) if name in collected), "classic")
