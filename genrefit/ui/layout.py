"""The frame of every page, and what all pages share: errors, messages, links, questions.

    with page("Find", "Ask for music in your own words.") as home:
        if not songs:
            empty_state("There are no songs yet.", "collect", "Collect songs")
            st.stop()
        if confirm("Remove", "Remove 'jazz'?", yes="Yes, remove it", key="remove-jazz"):
            ...
            rerun_with_message("jazz is removed.")

A fragment runs again outside of its page: its body stands in `with page_run(home), show_errors():`.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

import streamlit as st

from genrefit import config, damage
from genrefit.config import Home
from genrefit.edges import LogFormatter, markdown
from genrefit.errors import GenrefitError
from genrefit.ui import undo_bar
from genrefit.ui.page_run import page_run

LOGO = Path(__file__).with_name("logo.svg")
PAGES = ("home", "genres", "collect", "explore", "train", "judge", "score", "find")


NARROW = """<style>
[class*="st-key-sound-"] { display: none; }
@media (max-width: 640px) {
    .stMainBlockContainer.stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; }
}
@media (max-width: 1000px) {
    .stMainBlockContainer { padding-left: 2rem; padding-right: 2rem; }
    .stColumn { min-width: 12rem; }
}
</style>"""
"""In a narrow window, where the navigation takes a third: less margin, and columns that go below
one another before they cut words off. Players that a timeline drives are not shown."""


@contextmanager
def page(title: str, lead: str) -> Iterator[Home]:
    """Frame a page: heading, leading sentence, the last action's message; yields the home."""
    _run_app_first()
    st.html(NARROW)
    st.title(title, anchor=False)
    st.markdown(lead)
    st.logo(str(LOGO), size="large")
    home = config.home()
    with page_run(home):
        readable = False
        with show_errors():
            _demo_banner(home)
            _show_message(home, title)
            readable = True
        if not readable:
            st.stop()
        with show_errors():
            yield home


def _run_app_first() -> None:
    """Run app.py first where Streamlit went past it.

    Beside a folder pages/, Streamlit serves a deep link as an app of its older kind, without our
    navigation, until app.py has run once in this server: a tab left open over a restart would
    find such a page. This flag is the one that st.navigation clears. Only a session's first run
    starts over: a later one may carry a click, which would be lost.
    """
    from streamlit.runtime.pages_manager import PagesManager

    first = "opened" not in st.session_state
    st.session_state["opened"] = True
    if first and PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


@contextmanager
def show_errors() -> Iterator[None]:
    """Show an error of the block as one line: the one place in the dashboard that catches errors.

    A GenrefitError is a user error and says how to mend it. Anything else is a bug: its line names
    an id, under which the traceback stands in home.logs/dashboard.log.
    """
    try:
        yield
    except GenrefitError as error:
        st.error(_error_line(str(error)), icon=":material/warning:")
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes a line and an id
        if sentence := damage.explain(error, config.home()):
            st.error(_error_line(sentence), icon=":material/warning:")
            return
        st.error(_log_error(error), icon=":material/bug_report:")


def _error_line(sentence: str) -> str:
    text = " ".join(sentence.split())
    return escape(text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else "."))


def _log_error(error: Exception) -> str:
    """Write a traceback to the log under a new id and return the line that names it."""
    number = secrets.token_hex(3)
    home = config.home()
    try:
        home.logs.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            home.logs / "dashboard.log", maxBytes=1_000_000, backupCount=1
        )
    except OSError:
        logging.getLogger(__name__).error("error %s", number, exc_info=error)
        return f"Something went wrong in genrefit itself (error {number}; no log could be written)."
    handler.setFormatter(LogFormatter("%(asctime)s %(message)s"))
    record = logging.LogRecord(
        "dashboard", logging.ERROR, __file__, 0, "error %s", (number,),
        (type(error), error, error.__traceback__),
    )  # fmt: skip
    handler.emit(record)
    handler.close()
    return (
        f"Something went wrong in genrefit itself (error {number}). "
        f"The details are in {handler.baseFilename}."
    )


def escape(text: str) -> str:
    """Return text with Markdown's own signs escaped, in one harmless line."""
    return markdown(text)


def is_dark() -> bool:
    """Tell whether the page is shown in the dark theme."""
    return bool(st.context.theme.type == "dark")


def _demo_banner(home: Home) -> None:
    """Say that the demo's songs are made by a program."""
    from genrefit import demo

    if demo.is_demo(home):
        st.info(
            "**Synthetic demo.** These songs were composed by genrefit itself, to look around in. "
            "Numbers here say nothing about real music.",
            icon=":material/science:",
        )


def rerun_with_message(message: str) -> None:
    """Run the page anew, which shows `message` as a toast: for the end of an action.

    Where the action changed the library, the page offers to undo it.
    """
    undo_bar.note_changes(config.home())
    st.session_state["done"] = message
    st.rerun()


def _show_message(home: Home, title: str) -> None:
    message = st.session_state.pop("done", None)
    if message:
        st.toast(message, icon=":material/check_circle:")
    undone = undo_bar.show(home, title)
    if undone:
        rerun_with_message(undone)


def empty_state(sentence: str, to: str, label: str, *, icon: str | None = None) -> None:
    """Say what is missing here and link to the page `to` (one of PAGES) that mends it."""
    with st.container(border=True, key=f"empty-{to}"):
        st.markdown(sentence)
        page_link(to, label, icon=icon)


def page_link(to: str, label: str, *, icon: str | None = None) -> None:
    """Link to a page by its name (one of PAGES)."""
    st.page_link(f"pages/{to}.py", label=label, icon=icon or ":material/arrow_forward:")


def confirm(
    label: str,
    question: str,
    *,
    yes: str,
    key: str,
    icon: str | None = ":material/delete:",
    disabled: bool = False,
) -> bool:
    """Ask before something is destroyed; True on the run in which it was confirmed."""
    with st.popover(label, icon=icon, disabled=disabled, key=f"{key}-ask"):
        st.markdown(question)
        return st.button(yes, type="primary", key=f"{key}-yes")
