"""The list of changes, each with a button that undoes it."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.ui import undo_bar
from genrefit.ui.layout import escape, rerun_with_message, show_errors
from genrefit.ui.page_run import open_once

SHOWN = 20


def show(home: Home) -> None:
    """Show the newest changes of songs, genres and models, where there are any."""
    from genrefit.library.journal import MOST_DAYS, MOST_ENTRIES

    if not home.library.exists():
        return
    with open_once(home) as library:
        entries = library.history(SHOWN)
    if not entries:
        return
    with st.expander("History: what you changed", icon=":material/history:"), show_errors():
        st.caption(
            f"The last {MOST_ENTRIES} changes of {MOST_DAYS} days can be undone; what later ones "
            "build on is undone after those."
        )
        for entry in entries:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{entry.date} · {escape(entry.what)}", width="stretch")
                if entry.undone:
                    st.badge("undone", color="gray")
                elif st.button(
                    "Do it again" if entry.is_undo else "Undo",
                    type="tertiary",
                    key=f"history-{entry.number}",
                ):
                    rerun_with_message(undo_bar.undo(home, [entry.number]))
