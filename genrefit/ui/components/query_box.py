"""The query box: examples, completion, errors that point, and saved queries (situations)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from genrefit.config import Home
from genrefit.errors import GenrefitError, QueryError
from genrefit.query import DOCUMENTATION, Query, accept, complete, corrections, parse
from genrefit.query import examples as example_queries
from genrefit.ui.layout import escape, rerun_with_message, show_errors
from genrefit.ui.page_run import open_once

CHIPS = 8


def query_field(
    genres: Sequence[str],
    *,
    key: str,
    label: str = "What are you looking for?",
    examples: int = 6,
) -> Query | None:
    """Show the query box under `key` and return its query; None where it is empty or wrong.

    Below it stand clickable examples, so many, while it is empty, else what may come next; an
    error points at the word that it is about.
    """
    text = st.text_input(
        label,
        placeholder=example_queries(genres)[min(1, len(genres) - 1)],
        live="400ms",
        icon=":material/search:",
        key=key,
        persist_state="session",
    )
    if not (text or "").strip():
        _chips(
            "Try one of these", example_queries(genres)[:examples], key=f"{key}-example", into=key
        )
        return None
    assert text is not None
    error = query = None
    try:
        query = parse(text, genres)
    except QueryError as problem:
        error = problem
    options = complete(text, genres)
    _chips("Go on with", options, key=f"{key}-next", into=key, after=(text, tuple(genres)))
    if error and not (options and _is_at_end(error, text)):
        _show_query_error(error, text)
        better = corrections(text, error, genres)
        _chips("Did you mean", better, key=f"{key}-meant", into=key)
    if query and _differs(query, text):
        st.caption(f"Understood as: **{escape(str(query))}**")
    return query


def show_help(genres: Sequence[str], *, key: str, examples: int = 6) -> None:
    """Show how to ask: first examples that a click puts into the box `key`, then the language."""
    asked = example_queries(genres)[:examples]
    _chips("Click one to ask it", asked, key=f"{key}-help", into=key)
    st.markdown(documentation())


def documentation() -> str:
    """Return the language's documentation as Markdown: "> " begins no quotation there."""
    text = DOCUMENTATION
    for sign in "<>|":
        text = text.replace(sign, f"\\{sign}")
    return text


def _differs(query: Query, text: str) -> bool:
    """Tell whether the canonical form says more than the text itself."""
    return str(query).casefold() != text.strip().casefold()


def _is_at_end(error: QueryError, text: str) -> bool:
    """Tell whether the error is about a word that is still being written."""
    return error.position is not None and error.position[1] >= len(text.rstrip())


def _show_query_error(error: QueryError, text: str) -> None:
    message = str(error)
    st.warning(escape(message[:1].upper() + message[1:]), icon=":material/lightbulb:")
    if error.position:
        start, end = error.position
        line = " ".join(text.split("\n"))
        st.code(f"{line}\n{' ' * start}{'^' * max(1, end - start)}", language=None)


def _chips(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    into: str,
    after: tuple[str, tuple[str, ...]] | None = None,
) -> None:
    """Show options as small buttons; one that is pressed goes into the box `into`."""
    if not options:
        return
    st.pills(
        label, options[:CHIPS], wrap=True, key=key, on_change=_take_chip, args=(key, into, after)
    )


def _take_chip(chips: str, into: str, after: tuple[str, tuple[str, ...]] | None) -> None:
    option = st.session_state[chips]
    st.session_state[chips] = None
    if option:
        st.session_state[into] = accept(after[0], option, after[1]) if after else option


def show_situations(home: Home, genres: Sequence[str], query: Query | None, *, key: str) -> None:
    """Show the saved queries: one fills the box `key`; save the query of now; delete one."""
    saved = {}
    if home.library.exists():
        with open_once(home) as library:
            saved = library.situations()
    with (
        show_errors(),
        st.container(horizontal=True, vertical_alignment="bottom", key="situations"),
    ):
        if saved:
            st.pills(
                "Situations",
                list(saved),
                help="Queries that you saved under the name of an occasion.",
                wrap=True,
                key=f"{key}-situation",
                on_change=_recall_situation,
                args=(f"{key}-situation", key, saved),
            )
        if query is not None:
            _save_form(home, query)
        if saved:
            _delete_form(home, saved)


def _recall_situation(pills: str, into: str, saved: Mapping[str, str]) -> None:
    name = st.session_state[pills]
    st.session_state[pills] = None
    if name in saved:
        st.session_state[into] = saved[name]


def _save_form(home: Home, query: Query) -> None:
    with st.popover("Save this query", icon=":material/bookmark_add:", key="situation-save"):
        st.markdown(f"Keep **{escape(str(query))}** under the name of an occasion:")
        with st.form("save-situation", clear_on_submit=True, border=False), show_errors():
            name = st.text_input(
                "Name", placeholder="my wedding", max_chars=60, key="situation-name"
            )
            if st.form_submit_button("Save", type="primary"):
                _save(home, name, query)


def _delete_form(home: Home, saved: Mapping[str, str]) -> None:
    with st.popover("Delete one", icon=":material/delete:", key="situation-delete"):
        name = st.selectbox("Which one?", list(saved), key="situation-which")
        st.markdown(f"Delete **{escape(str(name))}**: {escape(saved.get(name, ''))}?")
        if st.button("Yes, delete it", type="primary", key="situation-delete-yes"):
            with open_once(home) as library:
                library.delete_situation(name)
            rerun_with_message(f"The situation {name} is deleted.")


def _save(home: Home, name: str | None, query: Query | None) -> None:
    name = " ".join((name or "").split())
    if not name or query is None:
        raise GenrefitError("a situation needs a name, such as: my wedding")
    with open_once(home) as library:
        library.save_situation(name, str(query))
    rerun_with_message(f"Saved as {name}.")
