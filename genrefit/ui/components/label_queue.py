"""Labels to check, one song at a time: why it is doubted, songs to compare, buttons and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import count, percent
from genrefit.learning import registry
from genrefit.sources.urls import is_url
from genrefit.ui import cache
from genrefit.ui.components import label_buttons, library_timeline, song_card
from genrefit.ui.components.player import mime_type
from genrefit.ui.layout import escape

LATER, SETTLED = "labels-later", "labels-settled"
SPACE = """
const USES_SPACE = "input, textarea, select, button, a, summary, canvas, [contenteditable], "
  + "[role=button], [role=slider], [role=switch], [role=radio], [role=tab], [role=option]";
let stop = null; // a later run takes the place of this one
export default function () {
  if (stop) stop();
  const onKey = (event) => {
    if (event.key !== " " || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest && event.target.closest(USES_SPACE)) return;
    const audio = document.querySelector(".st-key-label-queue audio");
    if (!audio) return;
    event.preventDefault();
    if (!audio.paused) return audio.pause();
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    audio.play().catch(() => {});
  };
  document.addEventListener("keydown", onKey);
  stop = () => document.removeEventListener("keydown", onKey);
  return stop;
}
"""
"""Plays and pauses the song in question by the space bar, unless something else has the focus."""


def show(home: Home, features: str, doubted: pd.DataFrame) -> None:
    """Show the first of the doubted songs (as explore.label_checks) that was not put off."""
    ids = [str(song_id) for song_id in doubted["song_id"]]
    songs = cache.songs_by_id(home)
    put_off = [s for s in st.session_state.setdefault(LATER, []) if s in ids]
    settled = [s for s in st.session_state.setdefault(SETTLED, []) if s not in ids]
    waiting = [s for s in ids if s not in put_off and s in songs]
    if not waiting:
        _show_end(put_off, settled)
        return
    row = next(r for r in doubted.to_dict("records") if r["song_id"] == waiting[0])
    song = songs[waiting[0]]
    done = len(put_off) + len(settled)
    with st.container(border=True, key="label-queue"):
        st.caption(f"{done + 1:,} of {done + len(waiting):,}")
        st.subheader(escape(song_card.song_name(song["title"], song["artist"])), anchor=False)
        st.markdown(
            f"Labelled **{escape(' and '.join(song['genres']))}**, sounds like "
            f"**{escape(row['other'])}**: {escape(row['reason'])}."
        )
        _show_likelihoods(home, waiting[0])
        library_timeline.show(home, registry.in_use(home), song, key="label")
        label_buttons.show(
            home,
            song,
            other=str(row["other"]),
            key="queue",
            later=lambda: _put_off(waiting[0]),
            after=lambda: st.session_state[SETTLED].append(waiting[0]),
            shortcuts=True,
        )
        st.caption("Keys: 1 to 5 for the buttons, space to play.")
        _show_alike(home, features, song, str(row["other"]))
        st.components.v2.component("genrefit.space_plays", html="<div></div>", js=SPACE)(
            key="space-plays", height=1
        )


def _put_off(song_id: str) -> None:
    st.session_state[LATER].append(song_id)


def _show_end(put_off: list[str], settled: list[str]) -> None:
    if settled:
        st.success(
            f"{count(len(settled), 'label')} settled. A model learns them when trained again.",
            icon=":material/check_circle:",
        )
    elif not put_off:
        st.markdown("No label looks wrong.")
    if put_off and st.button(
        f"Look at the {count(len(put_off), 'song')} that you put off",
        icon=":material/schedule:",
        key="labels-again",
    ):
        st.session_state[LATER] = []
        st.rerun()


def _show_likelihoods(home: Home, song_id: str) -> None:
    """Say how likely each genre is by a fit that had not heard the song, the three likeliest."""
    name = registry.in_use(home)
    if name is None or registry.is_built_in(name):
        return
    known = cache.out_of_fold(home, name)
    if song_id not in known.index:
        return
    of_genre = dict(zip(known.columns, known.loc[song_id].to_numpy(float).tolist(), strict=True))
    best = sorted(of_genre.items(), key=lambda pair: -pair[1])[:3]
    st.caption(
        f"Out of fold, by **{escape(name)}**: "
        + ", ".join(f"{escape(str(genre))} {percent(p)}" for genre, p in best)
    )


def _show_alike(home: Home, features: str, song: dict[Any, Any], other: str) -> None:
    """Show the songs of the own genres and of the other one that are most alike, to be heard."""
    songs = cache.songs_by_id(home)
    genres = [*song["genres"][:2], other]
    with st.expander("Songs most like it", icon=":material/compare:", expanded=False):
        for column, genre in zip(st.columns(len(genres)), genres, strict=True):
            with column:
                st.markdown(f"**{escape(genre)}**")
                for song_id, distance in cache.alike(home, features, song["song_id"], genre):
                    near = songs[song_id]
                    name = song_card.song_name(near["title"], near["artist"])
                    st.caption(f"{escape(name)} · {distance:.2f} of the usual distance")
                    _play(str(near["address"]), name)


def _play(address: str, name: str) -> None:
    path = Path(address)
    if is_url(address):
        st.link_button("Listen where it came from", address, icon=":material/open_in_new:")
    elif path.is_absolute() and path.is_file():
        st.audio(address, format=mime_type(path.suffix), alt=f"Player of {name}")
