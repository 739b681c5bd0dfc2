"""Behind a cell of a matrix: its songs, each moment by moment, to be heard and mended."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.explore.behind_cell import in_cell
from genrefit.formatting import clock, count
from genrefit.learning.report import JudgedSong
from genrefit.ui import cache
from genrefit.ui.components import label_buttons, library_timeline, row_card, song_card
from genrefit.ui.components.tables import show_table, table_height
from genrefit.ui.layout import escape

GAVE_GUESS, GAVE_TRUTH = "Gave the guess", "Gave the truth"
Found = tuple[JudgedSong, tuple[float, ...]]


def show(
    home: Home, model: str, judged: Sequence[JudgedSong], *, level: str, true: str, guess: str
) -> None:
    """Show the songs of a cell that is not empty, with the card of the one that is ticked."""
    found = in_cell(judged, level=level, true=true, guess=guess)
    if not found:
        st.caption("Which they were is not in this model's report: train it again to see.")
        return
    taken = "rightly known as" if true == guess else "taken for"
    st.markdown(f"##### {escape(true)} {taken} {escape(guess)}")
    st.caption("Tick a song to hear the moments that were taken so.")
    row_card.show(
        len(found),
        key=f"behind {model} {level} {true} {guess} {len(judged)}",
        table=partial(_show_table, songs_table(found, true, guess), level),
        card=lambda row: _show_card(home, model, found[row], true, guess),
    )


def songs_table(found: Sequence[Found], true: str, guess: str) -> pd.DataFrame:
    """Return the songs of a cell with their moments and their likelihoods."""
    rows = []
    for song, starts in found:
        row: dict[str, Any] = {
            "Song": song_card.song_name(song.title, song.artist),
            "Moments": ", ".join(clock(start) for start in starts),
        }
        if true != guess:
            row[GAVE_GUESS] = song.likelihoods[guess]
        row[GAVE_TRUTH] = song.likelihoods[true]
        rows.append(row)
    return pd.DataFrame(rows).round(2)


def columns() -> dict[str, Any]:
    """Return how a table of judged songs is laid out: most of the width is the names'."""
    text = st.column_config.TextColumn
    return {
        "Song": text(width=300),
        "Moments": text(width=160, help="When the segments begin that were taken so."),
        "True": text(width=120),
        "Guess": text(width=120),
        GAVE_GUESS: _bar("the genre that was guessed"),
        GAVE_TRUTH: _bar("the true genre"),
    }


def _bar(genre: str) -> Any:
    meaning = (
        f"The likelihood that a fit that never heard the song gave {genre}: of all of the song."
    )
    return st.column_config.ProgressColumn(
        help=meaning, min_value=0, max_value=1, format="percent", width=130
    )


def _show_table(frame: pd.DataFrame, level: str, options: dict[str, Any]) -> Any:
    return show_table(
        frame,
        name=f"behind-{level}",
        columns=columns(),
        height=table_height(len(frame), most=422),
        **options,
    )


def _show_card(home: Home, model: str, found: Found, true: str, guess: str) -> None:
    song, starts = found
    songs = cache.songs_by_id(home)
    with st.container(border=True, key="behind-card"):
        st.markdown(f"**{escape(song_card.song_name(song.title, song.artist))}**")
        if song.song_id not in songs:
            st.caption("This song is not in the library any more.")
            return
        row = songs[song.song_id]
        song_card.show_genres(row)
        if starts and true != guess:
            st.caption(
                f"{count(len(starts), 'segment')} outlined: taken for {escape(guess)}. Each has a "
                "button that plays from there."
            )
        library_timeline.show(home, model, row, key="behind", marked=starts)
        # Where it was known rightly there is no other genre to weigh: any may be chosen.
        if guess in row["genres"]:
            song_card.edit_genres(home, row)
        else:
            label_buttons.show(home, row, other=guess, key="cell")
