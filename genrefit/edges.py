"""Text of strangers made harmless where it leaves the program.

Names of files, tags and lists may hold line breaks, terminal escapes, marks that turn the reading
direction, bytes that are no text, and formulas. Inside the program they stay as they are; every
way out goes through this module: terminal and log, CSV, M3U, JSON, and Markdown for pages.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

REPLACEMENT = "\ufffd"
"""What is shown for a character that may not be."""
_CONTROLS = "\x00-\x08\x0b-\x1f"
_MARKS = (
    "\x7f-\x9f"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks of reading direction
    "\u2028\u2029\ufeff\ufff9-\ufffb\ud800-\udfff"  # line ends, annotations, lone surrogates
)
_HARMFUL = re.compile(f"[{_CONTROLS}{_MARKS}]")
_HARMFUL_IN_JSON = re.compile(f"[{_MARKS}]")  # JSON escapes control characters by itself
_LINE_ENDS = re.compile(r"[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]+")
_FORMULA = re.compile(r"[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r]")


def harmless(text: str) -> str:
    """Return text whose control characters, direction marks and surrogates are replaced.

    Tabs and line feeds stay.
    """
    return _HARMFUL.sub(REPLACEMENT, text)


def one_line(text: object) -> str:
    """Return a text in one harmless line: line breaks and tabs become spaces."""
    # Spaces around them go too. A pattern that takes them along is quadratic: 20 kB took 15 s.
    first, *others = _LINE_ENDS.split(str(text))
    if others:
        middle = [part.strip() for part in others[:-1] if part.strip()]
        first = " ".join([first.rstrip(), *middle, others[-1].lstrip()])
    return harmless(first)


def csv_cell(value: object) -> object:
    """Return a value for a cell of CSV: a text in one line that no spreadsheet runs as a formula.

    A text that begins with = + - @ gets an apostrophe before it, numbers stay numbers.
    """
    return neutral_formula(one_line(value)) if isinstance(value, str) else value


def neutral_formula(text: str) -> str:
    """Return a text with an apostrophe before it where a spreadsheet would take it for a formula.

    `original_text` takes it away again: texts that have such an apostrophe already get one more.
    """
    return f"'{text}" if _FORMULA.match(text) or _QUOTED_FORMULA.match(text) else text


def original_text(cell: str) -> str:
    """Return the text of which `neutral_formula` made a cell."""
    return cell[1:] if _QUOTED_FORMULA.match(cell) else cell


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV, every cell harmless."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in header])
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return text.getvalue()


def csv_of_frame(frame: pd.DataFrame) -> str:
    """Return a frame as CSV, every cell harmless; missing values are empty."""
    import pandas as pd

    safe = pd.DataFrame(
        {
            at: frame.iloc[:, at].map(csv_cell)
            if frame.iloc[:, at].dtype.kind not in "biufc"
            else frame.iloc[:, at]
            for at in range(frame.shape[1])
        }
    )
    header = [str(csv_cell(str(name))) for name in frame.columns]
    return str(safe.to_csv(index=False, header=header, lineterminator="\n"))


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return JSON in which harmful characters are escaped, so that nothing of them is lost."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return _HARMFUL_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def m3u_address(address: str) -> str:
    """Return an address as a line of M3U: one that would break the line becomes a file URL."""
    if address == one_line(address) and not address.startswith(("#", " ")):
        return address
    path = Path(address)
    if path.is_absolute():
        return path.as_uri()
    return one_line(address).lstrip("# ")


class LogFormatter(logging.Formatter):
    """Formats records for a log that is read in a terminal: traces keep their lines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's text, harmless."""
        return harmless(super().format(record))


def markdown(text: object) -> str:
    """Return text with Markdown's own signs escaped, in one harmless line."""
    line = one_line(text)
    for sign in "\\`*_[]#$~<>|":
        line = line.replace(sign, "\\" + sign)
    return line.replace(" :", " \\:")
