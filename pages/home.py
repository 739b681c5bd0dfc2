"""Home: what this is, where you stand, and a song to try it on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from genrefit.config import Home
from genrefit.ui import cache
from genrefit.ui.components import collect_next, first_steps, job_progress
from genrefit.ui.layout import page

if TYPE_CHECKING:
    from genrefit.jobs.store import Job

# What takes long to import is imported inside the functions: the heading comes first.

WHAT = (
    "Music isn't just good or bad: it fits a moment, or it doesn't. genrefit learns what *your* "
    "genres sound like from playlists of yours, and tells how well any song fits them. Then ask "
    "for what you need, in your own words."
)


def show_demo_ready(job: Job) -> None:
    """Say that the demo is there, for a while."""
    if job.ended and time.time() - job.ended < 600:
        st.success(
            "The demo is ready: look around, and drop a song below.", icon=":material/check_circle:"
        )


def show_demo_offer(home: Home) -> None:
    """Offer the synthetic demo to a home that holds nothing yet."""
    with st.container(border=True, key="demo"):
        st.markdown(
            "**Just looking?** The demo composes some dozens of synthetic songs here on your "
            "computer, collects them and trains a model: every page then has something to show. "
            "It takes about a minute."
        )
        if st.button("Load the demo", icon=":material/science:", key="load-demo"):
            job_progress.start(home, "demo", {})


def show_ear_offer(home: Home) -> None:
    """Offer to fetch the pretrained ear where it is missing."""
    from genrefit.features import ear_is_ready

    if ear_is_ready(home):
        return
    busy = job_progress.running(home, "ear")
    with st.container(border=True, key="ear"):
        st.markdown(
            "**The pretrained ear is missing.** With it genrefit hears much better, and answers "
            "before any training. It is 29 MB, fetched once."
        )
        if st.button("Fetch the ear", icon=":material/hearing:", disabled=busy, key="fetch-ear"):
            job_progress.start(home, "ear", {})
        job_progress.watch(home, "ear")


def show_song_drop(home: Home) -> None:
    """Score a dropped song with the model in use."""
    from genrefit.learning import registry

    st.subheader("Try a song", anchor=False)
    name = registry.in_use(home)
    if name is None:
        st.markdown("Once there is a model, or the pretrained ear, drop a song here to score it.")
        return
    from genrefit.ui.components import early_answers, scored_songs, song_drop, stale_notice

    stale_notice.show(home, name, key="home")

    early_answers.show(home, name)

    song_drop.show_uploader(home, model=name, key="home")
    scored_songs.show_latest(home)


def show_overview(home: Home) -> None:
    """Show what can be asked and how good the model is, where songs are there."""
    from genrefit import demo
    from genrefit.learning import registry
    from genrefit.ui.components import home_overview

    name = registry.in_use(home)
    if name is not None and not cache.songs(home).empty:
        home_overview.show(home, name)
    if demo.is_demo(home):
        home_overview.show_demo_removal(home)


with page("genrefit", WHAT) as home:
    from genrefit import demo

    first_steps.show(home)
    nothing_yet = not cache.genres(home) and cache.songs(home).empty
    if nothing_yet and not job_progress.running(home, "demo"):
        show_demo_offer(home)
    if nothing_yet or demo.is_demo(home):
        job_progress.watch(home, "demo", on_done=show_demo_ready)
    for kind in ("collect", "train"):
        if job_progress.running(home, kind):
            job_progress.watch(home, kind)
    show_ear_offer(home)
    show_song_drop(home)
    show_overview(home)
    collect_next.show_for_model_in_use(home)
