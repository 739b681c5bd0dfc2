"""The line after a change that says what was done and offers to undo it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genrefit.config import Home
from genrefit.ui.page_run import began, open_once

KEY = "undoable"


def note_changes(home: Home) -> None:
    """Remember what this run changed, so that the next one offers to undo it."""
    st.session_state.pop(KEY, None)
    if home.library.exists():
        with open_once(home) as library:
            entries = library.changes_since(began(home))
        if entries:
            st.session_state[KEY] = [(e.number, e.what, e.undoes is not None) for e in entries]


def show(home: Home, page: str) -> str | None:
    """Offer to undo the last change of this page; return what was undone on the run it was."""
    noted: Sequence[tuple[int, str, bool]] = st.session_state.get(KEY, ())
    if st.session_state.setdefault(f"{KEY}-page", page) != page or not noted:
        st.session_state.pop(KEY, None)
        st.session_state[f"{KEY}-page"] = page
        return None
    again = noted[0][2]
    with st.container(horizontal=True, vertical_alignment="center", key="undo-bar"):
        if not st.button(
            "Do it again" if again else "Undo",
            icon=":material/redo:" if again else ":material/undo:",
            help="; ".join(what for _, what, _ in noted[:5]),
            type="tertiary",
            key=f"undo-{noted[0][0]}",
        ):
            return None
    return undo(home, [number for number, _, _ in noted])


def undo(home: Home, numbers: Sequence[int]) -> str:
    """Undo changes, given the newest first; return the sentence that says so."""
    from genrefit import history

    entries = [history.undo(home, number) for number in numbers]
    what = entries[0].what if len(entries) == 1 else f"{len(entries)} changes"
    return f"Undone: {what}."
