"""Plain tables, JSON and CSV on standard output; notes on standard error.

All that the command line prints goes through here, so that no name of a stranger's file or song
can do anything to the terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from genrefit.edges import csv_of_frame, harmless, json_text, one_line

SHOWN = 40
"""Rows of a table on a terminal; --json, --csv and --m3u give all."""
CELL_WIDTH = 48


def print_json(value: object) -> None:
    """Print JSON to standard output."""
    print(json_text(value, indent=2))


def print_note(text: str) -> None:
    """Print a note to standard error, in one line."""
    print(one_line(text), file=sys.stderr)


def print_line(text: str = "") -> None:
    """Print a text to standard output, in one line."""
    print(one_line(text) if text.strip() else "")


def print_block(text: str, *, end: str = "\n") -> None:
    """Print a text of several lines to standard output: what genrefit itself composed of lines."""
    print(harmless(text), end=end)


def print_csv(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as CSV with a head; a row may lack columns that others have."""
    import pandas as pd

    print(csv_of_frame(pd.DataFrame(rows)), end="")


def print_table(rows: Sequence[Sequence[object]], head: Sequence[str]) -> None:
    """Print rows under a head; numbers stand right, long texts are cut."""
    cells = [[_cell(value) for value in row] for row in rows]
    head = [one_line(name) for name in head]
    widths = [max(len(head[i]), *(len(row[i]) for row in cells), 0) for i in range(len(head))]
    right = [all(isinstance(row[i], int | float) for row in rows) for i in range(len(head))]
    for line in [list(head), *cells]:
        padded = [
            text.rjust(width) if numeric else text.ljust(width)
            for text, width, numeric in zip(line, widths, right, strict=True)
        ]
        print("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    text = one_line(value)
    return text if len(text) <= CELL_WIDTH else text[: CELL_WIDTH - 1] + "…"
