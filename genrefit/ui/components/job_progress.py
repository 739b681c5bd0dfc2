"""Background jobs on a page: start one, watch it, stop it, take it up again.

busy = running(home, "train")
if st.button("Train", disabled=busy):
    start(home, "train", {...})                # reruns the page, which shows the running one
watch(home, "train", on_done=lambda job: st.success(...))
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from genrefit.config import Home
from genrefit.errors import JobError
from genrefit.formatting import duration
from genrefit.ui.layout import escape, rerun_with_message, show_errors
from genrefit.ui.page_run import open_once, page_run

if TYPE_CHECKING:
    from genrefit.jobs.store import Job
    from genrefit.records import Progress

JOB_NAMES = {
    "collect": "Collection",
    "train": "Training",
    "map": "The song map",
    "demo": "The demo",
    "ear": "Fetching the ear",
    "robust": "The test with altered sound",
}


def running(home: Home, kind: str) -> bool:
    """Tell whether a job of this kind runs now, started here or anywhere."""
    return _active(home, kind) is not None


def _active(home: Home, kind: str) -> Job | None:
    from genrefit import jobs

    if not home.library.exists():
        return None
    with open_once(home) as library:
        return jobs.active(home, kind, library=library)


def _latest(home: Home, kind: str) -> Job | None:
    from genrefit import jobs

    if not home.library.exists():
        return None
    with open_once(home) as library:
        return jobs.latest(home, kind, library=library)


def start(home: Home, kind: str, arguments: dict[str, Any]) -> None:
    """Start a job and run the page anew; where one of this kind runs already, show that one."""
    from genrefit import jobs

    try:
        jobs.start(home, kind, arguments)
    except JobError:
        if not running(home, kind):
            raise
        # Another tab was quicker: its job is what this page now has to show, not an error.
        rerun_with_message(f"{JOB_NAMES[kind]} runs already: it was started elsewhere.")
    st.rerun()


def watch(
    home: Home,
    kind: str,
    *,
    on_done: Callable[[Job], None] | None = None,
    show_details: Callable[[Progress, Job], None] | None = None,
) -> None:
    """Show the running job of a kind, or how the latest one ended; nothing if there was none.

    A running job is polled every second, in a run of the fragment's own that opens the library
    once; the whole page runs anew when it ends. `show_details` draws more below the bar while it
    runs. `on_done` shows the result of one that is done (by default its message); what was
    cancelled, interrupted or failed is shown here, with a button that resumes it.
    """
    active = running(home, kind)
    st.fragment(_panel, run_every=1.0 if active else None)(
        home, kind, active, on_done, show_details
    )


def _panel(
    home: Home,
    kind: str,
    was_active: bool,
    on_done: Callable[[Job], None] | None,
    show_details: Callable[[Progress, Job], None] | None,
) -> None:
    with page_run(home), show_errors():
        job = _active(home, kind) or _latest(home, kind)
        if job is None:
            return
        if job.state == "running":
            _show_running(home, job, show_details)
        elif was_active:
            st.rerun()
        elif job.state == "done":
            if on_done:
                on_done(job)
            elif job.message:
                st.success(escape(job.message), icon=":material/check_circle:")
        else:
            _show_stopped(home, job)


def _show_running(
    home: Home, job: Job, show_details: Callable[[Progress, Job], None] | None
) -> None:
    stopping = st.session_state.get(f"stopping-{job.id}", False)
    with st.container(border=True, key=f"job-{job.kind}"):
        bar, button = st.columns([6, 1], vertical_alignment="center")
        with bar:
            step = job.progress
            settled = step.done + step.failed if step else 0
            share = min(1.0, settled / step.total) if step and step.total else 0.0
            st.progress(share, text=progress_line(job) if not stopping else "Stopping …")
        button.button(
            "Cancel",
            key=f"cancel-{job.id}",
            disabled=stopping,
            width="stretch",
            on_click=_cancel,
            args=(home, job.id),
        )
        if show_details and step:
            show_details(step, job)


def _cancel(home: Home, job_id: int) -> None:
    from genrefit import jobs

    with show_errors():
        jobs.cancel(home, job_id)
        st.session_state[f"stopping-{job_id}"] = True


def progress_line(job: Job) -> str:
    """Return a running job's progress as one line."""
    step = job.progress
    if step is None:
        return f"{JOB_NAMES[job.kind]}: getting ready …"
    parts = [f"**{escape(step.stage[:1].upper() + step.stage[1:])}**"]
    if step.total:
        parts.append(f"{step.done:,} of {step.total:,}")
    if step.failed:
        parts.append(f"{step.failed:,} failed")
    if step.per_minute:
        parts.append(f"{step.per_minute:.0f} a minute")
    if step.left_seconds is not None:
        parts.append(f"about {duration(step.left_seconds)} left")
    if step.note:
        parts.append(escape(step.note[:80]))
    return " · ".join(parts)


def _show_stopped(home: Home, job: Job) -> None:
    """Say why a job did not come to its end, and offer to take it up again."""
    from genrefit import jobs

    noun = JOB_NAMES[job.kind]
    reason = escape(job.message[:1].upper() + job.message[1:])
    sentence = {
        "cancelled": f":material/pause_circle: **{noun} was stopped**; what was finished is kept.",
        "interrupted": f":orange[:material/bolt: **{noun} was interrupted**] {ago(job.ended)}. "
        f"{reason}",
    }.get(job.state, f":red[:material/warning: **{noun} could not go on.**] {reason}")
    with st.container(border=True, key=f"job-{job.kind}"):
        text, button = st.columns([6, 1], vertical_alignment="center")
        text.markdown(sentence)
        again = "Try again" if job.state == "failed" else "Resume"
        if button.button(again, key=f"resume-{job.id}", type="primary", width="stretch"):
            jobs.resume(home, job.id)
            st.rerun()


def ago(moment: float | None) -> str:
    """Return a moment (seconds since 1970) as words: "5 min ago"."""
    if moment is None:
        return "before its end"
    passed = time.time() - moment
    return "just now" if passed < 60 else f"{duration(passed)} ago"
