"""The line after a change that says what was done and offers to undo it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genrefit.config import Home
from genrefit.ui.page_run import began, open_once

KEY = "undoable"
STYLE = """<style>
.st-key-undo-bar {
    position: fixed; bottom: 1rem; right: 1rem; z-index: 99; width: auto; max-width: 92vw;
    padding: 0.4rem 0.4rem 0.4rem 1rem; border-radius: 0.6rem;
    background: Canvas; border: 1px solid color-mix(in srgb, CanvasText 20%, transparent);
    flex-wrap: nowrap;
    box-shadow: 0 2px 10px rgb(0 0 0 / 25%);
}
.st-key-undo-bar > :first-child { flex: 0 1 auto; min-width: 0; }
.st-key-undo-bar [data-testid="stText"] { white-space: normal; overflow-wrap: anywhere; }
</style>"""
"""The bar stays in sight wherever the page is scrolled to."""


def note_changes(home: Home) -> None:
    """Remember what this run changed, so that the next one offers to undo it."""
    st.session_state.pop(KEY, None)
    if home.library.exists():
        with open_once(home) as library:
            entries = library.changes_since(began(home))
        if entries:
            st.session_state[KEY] = [(e.number, e.what, e.is_undo) for e in entries]


def show(home: Home, page: str) -> str | None:
    """Offer to undo the last change of this page; return what was undone on the run it was."""
    noted: Sequence[tuple[int, str, bool]] = st.session_state.get(KEY, ())
    if st.session_state.setdefault(f"{KEY}-page", page) != page or not noted:
        st.session_state.pop(KEY, None)
        st.session_state[f"{KEY}-page"] = page
        return None
    again, what = noted[0][2], "; ".join(what for _, what, _ in noted[:2])
    more = f" and {len(noted) - 2} more" if len(noted) > 2 else ""
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key="undo-bar"):
        st.text(f"{what[:1].upper()}{what[1:][:160]}{more}", width="content")
        wanted = st.button(
            "Do it again" if again else "Undo",
            icon=":material/redo:" if again else ":material/undo:",
            key=f"undo-{noted[0][0]}",
        )
        if st.button("", icon=":material/close:", type="tertiary", key="undo-close", help="Close"):
            st.session_state.pop(KEY, None)
            st.rerun()
    return undo(home, [number for number, _, _ in noted]) if wanted else None


def undo(home: Home, numbers: Sequence[int]) -> str:
    """Undo changes, given the newest first; return the sentence that says so."""
    from genrefit import history

    entries = [history.undo(home, number) for number in numbers]
    what = entries[0].what if len(entries) == 1 else f"{len(entries)} changes"
    return f"Undone: {what}."
