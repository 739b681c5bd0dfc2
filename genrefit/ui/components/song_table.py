"""The songs that are in, with what can be done to them, and those that would not come in."""

from __future__ import annotations

from collections import Counter
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

FAILURE_NAMES = {
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
    "bug": "A fault in genrefit",
    "killed": "Stopped from outside",
    "memory": "Not enough memory",
}
"""What the kinds of failures are called here."""


COLUMNS = ["Title", "Artist", "Genres", "Length", "Link"]
"""The columns on the page; the download has the address of a file too."""


def show_songs(home: Home, genres: Sequence[str]) -> None:
    """Show the library's songs, to be looked through, moved and removed."""
    frame = cache.songs(home)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(
            "Look for", placeholder="title or artist", key="songs-wanted", type="search", width=300
        )
        several = "in several genres"
        only = st.selectbox("Show", ["all songs", *genres, several], key="songs-only", width=260)
    matching = frame
    if wanted:
        text = frame["title"].fillna("") + " " + frame["artist"].fillna("")
        matching = matching[text.str.casefold().str.contains(wanted.casefold(), regex=False)]
    if only == several:
        matching = matching[matching["genres"].map(len) > 1]
    elif only in genres:
        matching = matching[matching["genres"].map(lambda names: only in names)]
    matching = matching.reset_index(drop=True)
    st.caption(
        f"{count(len(matching), 'song')}. Tick songs at the left to move or remove them."
        if len(matching)
        else "No song like that is in."
    )
    ticked = show_table(
        _display_table(matching),
        name="songs",
        key=_table_key(list(matching["song_id"])),
        formats=("csv", "json"),
        on_select="rerun",
        selection_mode="multi-row",
        height=table_height(len(matching), most=422),
        column_order=COLUMNS if matching["address"].map(is_url).any() else COLUMNS[:-1],
        columns={
            "Link": st.column_config.LinkColumn(width="small", display_text="open"),
            "Genres": st.column_config.ListColumn(width="medium"),
            "Length": st.column_config.TextColumn(width="small"),
        },
    )
    rows = [row for row in ticked.selection.rows if row < len(matching)]
    if rows:
        _show_actions(home, matching.iloc[rows], genres)


def _table_key(song_ids: list[str]) -> str:
    """Return a key under which ticks stay on the songs that they were set on.

    Ticks stand by row. Songs that come in go to the end and move none; any other change, by the
    filter, by a removal here or in another tab, begins a new table without ticks.
    """
    before = st.session_state.get("songs-ids", [])
    version = int(st.session_state.get("songs-version", 0)) + (song_ids[: len(before)] != before)
    st.session_state["songs-ids"], st.session_state["songs-version"] = song_ids, version
    return f"songs-{version}"


def _display_table(frame: pd.DataFrame) -> pd.DataFrame:
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


def _show_actions(home: Home, ticked: pd.DataFrame, genres: Sequence[str]) -> None:
    """Offer what can be done to the ticked songs."""
    with st.container(border=True, key="songs-act"):
        names = ", ".join(escape(str(title)) for title in ticked["title"].head(3))
        more = f" and {len(ticked) - 3} more" if len(ticked) > 3 else ""
        st.markdown(f"**{count(len(ticked), 'song')} ticked:** {names}{more}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            genre = st.selectbox(
                "To which genre?",
                list(genres),
                index=None,
                placeholder="Choose one first",
                key="songs-genre",
                width=260,
            )
            if st.button(
                "Move there", icon=":material/arrow_forward:", disabled=not genre, key="songs-move"
            ):
                _put_in_genre(home, ticked, str(genre), alone=True)
            if st.button(
                "Put there too", icon=":material/add:", disabled=not genre, key="songs-put"
            ):
                _put_in_genre(home, ticked, str(genre), alone=False)
            question = f"Forget {count(len(ticked), 'song')} and all that is known of them?"
            if confirm("Remove", question, yes="Yes, remove", key="songs-remove"):
                with open_once(home) as library:
                    library.remove_songs(list(ticked["song_id"]))
                _finish(ticked, "removed")
        st.caption(_what_happens(list(ticked["genres"]), genre))


def _what_happens(labels: Sequence[Sequence[str]], genre: str | None) -> str:
    """Say what moving songs with these labels to a genre does, and what putting them there too."""
    stays = "What you move or remove stays so, though its source lists it still."
    if genre is None:
        return stays
    there = sum(genre in names for names in labels)
    leaving = Counter(name for names in labels for name in names if name != genre)
    left = ", ".join(f"{n:,} out of {escape(name)}" for name, n in leaving.most_common())
    all_there = there == len(labels)
    joined = (
        f"all are in {escape(genre)} already"
        if all_there
        else f"{count(len(labels) - there, 'song')} joined to {escape(genre)}"
    )
    moved = f"{joined}, and taken: {left}" if left else joined
    return f"**Move there:** {moved}. **Put there too:** {joined}, and no label is lost. {stays}"


def _put_in_genre(home: Home, ticked: pd.DataFrame, genre: str, *, alone: bool) -> None:
    with open_once(home) as library:
        library.put_in_genre(list(ticked["song_id"]), genre, alone=alone)
    _finish(ticked, f"moved to {genre}" if alone else f"put in {genre} too")


def _finish(ticked: pd.DataFrame, what: str) -> None:
    st.session_state["songs-version"] = int(st.session_state.get("songs-version", 0)) + 1
    rerun_with_message(f"{count(len(ticked), 'song')} {what}.")


def show_failures(home: Home, failures: Sequence[FailedSong]) -> None:
    """Show what could not be collected, by reason, those that may pass first."""
    groups: dict[tuple[bool, str], list[FailedSong]] = {}
    for failure in failures:
        groups.setdefault((not failure.retry, failure.kind), []).append(failure)
    for (final, kind), members in sorted(groups.items(), key=lambda g: (g[0][0], -len(g[1]))):
        name = FAILURE_NAMES.get(kind, kind.capitalize())
        hope = "a retry will not help" if final else "may work at another try"
        with st.expander(f"**{name}**: {count(len(members), 'song')} · {hope}"):
            reasons = list(dict.fromkeys(failure.reason for failure in members))
            for reason in reasons[:3]:
                st.markdown("- " + escape(reason[:1].upper() + reason[1:]) + ".")
            show_table(
                _failures_table(members), name=f"failed-{kind}-{'final' if final else 'retry'}"
            )
    question = (
        "Forget these failures? The next collection then tries all of them again, also those "
        "that a retry will not help."
    )
    if confirm("Forget all failures", question, yes="Yes, forget them", key="forgive"):
        with open_once(home) as library:
            library.forget_failures([failure.key for failure in failures])
        rerun_with_message("The failures are forgotten.")


def _failures_table(members: Sequence[FailedSong]) -> pd.DataFrame:
    rows = [(f.name, ", ".join(f.genres), f.reason, f.attempts, f.address) for f in members]
    return pd.DataFrame(rows, columns=["Title", "Genres", "Reason", "Tries", "Address"])
