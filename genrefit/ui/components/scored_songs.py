"""All songs scored in this session: what could not be, a table, and one song in full."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from genrefit import search
from genrefit.config import Home
from genrefit.edges import csv_of_frame
from genrefit.formatting import clock, count
from genrefit.query import Query
from genrefit.records import Failure
from genrefit.scoring import ScoredSong, to_json
from genrefit.ui.components import row_card, scored_card, several_models
from genrefit.ui.components.score_session import (
    SessionSong,
    clear_session_songs,
    session_songs,
)
from genrefit.ui.components.tables import playlist_name, show_table, table_height
from genrefit.ui.layout import page_link

LATEST = 3
MOST_FAILURES = 8
MOST_GENRES = 8
"""With more, the table has the likeliest genre alone."""


def show_latest(home: Home) -> None:
    """Show what the model says of the latest songs, in short."""
    songs = session_songs(home)
    for entry in songs[:LATEST]:
        scored_card.show_short(home, entry)
    if any(isinstance(entry.result, ScoredSong) for entry in songs):
        page_link(
            "score",
            "See them in full: moment by moment, with the player",
            icon=":material/music_note:",
        )


def show_all(home: Home, query: Query | None) -> None:
    """Show everything that was scored in this session."""
    scored = [entry for entry in session_songs(home) if isinstance(entry.result, ScoredSong)]
    failures = [entry for entry in session_songs(home) if isinstance(entry.result, Failure)]
    for entry in failures[:MOST_FAILURES]:
        scored_card.show_failure(entry)
    if more := len(failures[MOST_FAILURES:]):
        st.warning(f"{count(more, 'more song')} could not be scored: see the JSON.")
    if not scored:
        return
    if query is not None:
        scored.sort(key=lambda entry: _fit(entry, query) or 0, reverse=True)
    if len(scored) == 1:
        scored_card.show_full(home, scored[0], query)
    else:
        _show_table_and_card(home, scored, query, failures)
    st.button(
        "Clear the results",
        icon=":material/clear_all:",
        key="scored-clear",
        on_click=clear_session_songs,
        args=(home,),
    )


def _show_table_and_card(
    home: Home, scored: Sequence[SessionSong], query: Query | None, failures: Sequence[SessionSong]
) -> None:
    """Show a table of all scored songs, and the card of the one that is ticked, else the first."""
    best = ", best first" if query else ""
    st.markdown(f"**{count(len(scored), 'song')}**{best}. Tick one to see it in full.")
    several_models.show(
        song.model for entry in scored if isinstance(song := entry.result, ScoredSong)
    )
    frame, shares = summary_table(scored, query)
    number = st.column_config.NumberColumn

    def draw(options: dict[str, Any]) -> Any:
        return show_table(
            frame,
            name="scored",
            stem=playlist_name(query, "scored"),
            formats=(),
            columns={column: number(label, format="%.0f %%") for column, label in shares.items()},
            column_order=[c for c in frame if c != "Remark" or frame["Remark"].any()],
            more={
                "m3u": lambda: search.to_m3u(playlist([entry.result for entry in scored])),
                "csv": lambda: csv_of_frame(full_table(scored, query)),
                "json": lambda: _json_text([*scored, *failures]),
            },
            height=table_height(len(frame), most=560),
            **options,
        )

    row_card.show(
        len(scored),
        key=f"scored {query} {[entry.number for entry in scored]}",
        table=draw,
        card=lambda row: scored_card.show_full(home, scored[row], query, narrow=True),
        first=True,
    )
    left_out = len(scored) - len(playlist([entry.result for entry in scored]))
    if left_out:
        st.caption(
            f"{count(left_out, 'song')} will not be in the M3U: dropped here, and so without a "
            "place that a player could find. Give their folder under Address or folder instead."
        )


def playlist(songs: Sequence[ScoredSong | Failure]) -> list[search.PlaylistEntry]:
    """Return the songs that a player can find, as the entries of a playlist."""
    scored = [song for song in songs if isinstance(song, ScoredSong)]
    entries = [
        search.PlaylistEntry(song.title, song.artist, song.source, song.seconds) for song in scored
    ]
    return [entry for entry in entries if search.can_be_played(entry.address)]


def _json_text(songs: Sequence[SessionSong]) -> str:
    results = [to_json(entry.result) for entry in songs]
    return json.dumps(results, ensure_ascii=False, indent=2)


def summary_table(
    scored: Sequence[SessionSong], query: Query | None
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return scored songs as a table to look at, a row a song; shares in percent.

    Also the columns that are shares, with what they are called. With few genres there is one a
    genre, else the likeliest alone.
    """
    songs = [entry.result for entry in scored if isinstance(entry.result, ScoredSong)]
    genres = list(dict.fromkeys(genre for song in songs for genre in song.likelihoods))
    if len(genres) > MOST_GENRES:
        genres = []
    rows = []
    for entry, song in zip(scored, songs, strict=True):
        best = max(song.likelihoods, key=lambda genre: song.likelihoods[genre])
        fit = _fit(entry, query)
        by_genre = {
            f"likelihood {g}": 100 * song.likelihoods[g] if g in song.likelihoods else None
            for g in genres
        }
        rows.append(
            {"Title": song.title, "Artist": song.artist or ""}
            | ({"Fit": 100 * fit if fit else fit} if query else {})
            | {"Sounds like": best}
            | (by_genre or {"Likelihood": 100 * song.likelihoods[best]})
            | {"Remark": "unlike everything" if song.unlike_all else "",
               "Length": clock(song.seconds), "Model": song.model}
        )  # fmt: skip
    shares = {f"likelihood {genre}": genre for genre in genres} or {"Likelihood": "Likelihood"}
    return pd.DataFrame(rows).round(1), ({"Fit": "Fit"} if query else {}) | shares


def _fit(entry: SessionSong, query: Query | None) -> float | None:
    return scored_card.fit_of(entry.result, query) if isinstance(entry.result, ScoredSong) else None


def full_table(scored: Sequence[SessionSong], query: Query | None) -> pd.DataFrame:
    """Return scored songs with every number of theirs, as `genrefit score --csv` does."""
    rows = []
    for entry in scored:
        song = entry.result
        assert isinstance(song, ScoredSong)
        row: dict[str, object] = {
            "source": song.source, "title": song.title, "artist": song.artist,
            "seconds": song.seconds, "unlike_all": song.unlike_all, "model": song.model,
            "not_music": song.not_music, "held_out": song.held_out,
        }  # fmt: skip
        if query is not None:
            row |= {"query": str(query), "fit": scored_card.fit_of(song, query)}
        row |= {f"likelihoods: {genre}": p for genre, p in song.likelihoods.items()}
        row |= {f"typicality: {genre}": p for genre, p in song.typicality.items()}
        rows.append(row)
    return pd.DataFrame(rows)
