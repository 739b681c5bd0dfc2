"""Scores songs one after another under a progress bar that can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genrefit.config import Home
from genrefit.formatting import count, duration
from genrefit.records import Failure
from genrefit.ui.components.score_session import SessionSong, add_session_song
from genrefit.ui.layout import escape, rerun_with_message

TICK_SECONDS = 0.5
Tick = Callable[[], bool]
"""Called again and again during a download; see `make_tick`."""


@dataclass(frozen=True, slots=True)
class ScoreTask:
    """A song to score: its name, and the function that scores it, given a `Tick` to call."""

    name: str
    run: Callable[[Tick], SessionSong]


def run_tasks(home: Home, tasks: Sequence[ScoreTask], *, key: str) -> None:
    """Run the tasks under a progress bar, then run the page anew.

    Each result is stored at once: another click on the page restarts the run, and it goes on with
    the songs that are left.
    """
    bar, button = st.columns([6, 1], vertical_alignment="center")
    button.button("Stop", key=f"{key}-stop", on_click=clear_inputs, args=(key,), width="stretch")
    started, failures = time.monotonic(), 0
    progress = bar.progress(0.0, "Listening …")
    for number, task in enumerate(tasks):
        show = partial(_show_progress, progress, task.name, number, len(tasks), started)
        show()
        try:
            song = task.run(make_tick(show))
        except Exception:
            clear_inputs(key)  # a song that makes the program fail must not do so on every rerun
            raise
        failures += isinstance(song.result, Failure)
        add_session_song(home, song)
    clear_inputs(key)
    scored = f"{count(len(tasks) - failures, 'song')} scored"
    rerun_with_message(scored + (f", {failures} could not be." if failures else "."))


def clear_inputs(key: str) -> None:
    """Empty the uploader and what waits to be scored."""
    st.session_state[f"{key}-uploader"] = st.session_state.get(f"{key}-uploader", 0) + 1
    st.session_state.pop(f"{key}-uploads-scored", None)
    st.session_state.pop(f"{key}-pending", None)


def make_tick(show: Callable[[], None]) -> Tick:
    """Return a `cancelled` callback for downloads that always answers no, but calls `show`.

    Streamlit ends a run, for Stop or any other click, only where the run writes to the page. That
    is not done at every call, of which there are hundreds a second.
    """
    last = time.monotonic()

    def tick() -> bool:
        nonlocal last
        if time.monotonic() - last > TICK_SECONDS:
            last = time.monotonic()
            show()
        return False

    return tick


def _show_progress(
    progress: DeltaGenerator, name: str, number: int, total: int, started: float
) -> None:
    line = f"Listening to **{escape(name[:60])}**"
    if total > 1:
        line += f" · {number + 1} of {total}"
    if number:
        left = (time.monotonic() - started) / number * (total - number)
        line += f" · about {duration(left)} left"
    progress.progress(number / total, line)
