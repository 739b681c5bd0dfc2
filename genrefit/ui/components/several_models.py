"""A line over a list of results by more than one model: their likelihoods are no one scale."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from genrefit.ui.layout import escape


def show(models: Iterable[str]) -> None:
    """Say which models gave the results of a list, where they are several."""
    names = list(dict.fromkeys(models))
    if len(names) > 1:
        listed = f"{', '.join(map(escape, names[:-1]))} and {escape(names[-1])}"
        st.warning(
            f"These songs were scored by different models: {listed}. Compare only songs of one "
            "model; the column Model says which.",
            icon=":material/info:",
        )
