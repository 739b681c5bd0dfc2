"""Progress on standard error, and Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from genrefit.cli.output import print_note
from genrefit.edges import one_line
from genrefit.formatting import duration

if TYPE_CHECKING:  # it needs numpy: the parser starts faster without
    from genrefit.records import Progress

LINE_SECONDS = 5.0
"""Where standard error is no terminal, progress comes as a line so often."""
LINE_WIDTH = 119


@contextmanager
def show_progress() -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows progress: one line rewritten on a terminal, else now and then."""
    live = sys.stderr.isatty()
    shown_at, shown = 0.0, ""

    def show(step: Progress) -> None:
        nonlocal shown_at, shown
        now = time.monotonic()
        if now - shown_at < (0.1 if live else LINE_SECONDS) and step.done < step.total:
            return
        text = one_line(progress_line(step))
        if text == shown:
            return
        shown_at, shown = now, text
        sys.stderr.write(f"\r\x1b[2K{text[:LINE_WIDTH]}" if live else f"{text}\n")
        sys.stderr.flush()

    try:
        yield show
    finally:
        if live and shown:
            sys.stderr.write("\n")


def progress_line(step: Progress) -> str:
    """Return a progress as one line: stage, done of total, failed, rate, time left, note."""
    parts = [f"{step.stage}: {step.done:,} of {step.total:,}" if step.total else step.stage]
    if step.failed:
        parts.append(f"{step.failed:,} failed")
    if step.per_minute:
        parts.append(f"{step.per_minute:.0f} songs a minute")
    if step.left_seconds is not None:
        parts.append(f"{duration(step.left_seconds)} left")
    if step.note:
        parts.append(step.note)
    return ", ".join(parts)


def catch_interrupt() -> Callable[[], bool]:
    """Return a function that tells whether Ctrl-C was pressed; a second Ctrl-C stops at once."""
    pressed = threading.Event()

    def press(*_: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()
        print_note("")
        print_note("stopping: finishing what is in hand (Ctrl-C again to stop at once) ...")

    signal.signal(signal.SIGINT, press)
    return pressed.is_set
