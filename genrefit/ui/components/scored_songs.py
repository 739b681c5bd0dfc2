"""All songs scored in this session: what could not be, a table, and one song in full."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import clock, count
from genrefit.query import Query
from genrefit.records import Failure
from genrefit.scoring import ScoredSong, to_json
from genrefit.ui.components import scored_card, several_models
from genrefit.ui.components.score_session import (
    SessionSong,
    clear_session_songs,
    session_songs,
)
from genrefit.ui.components.tables import show_table, table_height
from genrefit.ui.layout import page_link

LATEST = 3
MOST_FAILURES = 8


def show_latest(home: Home) -> None:
    """Show what the model says of the latest songs, in short."""
    songs = session_songs()
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
    scored = [entry for entry in session_songs() if isinstance(entry.result, ScoredSong)]
    failures = [entry for entry in session_songs() if isinstance(entry.result, Failure)]
    for entry in failures[:MOST_FAILURES]:
        scored_card.show_failure(entry)
    if more := len(failures[MOST_FAILURES:]):
        st.warning(f"{count(more, 'more song')} could not be scored: see the JSON.")
    if not scored:
        return
    if query is not None:
        scored.sort(key=lambda entry: _fit(entry, query) or 0, reverse=True)
    chosen = _pick_song(scored, query, failures) if len(scored) > 1 else scored[0]
    scored_card.show_full(home, chosen, query)
    st.button(
        "Clear the results",
        icon=":material/clear_all:",
        key="scored-clear",
        on_click=clear_session_songs,
    )


def _pick_song(
    scored: Sequence[SessionSong], query: Query | None, failures: Sequence[SessionSong]
) -> SessionSong:
    """Show a table of all scored songs and return the one that is ticked, else the first."""
    best = ", best first" if query else ""
    st.markdown(f"**{count(len(scored), 'song')}**{best}. Tick one to see it in full.")
    several_models.show(
        song.model for entry in scored if isinstance(song := entry.result, ScoredSong)
    )
    frame = summary_table(scored, query)
    shares = ["Likelihood", *(["Fit"] if query else [])]
    remarks = frame["Remark"].any()
    ticked = show_table(
        frame,
        name="scored",
        formats=(),
        columns={
            name: st.column_config.ProgressColumn(
                min_value=0, max_value=100, format="%.0f %%", width="small"
            )
            for name in shares
        },
        column_order=[name for name in frame if name != "Remark" or remarks],
        # Ticks stand by row: other songs, or another order of them, are another table.
        key=f"scored {query} {[entry.number for entry in scored]}",
        more={
            "csv": lambda: full_table(scored, query).to_csv(index=False),
            "json": lambda: _json_text([*scored, *failures]),
        },
        on_select="rerun",
        selection_mode="single-row",
        height=table_height(len(frame), most=400),
    )
    rows = [row for row in ticked.selection.rows if row < len(scored)]
    return scored[rows[0]] if rows else scored[0]


def _json_text(songs: Sequence[SessionSong]) -> str:
    results = [to_json(entry.result) for entry in songs]
    return json.dumps(results, ensure_ascii=False, indent=2)


def summary_table(scored: Sequence[SessionSong], query: Query | None) -> pd.DataFrame:
    """Return scored songs as a table to look at, a row a song; shares in percent."""
    rows = []
    for entry in scored:
        song = entry.result
        assert isinstance(song, ScoredSong)
        best = max(song.likelihoods, key=lambda genre: song.likelihoods[genre])
        fit = _fit(entry, query)
        rows.append(
            {"Title": song.title, "Artist": song.artist or "", "Sounds like": best,
             "Likelihood": 100 * song.likelihoods[best]}
            | ({"Fit": 100 * fit if fit else fit} if query else {})
            | {"Remark": song.not_music or ("unlike everything" if song.unlike_all else ""),
               "Length": clock(song.seconds), "Model": song.model}
        )  # fmt: skip
    return pd.DataFrame(rows).round(1)


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
