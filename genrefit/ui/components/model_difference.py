"""How much better or worse a model is than the one in use, in a sentence."""

from __future__ import annotations

import streamlit as st

from genrefit import config
from genrefit.config import Home
from genrefit.judging.comparison import BETTER, WORSE, Comparison
from genrefit.ui.cache.stamps import Stamp, library_stamp, model_stamp
from genrefit.ui.layout import escape

ICONS = {BETTER: ":material/trending_up:", WORSE: ":material/trending_down:"}


def show(home: Home, name: str) -> None:
    """Say how a model compares with the one in use; nothing where it is that one."""
    from genrefit.learning import registry

    other = registry.in_use(home)
    if other is None or other == name:
        return
    compared = _compared(
        str(home.path), name, other, model_stamp(home, name), model_stamp(home, other),
        library_stamp(home),
    )  # fmt: skip
    if compared is None:
        st.info(
            f"{escape(other)} stays in use. The two cannot be compared: they share too few genres "
            "or songs.",
            icon=":material/info:",
        )
        return
    icon = ICONS.get(compared.verdict, ":material/trending_flat:")
    stays = f"{escape(other)} stays in use until you say otherwise."
    text = f"{escape(compared.sentences())} {stays}"
    (st.warning if compared.verdict == WORSE else st.info)(text, icon=icon)


@st.cache_data(max_entries=16, show_spinner="Comparing the two models …")
def _compared(
    path: str, name: str, other: str, ours: Stamp, theirs: Stamp, library: Stamp
) -> Comparison | None:
    from genrefit.judging.comparison import compare_with_model_in_use

    return compare_with_model_in_use(config.home(path), name)
