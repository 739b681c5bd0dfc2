"""The songs that are in, with what can be done to them, and those that would not come in."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import clock, count
from genrefit.records import FailedSong
from genrefit.sources.urls import is_url
from genrefit.ui import cache
from genrefit.ui.components.tables import show_table, table_height
from genrefit.ui.layout import confirm, escape, rerun_with_message
from genrefit.ui.page_run import open_once

KINDS = {
    "gone": "Not there any more",
    "missing": "Not where it was",
    "refused": "The site would not hand it out",
    "pause": "The site asks for a pause",
    "network": "The connection failed",
    "offline": "The site could not be found",
    "timeout": "No answer in time",
    "server": "The site is in trouble",
    "cut off": "Broken off in the middle",
    "too slow": "Came too slowly",
    "too long": "Too long for a song",
    "too big": "Too big a file",
    "live": "A live broadcast",
    "not audio": "Not audio",
    "empty": "Nothing in it",
    "silent": "Only silence",
    "too short": "Too short",
    "unsupported": "No audio found there",
    "certificate": "The site could not prove who it is",
    "javascript": "YouTube's JavaScript runtime is missing",
    "disk": "The disk is full",
    "loop": "Sent round in circles",
    "crash": "A damaged file",
    "bug": "genrefit itself stumbled",
}
"""What the kinds of failures are called here."""


SHOWN = ["Title", "Artist", "Genres", "Length", "Link"]
"""The columns on the page; the download has the address of a file too."""


def songs(home: Home, genres: Sequence[str]) -> None:
    """Show the library's songs, to be looked through, moved and removed."""
    frame = cache.songs(home)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(
            "Look for", placeholder="title or artist", key="songs-wanted", type="search", width=300
        )
        several = "in several genres"
        only = st.selectbox("Show", ["all songs", *genres, several], key="songs-only", width=260)
    picked = frame
    if wanted:
        text = frame["title"].fillna("") + " " + frame["artist"].fillna("")
        picked = picked[text.str.casefold().str.contains(wanted.casefold(), regex=False)]
    if only == several:
        picked = picked[picked["genres"].map(len) > 1]
    elif only in genres:
        picked = picked[picked["genres"].map(lambda names: only in names)]
    picked = picked.reset_index(drop=True)
    st.caption(
        f"{count(len(picked), 'song')}. Tick songs at the left to move or remove them."
        if len(picked)
        else "No song like that is in."
    )
    chosen = show_table(
        _shown(picked),
        name="songs",
        key=_key(list(picked["song_id"])),
        formats=("csv", "json"),
        on_select="rerun",
        selection_mode="multi-row",
        height=table_height(len(picked), most=422),
        column_order=SHOWN if picked["address"].map(is_url).any() else SHOWN[:-1],
        columns={
            "Link": st.column_config.LinkColumn(width="small", display_text="open"),
            "Genres": st.column_config.ListColumn(width="medium"),
            "Length": st.column_config.TextColumn(width="small"),
        },
    )
    rows = [row for row in chosen.selection.rows if row < len(picked)]
    if rows:
        _act(home, picked.iloc[rows], genres)


def _key(song_ids: list[str]) -> str:
    """Return a key under which ticks stay on the songs that they were set on.

    Ticks stand by row. Songs that come in go to the end and move none; any other change, by the
    filter, by a removal here or in another tab, begins a new table without ticks.
    """
    before = st.session_state.get("songs-shown", [])
    turn = int(st.session_state.get("songs-turn", 0)) + (song_ids[: len(before)] != before)
    st.session_state["songs-shown"], st.session_state["songs-turn"] = song_ids, turn
    return f"songs-{turn}"


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Title": frame["title"],
            "Artist": frame["artist"].fillna(""),
            "Genres": frame["genres"],
            "Length": frame["seconds"].map(clock),
            "Link": frame["address"].where(frame["address"].map(is_url), None),
            "Address": frame["address"],
        }
    )


def _act(home: Home, chosen: pd.DataFrame, genres: Sequence[str]) -> None:
    """Offer what can be done to the ticked songs."""
    with st.container(border=True, key="songs-act"):
        names = ", ".join(escape(str(title)) for title in chosen["title"].head(3))
        more = f" and {len(chosen) - 3} more" if len(chosen) > 3 else ""
        st.markdown(f"**{count(len(chosen), 'song')} ticked:** {names}{more}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            genre = st.selectbox("Genre", list(genres), key="songs-genre", width=260)
            if st.button(
                "Move there", icon=":material/arrow_forward:", disabled=not genre, key="songs-move"
            ):
                _put(home, chosen, genre, alone=True)
                _said(chosen, f"moved to {genre}")
            if st.button(
                "Put there too", icon=":material/add:", disabled=not genre, key="songs-put"
            ):
                _put(home, chosen, genre, alone=False)
                _said(chosen, f"put in {genre} too")
            question = f"Forget {count(len(chosen), 'song')} and all that is known of them?"
            if confirm("Remove", question, yes="Yes, remove", key="songs-remove"):
                with open_once(home) as library:
                    for song_id in chosen["song_id"]:
                        library.remove(song_id)
                _said(chosen, "removed")
        st.caption(
            'What you move or remove stays so, though its source lists it still; "Let removed '
            'songs back in" undoes that.'
        )


def _put(home: Home, chosen: pd.DataFrame, genre: str, *, alone: bool) -> None:
    with open_once(home) as library:
        for song_id, names in zip(chosen["song_id"], chosen["genres"], strict=True):
            library.add_to_genre(song_id, genre)
            for other in names if alone else ():
                if other != genre:
                    library.remove_from_genre(song_id, other)


def _said(chosen: pd.DataFrame, what: str) -> None:
    st.session_state["songs-turn"] = int(st.session_state.get("songs-turn", 0)) + 1
    rerun_with_message(f"{count(len(chosen), 'song')} {what}.")


def failures(home: Home, found: Sequence[FailedSong]) -> None:
    """Show what could not be collected, by reason, those that may pass first."""
    groups: dict[tuple[bool, str], list[FailedSong]] = {}
    for failure in found:
        groups.setdefault((not failure.retry, failure.kind), []).append(failure)
    for (final, kind), members in sorted(groups.items(), key=lambda g: (g[0][0], -len(g[1]))):
        name = KINDS.get(kind, kind.capitalize())
        hope = "a retry will not help" if final else "may work at another try"
        with st.expander(f"**{name}**: {count(len(members), 'song')} · {hope}"):
            reasons = list(dict.fromkeys(failure.reason for failure in members))
            for reason in reasons[:3]:
                st.markdown("- " + escape(reason[:1].upper() + reason[1:]) + ".")
            show_table(_failed(members), name=f"failed-{kind}-{'final' if final else 'retry'}")
    question = (
        "Forget these failures? The next collection then tries all of them again, also those "
        "that a retry will not help."
    )
    if confirm("Forget all failures", question, yes="Yes, forget them", key="forgive"):
        with open_once(home) as library:
            for failure in found:
                library.forget_failure(failure.key)
        rerun_with_message("The failures are forgotten.")


def _failed(members: Sequence[FailedSong]) -> pd.DataFrame:
    rows = [(f.name, ", ".join(f.genres), f.reason, f.attempts, f.address) for f in members]
    return pd.DataFrame(rows, columns=["Title", "Genres", "Reason", "Tries", "Address"])
