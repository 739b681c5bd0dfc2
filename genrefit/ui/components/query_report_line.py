"""Beside the songs that fit a query: how many of the first are likely what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from genrefit import config
from genrefit.config import Home
from genrefit.formatting import count, percent
from genrefit.query import Query
from genrefit.ui.cache.stamps import Stamp, library_stamp, model_stamp
from genrefit.ui.layout import escape
from genrefit.ui.page_run import open_once

if TYPE_CHECKING:
    from genrefit.judging.labelled_songs import LabelledSongs


def show(home: Home, query: Query, model: str) -> None:
    """Say how far to trust the answer, with precision at 5, 10 and 20 on demand."""
    from genrefit.judging.query_report import judged_query

    songs = _songs(str(home.path), model, model_stamp(home, model), library_stamp(home))
    report = judged_query(query, songs, model=model)
    sentence = report.sentence()
    text = escape(sentence[:1].upper() + sentence[1:]) + "."
    if not report.precisions:
        st.caption(f":material/help: {text}")
        return
    with st.popover(text, icon=":material/fact_check:", key="find-report", type="tertiary"):
        st.markdown(
            f"Your {count(report.songs, 'labelled song')} were ranked by this query, each judged "
            f"by a fit that never heard it. {count(report.relevant, 'song')} are labelled as "
            "what you asked. In brackets: where the number would lie in 95 of 100 such draws of "
            "artists."
        )
        rows = [
            (f"first {each.of}", f"{percent(each.precision)} ({100 * each.low:.0f} to "
             f"{100 * each.high:.0f})")
            for each in report.precisions
        ]  # fmt: skip
        st.table(pd.DataFrame(rows, columns=["Songs", "What you asked"]).set_index("Songs"))


@st.cache_resource(max_entries=4, show_spinner="Checking the query on your labelled songs …")
def _songs(path: str, model: str, model_key: Stamp, library_key: Stamp) -> LabelledSongs:
    from genrefit.judging.labelled_songs import labelled_songs

    with open_once(config.home(path), create=False) as library:
        return labelled_songs(config.home(path), model, library=library)
