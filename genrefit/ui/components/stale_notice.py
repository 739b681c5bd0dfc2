"""What changed in the library since a model was trained, and one click to train it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from genrefit import config
from genrefit.config import Home
from genrefit.ui.cache.stamps import Stamp, library_stamp, model_stamp
from genrefit.ui.components import job_progress
from genrefit.ui.layout import escape
from genrefit.ui.page_run import open_once

if TYPE_CHECKING:
    from genrefit.learning.staleness import Staleness


def show(home: Home, name: str | None, *, key: str) -> None:
    """Say what changed since a model was trained, with a button; nothing where nothing did."""
    if name is None:
        return
    found = _staleness(str(home.path), name, model_stamp(home, name), library_stamp(home))
    if found is None:
        return
    with st.container(border=True, key=f"stale-{key}"):
        text, button = st.columns([4, 1], vertical_alignment="center")
        text.markdown(
            f":material/update: Since **{escape(name)}** was trained: {escape(found.sentence())}. "
            "It does not know of that yet."
        )
        busy = job_progress.running(home, "train")
        if button.button(
            "Train again the same way", key=f"again-{key}", disabled=busy, width="stretch"
        ):
            from genrefit.learning import trained_on

            job_progress.start(home, "train", trained_on.again(home, name).to_json())
        if busy:
            text.caption("A training runs already: Train shows it.")


@st.cache_data(max_entries=16, show_spinner=False)
def _staleness(path: str, name: str, model: Stamp, library: Stamp) -> Staleness | None:
    from genrefit.errors import GenrefitError
    from genrefit.learning.staleness import staleness

    if not library:
        return None
    try:
        with open_once(config.home(path), create=False) as opened:
            return staleness(config.home(path), name, library=opened)
    except GenrefitError:  # a model that cannot be read is told where it is used
        return None
