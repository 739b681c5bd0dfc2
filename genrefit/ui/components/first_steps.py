"""The four steps from genres to answers as cards: what is done, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from genrefit.config import Home
from genrefit.formatting import count
from genrefit.ui import cache
from genrefit.ui.components import job_progress
from genrefit.ui.layout import escape, page_link, show_errors
from genrefit.ui.page_run import page_run


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way: the page that does it, what it is about, and how far it is."""

    to: str
    icon: str
    title: str
    what: str
    done: str
    running: bool = False


def steps(home: Home) -> list[Step]:
    """Return the four steps; `done` is empty where a step is still ahead."""
    from genrefit.learning import registry

    genres = cache.genres(home)
    with_source = [g for g in genres.values() if g.sources]
    songs = len(cache.songs(home))
    answering = registry.NAMES in cache.models(home)
    own = [name for name in cache.models(home) if not registry.is_built_in(name)]
    return [
        Step(
            "genres",
            ":material/sell:",
            "Define genres",
            "A name for each, and a playlist or folder.",
            count(len(genres), "genre") if with_source or songs or answering else "",
        ),
        Step(
            "collect",
            ":material/download_for_offline:",
            "Collect songs",
            "Each is heard once; your files are never changed.",
            count(songs, "song") if songs else "",
            running=job_progress.running(home, "collect"),
        ),
        Step(
            "train",
            ":material/school:",
            "Train a model",
            "It learns what sets your genres apart.",
            count(len(own), "model") if own else "",
            running=job_progress.running(home, "train"),
        ),
        Step(
            "find",
            ":material/search:",
            "Ask for music",
            "In your own words; a playlist to go.",
            "",
        ),
    ]


def show(home: Home) -> None:
    """Show the steps; while a collection or training runs, they keep up with it."""
    busy = any(step.running for step in steps(home))
    st.fragment(_show_anew, run_every=2.0 if busy else None)(home)


def _show_anew(home: Home) -> None:
    with page_run(home), show_errors():
        show_steps(steps(home))


def show_steps(progress: list[Step]) -> None:
    """Show the steps as cards, the next one highlighted."""
    # While one runs, none is next: what follows from it is not there yet.
    ahead = [step for step in progress if not step.done]
    next_step = None if any(step.running for step in progress) else [*ahead, progress[-1]][0]
    st.html(STYLE)
    for column, (number, step) in zip(st.columns(4), enumerate(progress, start=1), strict=True):
        is_next = step is next_step
        with column.container(
            border=True, height="stretch", key="step-next" if is_next else f"step-{number}"
        ):
            with st.container(horizontal=True, horizontal_alignment="distribute"):
                st.markdown(f"{step.icon} **{number}**")
                if step.running:
                    st.badge(f"{step.done} so far" if step.done else "running", color="orange",
                             icon=":material/hourglass_top:")  # fmt: skip
                elif step.done:
                    st.badge(escape(step.done), icon=":material/check_circle:", color="green")
                elif is_next:
                    st.badge("Next", color="orange")
            st.markdown(f"**{step.title}**")
            st.caption(step.what)
            page_link(step.to, step.to.capitalize())


STYLE = """<style>
.st-key-step-next { border-color: #c4602f !important; box-shadow: 0 0 0 1px #c4602f; }
</style>"""
