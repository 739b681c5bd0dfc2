"""The collection of songs: its controls, its progress by genre, its result, and the counts."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import streamlit as st

from genrefit.config import Home
from genrefit.formatting import count, duration
from genrefit.library.shared_sources import all_shared_sources
from genrefit.ui import cache
from genrefit.ui.components import job_progress
from genrefit.ui.layout import confirm, escape, rerun_with_message

if TYPE_CHECKING:
    from genrefit.jobs.store import Job
    from genrefit.records import Progress


def show_controls(home: Home, genres: list[str], retryable: int) -> None:
    """Offer to start, to retry, and to listen again."""
    from genrefit import features

    busy = job_progress.running(home, "collect")
    with st.container(border=True, key="controls"):
        arguments = _show_choices(genres)
        for sentence in all_shared_sources(cache.genres(home), arguments.get("genres")):
            st.warning(escape(f"{sentence}."), icon=":material/content_copy:")
        with st.container(horizontal=True):
            if st.button(
                "Collect new songs",
                icon=":material/play_arrow:",
                type="primary",
                disabled=busy,
                key="collect",
            ):
                job_progress.start(home, "collect", arguments)
            if retryable and st.button(
                f"Retry {count(retryable, 'failed song')}",
                icon=":material/replay:",
                disabled=busy,
                key="retry",
            ):
                job_progress.start(home, "collect", arguments | {"retry_failed": True})
            lacking = cache.songs_to_refresh(home)
            if lacking and st.button(
                f"Listen again to {count(lacking, 'song')}",
                icon=":material/hearing:",
                disabled=busy,
                key="refresh",
                help=f"They lack one of {', '.join(features.default_sets(home))}. genrefit keeps "
                "no audio, so each is read or fetched again from where it came.",
            ):
                job_progress.start(home, "collect", arguments | {"refresh": True})
            _show_let_back_in(home, disabled=busy)
        st.caption(
            "Your files are never changed: they are only read. Songs from the web are fetched "
            "politely, one site at a time, listened to for four minutes, and not kept. You may "
            "close this page: collecting goes on."
        )


def _show_choices(genres: list[str]) -> dict[str, Any]:
    """Ask what to collect; return the job's arguments."""
    chosen = st.multiselect(
        "Genres to collect", genres, placeholder="all of them", key="collect-genres"
    )
    drop = st.checkbox(
        "Drop songs whose files are gone",
        key="collect-drop-vanished",
        help="Otherwise they stay, with what genrefit heard. Undo brings them back.",
    )
    return {"genres": chosen or None, "drop_vanished": drop}


def _show_let_back_in(home: Home, *, disabled: bool) -> None:
    """Offer to let removed songs in again, where there are any, and say which labels they get."""
    from genrefit.ui.page_run import open_once

    if not home.library.exists():
        return
    with open_once(home) as library:
        removed = library.removed_songs()
        if not removed:
            return
        songs = {key for key, _ in removed}
        by_genre = Counter(genre for _, genre in removed)
        labels = ", ".join(f"{n:,} as {escape(genre)}" for genre, n in sorted(by_genre.items()))
        question = (
            f"**{count(len(songs), 'song')}** that you removed may come back at the next "
            f"collection, if their sources still list them, with the labels they had: {labels}. "
            "Songs that you moved stay where you put them."
        )
        if confirm(
            "Let removed songs back in",
            question,
            yes="Yes, let them in",
            key="let-back-in",
            icon=":material/undo:",
            disabled=disabled,
        ):
            library.let_back_in()
            rerun_with_message("The next collection takes the removed songs in again.")


def show_genre_progress(step: Progress, job: Job) -> None:
    """Show a bar a genre, with its own rate and time left."""
    begun = st.session_state.setdefault(f"begun-{job.id}", (time.time(), dict(step.genres)))
    since, first = begun
    columns = st.columns(2)
    for number, (name, (there, total)) in enumerate(step.genres.items()):
        gained = there - first.get(name, (there, total))[0]
        minutes = (time.time() - since) / 60
        text = f"{escape(name)} · {there:,} of {count(total, 'song')}"
        if gained and minutes > 0.05:
            rate = gained / minutes
            text += f" · {rate:.0f} a minute"
            if total > there:
                text += f" · about {duration((total - there) / rate * 60)} left"
        columns[number % 2].progress(there / total if total else 1.0, text)


def show_result(job: Job) -> None:
    """Say what the last collection did, and what the user should know of it."""
    st.success(
        f"{escape(job.message[:1].upper() + job.message[1:])} ({job_progress.ago(job.ended)}).",
        icon=":material/check_circle:",
    )
    from genrefit.collecting.run import CollectionResult

    notes = job.result.notes if isinstance(job.result, CollectionResult) else ()
    if notes:
        with st.expander(f"Notes ({len(notes)})", icon=":material/info:"):
            for line in notes:
                st.markdown("- " + escape(line))


def show_counts(home: Home, songs: int, failed: int) -> None:
    """Show how much is in."""
    of_genre = cache.counts(home)
    multiple = int((cache.songs(home)["genres"].map(len) > 1).sum())
    with st.container(horizontal=True):
        st.metric("Songs", f"{songs:,}", border=True)
        st.metric("Genres with songs", len(of_genre) - 1, border=True)
        st.metric("In several genres", multiple, border=True)
        st.metric("Failed", failed, border=True)
