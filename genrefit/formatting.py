"""Numbers in words, the same on every page, in the command line and in messages."""

from __future__ import annotations

import math
from collections.abc import Sequence

UNKNOWN = "–"
"""What stands where there is no number."""


def percent(share: float | None) -> str:
    """Return a share, 0 to 1, in whole percent: "78 %"; below one in two hundred, "< 1 %"."""
    if share is None:
        return UNKNOWN
    return "< 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def percent_with_interval(share: float, interval: Sequence[float] | None) -> str:
    """Return a share with its interval, both in percent: "82 % (77 to 87)"."""
    if interval is None:
        return percent(share)
    low, high = interval
    return f"{percent(share)} ({100 * low:.0f} to {100 * high:.0f})"


def duration(seconds: float | None) -> str:
    """Return a time in words: "45 s", "3 min", "1 h 20 min"."""
    if seconds is None:
        return UNKNOWN
    whole = max(0, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def clock(seconds: float | None) -> str:
    """Return a song's length in minutes and seconds: "3:42"."""
    if seconds is None or math.isnan(seconds):
        return UNKNOWN
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def count(n: int, noun: str) -> str:
    """Return a number with its noun: "1 song", "1,204 songs"."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")
