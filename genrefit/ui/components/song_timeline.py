"""A scored song moment by moment, with its sound where that is at hand."""

from __future__ import annotations

import streamlit as st

from genrefit import plots
from genrefit.config import Home
from genrefit.scoring import ScoredSong
from genrefit.ui import cache
from genrefit.ui.components import timeline
from genrefit.ui.components.score_session import SessionSong, full_name


def show(home: Home, entry: SessionSong, song: ScoredSong) -> None:
    """Show the timeline of a scored song; what cannot be played here says why."""
    st.markdown("**Moment by moment**")
    colours = plots.genre_colours(
        song.likelihoods, known=cache.colour_order(home, song.likelihoods)
    )
    timeline.show(
        song.timeline,
        seconds=song.seconds,
        colours=colours,
        key=f"scored-{entry.number}",
        label=full_name(song),
        sound=None if entry.sound is None else timeline.Sound(entry.sound, entry.mime),
    )
    if entry.sound is not None:
        return
    if "://" in song.source:
        st.link_button("Listen where it came from", song.source, icon=":material/open_in_new:")
    else:
        st.caption("Its sound was let go to make room. Drop the song again to listen to it here.")
