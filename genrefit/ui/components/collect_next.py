"""What to collect next, in sentences with their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from genrefit import config
from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.ui.cache.stamps import Stamp, library_stamp, model_stamp
from genrefit.ui.layout import escape
from genrefit.ui.page_run import open_once

if TYPE_CHECKING:
    from genrefit.judging.collect_next import Advice


def show(home: Home, name: str) -> None:
    """Show all that is known of what to collect next for a model."""
    lines = [f"- {_line(advice)}" for advice in _advice_on(home, name)]
    st.markdown("\n".join(lines))
    st.caption(
        "From folds over all songs, each judged by a fit that never heard it. In brackets: 95 % "
        "intervals. Steps of the curve within the grey band may be chance."
    )


def show_for_model_in_use(home: Home) -> None:
    """Show on Home what to collect next, where that is known of the model in use."""
    from genrefit.learning import registry

    name = registry.in_use(home)
    if name is None or registry.is_built_in(name) or not home.library.exists():
        return
    try:
        known = [advice for advice in _advice_on(home, name) if advice.known]
    except GenrefitError:  # a damaged model or report is told where it is used
        return
    if known:
        st.subheader("What to collect next", anchor=False)
        st.markdown("\n".join(f"- {_line(advice)}" for advice in known))


def _line(advice: Advice) -> str:
    text = advice.sentence
    return escape(text[:1].upper() + text[1:]) + "."


def _advice_on(home: Home, name: str) -> list[Advice]:
    return _collect_next(str(home.path), name, model_stamp(home, name), library_stamp(home))


@st.cache_data(max_entries=8, show_spinner=False)
def _collect_next(path: str, name: str, model: Stamp, library: Stamp) -> list[Advice]:
    from genrefit.judging.collect_next import collect_next

    with open_once(config.home(path), create=False) as opened:
        return collect_next(config.home(path), name, library=opened)
