"""The four steps from genres to answers as cards: what is done, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from genrefit.config import Home
from genrefit.formatting import count
from genrefit.ui import cache
from genrefit.ui.layout import escape, page_link


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way: the page that does it, what it is about, and how far it is."""

    to: str
    icon: str
    title: str
    what: str
    done: str


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
        ),
        Step(
            "train",
            ":material/school:",
            "Train a model",
            "It learns what sets your genres apart.",
            count(len(own), "model") if own else "",
        ),
        Step(
            "find",
            ":material/search:",
            "Ask for music",
            "Jazz that is also folk? A playlist to go.",
            "",
        ),
    ]


def show_steps(progress: list[Step]) -> None:
    """Show the steps as cards, the next one highlighted."""
    next_step = next((step for step in progress if not step.done), progress[-1])
    st.html(STYLE)
    for column, (number, step) in zip(st.columns(4), enumerate(progress, start=1), strict=True):
        is_next = step is next_step
        with column.container(
            border=True, height="stretch", key="step-next" if is_next else f"step-{number}"
        ):
            with st.container(horizontal=True, horizontal_alignment="distribute"):
                st.markdown(f"{step.icon} **{number}**")
                if step.done:
                    st.badge(escape(step.done), icon=":material/check_circle:", color="green")
                elif is_next:
                    st.badge("Next", color="orange")
            st.markdown(f"**{step.title}**")
            st.caption(step.what)
            page_link(step.to, step.to.capitalize())


STYLE = """<style>
.st-key-step-next { border-color: #c4602f !important; box-shadow: 0 0 0 1px #c4602f; }
</style>"""
