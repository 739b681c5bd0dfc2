"""What sources list, cached for ten minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from genrefit.sources import ListedSong


@st.cache_data(ttl=600, max_entries=32, show_spinner="Looking at what is there …")
def listing(source: str) -> tuple[list[ListedSong], list[str]]:
    """Return the songs that a source lists, and notes; SourceError where it cannot be listed."""
    from genrefit import config, sources
    from genrefit.library import genres

    limits = sources.Limits(music_folders=genres.music_folders(config.home()))
    listed = sources.list_songs_apart(source, limits=limits)
    return list(listed.songs), list(listed.notes)
