"""What the pages share: the frame of a page, errors, empty states, tables, questions, words.

    with page("Find", "Ask for music in your own words.") as home:   # told(), header, demo banner
        if not songs:
            empty("There are no songs yet.", "collect", "Collect songs")
            st.stop()
        table(frame, name="songs")                    # a dataframe with CSV beneath it
        if confirm("Remove", "Remove 'jazz'?", yes="Yes, remove it", key="remove-jazz"):
            ...
            done("jazz is removed.")                  # rerun, and say so on the fresh page

Code of a fragment runs again outside of its page: wrap its body in `with told():`.
Jobs' progress stands in `ui.progress`.
"""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from genrefit import config
from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.server import warmup
from genrefit.ui import ahead

if TYPE_CHECKING:
    import pandas as pd

LOGO = Path(__file__).with_name("logo.svg")
PAGES = ("home", "genres", "collect", "explore", "train", "judge", "score", "find")


NARROW = """<style>
@media (max-width: 1000px) {
    .stMainBlockContainer { padding-left: 2rem; padding-right: 2rem; }
    .stColumn { min-width: 12rem; }
}
</style>"""
"""In a narrow window, where the navigation takes a third: less margin, and columns that go below
one another before they cut words off."""


@contextmanager
def page(title: str, lead: str) -> Iterator[Home]:
    """Frame a page: heading, one leading sentence, what the last action said; yields the home."""
    _through_the_app()
    warmup.page_begins()
    st.html(NARROW)
    st.title(title, anchor=False)
    st.markdown(lead)
    st.logo(str(LOGO), size="large")
    home = config.home()
    readable = False
    with told():
        _banner(home)
        _say_what_was_done()
        readable = True
    if not readable:
        st.stop()
    try:
        with told():
            yield home
        ahead.load()
    finally:
        warmup.page_ends()  # also after st.stop()


def _through_the_app() -> None:
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
def told() -> Iterator[None]:
    """Show an error as one line: the one place in the dashboard where errors end.

    A GenrefitError is the user's to mend and says how. Anything else is a bug: its line names an
    id, under which the traceback stands in home.logs/dashboard.log.
    """
    try:
        yield
    except GenrefitError as error:
        st.error(_one_line(error), icon=":material/warning:")
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes a line and an id
        st.error(_logged(error), icon=":material/bug_report:")


def _one_line(error: GenrefitError) -> str:
    text = " ".join(str(error).split())
    return plain(text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else "."))


def _logged(error: Exception) -> str:
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
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
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


def plain(text: str) -> str:
    """Return text with the signs that Markdown would take for its own made harmless."""
    for sign in "\\`*_[]#$~<>|:":
        text = text.replace(sign, "\\" + sign) if sign != ":" else text.replace(" :", " \\:")
    return text


def _banner(home: Home) -> None:
    """Say on every page that the demo's songs are made by a program."""
    from genrefit import demo

    if demo.is_demo(home):
        st.info(
            "**Synthetic demo.** These songs were composed by genrefit itself, to look around in. "
            "Numbers here say nothing about real music.",
            icon=":material/science:",
        )


def done(message: str) -> None:
    """Run the page anew and say `message` on it: for the end of an action."""
    st.session_state["done"] = message
    st.rerun()


def _say_what_was_done() -> None:
    message = st.session_state.pop("done", None)
    if message:
        st.toast(message, icon=":material/check_circle:")


def empty(sentence: str, to: str, label: str, *, icon: str | None = None) -> None:
    """Say what is missing here and link to the page `to` (one of PAGES) that mends it."""
    with st.container(border=True, key=f"empty-{to}"):
        st.markdown(sentence)
        link(to, label, icon=icon)


def link(to: str, label: str, *, icon: str | None = None) -> None:
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


def table(
    frame: pd.DataFrame,
    *,
    name: str,
    formats: Sequence[str] = ("csv",),
    columns: Mapping[str, Any] | None = None,
    more: Mapping[str, Callable[[], str | bytes]] | None = None,
    **options: Any,
) -> Any:
    """Show a frame, with buttons beneath that download it, and return what st.dataframe returns.

    `name` is the stem of the downloads and the key; `formats` are csv, json, parquet; `columns`
    is st.dataframe's column_config; `more` are further downloads by file ending ("m3u") with what
    makes their content; `options` go to st.dataframe (key, on_select, height ...).
    """
    options = {"key": f"table-{name}", "hide_index": True, **options}
    found = st.dataframe(frame, column_config=dict(columns or {}), **options)
    downloads(frame, name=name, formats=formats, more=more)
    return found


def high(rows: int, *, most: int, row: int = 35) -> int:
    """Return the height in pixels of a table of so many rows, `row` each, its head too; `most` at
    the most."""
    return min(most, 37 + row * max(1, rows))


def downloads(
    frame: pd.DataFrame,
    *,
    name: str,
    formats: Sequence[str] = ("csv",),
    more: Mapping[str, Callable[[], str | bytes]] | None = None,
) -> None:
    """Show a row of buttons that download a frame; its content is made when one is pressed."""
    makers = {**{form: _maker(frame, form) for form in formats}, **(more or {})}
    with st.container(horizontal=True, gap="small"):
        for form, make in makers.items():
            st.download_button(
                form.upper(),
                make,
                file_name=f"{name}.{form}",
                mime=MIMES.get(form, "application/octet-stream"),
                key=f"download-{name}-{form}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                help=f"Download as {name}.{form}",
            )


MIMES = {"csv": "text/csv", "json": "application/json", "m3u": "audio/x-mpegurl"}


def _maker(frame: pd.DataFrame, form: str) -> Callable[[], str | bytes]:
    def make() -> str | bytes:
        if form == "csv":
            return frame.to_csv(index=False)
        if form == "json":
            return str(frame.to_json(orient="records", force_ascii=False, indent=2))
        return bytes(frame.to_parquet(index=False))

    return make


def percent(share: float | None) -> str:
    """Return a share, 0 to 1, in whole percent: "78 %"; below one in two hundred, "< 1 %"."""
    if share is None:
        return "–"
    return "< 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def duration(seconds: float | None) -> str:
    """Return a time in words: "45 s", "3 min", "1 h 20 min"."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def clock(seconds: float | None) -> str:
    """Return a song's length as on a record sleeve: "3:42"."""
    if seconds is None or math.isnan(seconds):
        return "–"
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def count(n: int, noun: str) -> str:
    """Return a number with its noun: "1 song", "1,204 songs"."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")
