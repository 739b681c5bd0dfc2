"""Copies of one recording: heard beside each other, one kept, or all."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.formatting import clock, count
from genrefit.library.copies import CopyGroup
from genrefit.ui import cache
from genrefit.ui.components import library_timeline, song_card
from genrefit.ui.layout import escape, rerun_with_message
from genrefit.ui.page_run import open_once

SHOWN = 5


def show(home: Home) -> None:
    """Show the first groups of copies, those under different genres before the others."""
    with st.spinner("Comparing recordings …"):
        groups = cache.copy_groups(home)
    st.markdown("##### The same recording more than once")
    if not groups:
        st.caption("No two songs are copies of one recording.")
        return
    differing = sum(group.differ for group in groups)
    st.caption(
        f"{count(len(groups), 'recording')} in more than one copy, by its sound, whatever the "
        f"files are called; {differing:,} of them under different genres. A model is never tested "
        "on a copy of what it learned."
    )
    for number, group in enumerate(groups[:SHOWN]):
        _show_group(home, number, group)
    if len(groups) > SHOWN:
        st.caption(f"{len(groups) - SHOWN:,} more come when these are settled.")


def _show_group(home: Home, number: int, group: CopyGroup) -> None:
    songs = cache.songs_by_id(home)
    with st.container(border=True, key=f"copies-{number}"):
        for song, column in zip(group.songs, st.columns(len(group.songs[:3])), strict=False):
            with column:
                name = song_card.song_name(song.title, song.artist)
                st.markdown(f"**{escape(name)}**")
                labels = " and ".join(song.genres) or "no genre"
                st.caption(f"{escape(labels)} · {clock(song.seconds)}")
                library_timeline.show(home, None, songs[song.song_id], key=f"copy-{number}")
                if st.button("Keep only this", key=f"keep-{song.song_id}"):
                    _keep(home, song.song_id, name, all_labels=False)
        if len(group.songs) > 3:
            st.caption(f"and {len(group.songs) - 3} more")
        with st.container(horizontal=True):
            first = group.songs[0]
            if group.differ and st.button(
                f"Keep one, in {escape(' and '.join(group.genres))}",
                type="primary",
                key=f"merge-{first.song_id}",
            ):
                _keep(home, first.song_id, first.title, all_labels=True)
            if st.button("Keep all", type="tertiary", key=f"keep-all-{first.song_id}"):
                with open_once(home) as library:
                    library.keep_all_copies(first.song_id)
                rerun_with_message(f"All copies of {first.title} stay.")


def _keep(home: Home, song_id: str, name: str, *, all_labels: bool) -> None:
    with open_once(home) as library:
        removed = library.keep_copy(song_id, all_labels=all_labels)
    copies = "1 copy" if len(removed) == 1 else f"{len(removed)} copies"
    rerun_with_message(f"{name} is kept, {copies} removed.")
