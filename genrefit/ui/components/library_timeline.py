"""A song of the library moment by moment, as fits that never heard it say, with its sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from genrefit import plots
from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.sources.urls import is_url
from genrefit.ui import cache
from genrefit.ui.components import timeline
from genrefit.ui.components.player import mime_type


def show(
    home: Home,
    model: str | None,
    song: Mapping[Any, Any],
    *,
    key: str,
    marked: Sequence[float] = (),
) -> None:
    """Show the timeline of a song (a row of cache.songs) by a model that was trained on it.

    Without such likelihoods there is the player alone. What cannot be played says why.
    """
    address, name = str(song["address"]), str(song["title"])
    path = Path(address)
    playable = not is_url(address) and path.is_absolute() and path.is_file()
    sound = timeline.Sound(address, mime_type(path.suffix)) if playable else None
    moments = cache.moments(home, model, str(song["song_id"])) if model else []
    if moments:
        genres = list(moments[0]["likelihoods"])
        timeline.show(
            moments,
            seconds=float(song["seconds"] or moments[-1]["start"] + SEGMENT_SECONDS),
            colours=plots.genre_colours(genres, known=cache.colour_order(home, genres)),
            key=f"{key}-{song['song_id']}",
            label=name,
            sound=sound,
            marked=marked,
        )
    elif sound is not None:
        st.audio(sound.data, format=sound.mime, alt=f"Player of {name}")
    if is_url(address):
        st.link_button("Listen where it came from", address, icon=":material/open_in_new:")
    elif not playable:
        st.caption("Its file is not there any more.")
