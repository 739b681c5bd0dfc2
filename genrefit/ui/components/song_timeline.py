"""A scored song moment by moment: the player, and the timeline under it."""

from __future__ import annotations

import streamlit as st

from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.scoring import ScoredSong
from genrefit.ui import cache
from genrefit.ui.components.charts import show_figure
from genrefit.ui.components.score_session import SessionSong, full_name
from genrefit.ui.layout import show_errors
from genrefit.ui.page_run import page_run


def show(home: Home, entry: SessionSong, song: ScoredSong) -> None:
    """Show the player and the timeline under it; a click on a segment plays from there."""
    from genrefit import plots

    with page_run(home), show_errors():
        st.markdown("**Moment by moment**")
        start_key, moved_key = f"from-{entry.number}", f"moved-{entry.number}"

        def play_from(start: float) -> None:
            st.session_state[start_key] = float(start)
            st.session_state[moved_key] = True

        last = float(song.timeline[-1]["start"])
        start = _pick_start(last, start_key, moved_key) if last > 0 else 0.0
        _show_player(entry, song, start, autoplay=bool(st.session_state.pop(moved_key, False)))
        figure = plots.likelihoods_over_time(
            song.timeline, seconds=song.seconds, known=cache.colour_order(home, song.likelihoods)
        )
        end = min(start + SEGMENT_SECONDS, song.seconds)
        figure.add_vrect(start, end, line={"width": 2, "color": "#7F8C9B"}, layer="above")
        show_figure(
            figure,
            key=f"timeline-{entry.number}",
            alt=f"Likelihoods of each 10-second segment of {full_name(song)}",
            on_click=play_from,
        )


def _pick_start(last: float, key: str, moved_key: str) -> float:
    """Return the second to play from, 0 to `last`."""
    return float(
        st.slider(
            "Play from", 0.0, last, step=SEGMENT_SECONDS, format="%d s", key=key,
            on_change=lambda: st.session_state.update({moved_key: True}),
            help="Or click a moment in the picture.",
        )
    )  # fmt: skip


def _show_player(entry: SessionSong, song: ScoredSong, start: float, *, autoplay: bool) -> None:
    if entry.sound is not None:
        st.audio(
            entry.sound,
            format=entry.mime,
            start_time=int(start),
            autoplay=autoplay,
            alt=f"Player of {full_name(song)}",
        )
    elif "://" in song.source:
        st.link_button("Listen where it came from", song.source, icon=":material/open_in_new:")
    else:
        st.caption("Its sound was let go to make room. Drop the song again to listen to it here.")
