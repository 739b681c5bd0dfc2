"""Plain tables, JSON and CSV on standard output; notes on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

SHOWN = 40
"""Rows of a table on a terminal; --json, --csv and --m3u give all."""
CELL_WIDTH = 48


def print_json(value: object) -> None:
    """Print JSON to standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def print_note(text: str) -> None:
    """Print a note to standard error."""
    print(text, file=sys.stderr)


def print_csv(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as CSV with a head; a row may lack columns that others have."""
    import pandas as pd

    pd.DataFrame(rows).to_csv(sys.stdout, index=False)


def print_table(rows: Sequence[Sequence[object]], head: Sequence[str]) -> None:
    """Print rows under a head; numbers stand right, long texts are cut."""
    cells = [[_cell(value) for value in row] for row in rows]
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
    text = str(value)
    return text if len(text) <= CELL_WIDTH else text[: CELL_WIDTH - 1] + "…"
