"""Does a model listen to the music? Its likelihoods when songs only sound otherwise."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import percent, percent_with_interval
from genrefit.judging import saved_robustness
from genrefit.judging.robustness import Robustness
from genrefit.ui.components import job_progress
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import escape


def show(home: Home, name: str) -> None:
    """Show the last test of a model, or offer to make it; the work is a job that can be stopped."""
    st.markdown("##### Does it listen to the music?")
    st.caption(
        "Up to 40 of your songs whose files are on this computer are heard as they are and then "
        "softer, louder, in mono, as a 64 kbit/s MP3, without high frequencies, and a little "
        "higher, lower, faster and slower. It is the same music: a model that changes its mind "
        "listens to something else. Your files are never changed."
    )
    busy = job_progress.running(home, "robust")
    tested = saved_robustness.load(home, name)
    label = "Test it" if tested is None else "Test it again"
    if st.button(label, icon=":material/hearing:", key="robust", disabled=busy):
        job_progress.start(home, "robust", {"model": name})
    job_progress.watch(home, "robust", on_done=lambda job: None)
    if tested is not None:
        _show_result(tested)


def _show_result(tested: Robustness) -> None:
    warned = any(each.warned for each in tested.results)
    for sentence in tested.sentences()[:-1]:
        text = escape(sentence[:1].upper() + sentence[1:]) + "."
        if warned:
            st.warning(text, icon=":material/warning:")
        else:
            st.success(text, icon=":material/check_circle:")
    show_table(robustness_table(tested), name=f"robustness-{tested.model}")
    st.caption(
        f"{escape(tested.basis())}. Right as they are: {percent(tested.accuracy)}. In brackets: "
        "95 % intervals over artists."
    )


def robustness_table(tested: Robustness) -> pd.DataFrame:
    """Return what each alteration does, a row each; first the yardstick, another part of a song."""
    rows = [
        (
            each.name,
            percent_with_interval(each.movement.mean, (each.movement.low, each.movement.high)),
            percent(each.flipped),
            percent(each.accuracy),
        )
        for each in tested.results
    ]
    if tested.yardstick is not None:
        halves = tested.yardstick
        between = percent_with_interval(halves.mean, (halves.low, halves.high))
        rows.insert(0, ("The other half of the song", between, "", ""))
    return pd.DataFrame(rows, columns=["Sound", "Likelihoods move", "Another genre", "Right"])
