"""All songs scored in this session: what could not be, a table, and one song in full."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import clock, count
from genrefit.query import Query
from genrefit.scoring import NotScored, Scored, as_json
from genrefit.ui.components import scored_card, song_drop
from genrefit.ui.components.song_drop import Entry
from genrefit.ui.components.tables import show_table, table_height


def results(home: Home, asked: Query | None) -> None:
    """Show everything that was scored in this session."""
    found = song_drop.entries()
    good = [entry for entry in found if isinstance(entry.found, Scored)]
    bad = [entry for entry in found if isinstance(entry.found, NotScored)]
    for entry in bad[:8]:
        scored_card.refusal(entry)
    if len(bad) > 8:
        st.warning(f"{count(len(bad) - 8, 'more song')} could not be scored: see the JSON.")
    if not good:
        return
    if asked is not None:
        good.sort(key=lambda entry: _fit(entry, asked) or 0, reverse=True)
    chosen = overview(good, asked, bad) if len(good) > 1 else good[0]
    scored_card.full(home, chosen, asked)
    st.button(
        "Clear the results",
        icon=":material/clear_all:",
        key="scored-clear",
        on_click=song_drop.forget,
    )


def overview(good: Sequence[Entry], asked: Query | None, bad: Sequence[Entry]) -> Entry:
    """Show a table of all scored songs and return the one that was picked in it."""
    best = ", best first" if asked else ""
    st.markdown(f"**{count(len(good), 'song')}**{best}. Tick one to see it in full.")
    frame = shown(good, asked)
    shares = ["Likelihood", *(["Fit"] if asked else [])]
    remarks = frame["Remark"].any()
    picked = show_table(
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
        key=f"scored {asked} {[entry.number for entry in good]}",
        more={
            "csv": lambda: wide(good, asked).to_csv(index=False),
            "json": lambda: json.dumps(
                [as_json(e.found) for e in [*good, *bad]], ensure_ascii=False, indent=2
            ),
        },
        on_select="rerun",
        selection_mode="single-row",
        height=table_height(len(frame), most=400),
    )
    rows = [row for row in picked.selection.rows if row < len(good)]
    return good[rows[0]] if rows else good[0]


def shown(good: Sequence[Entry], asked: Query | None) -> pd.DataFrame:
    """Return scored songs as a table to look at, a row a song."""
    rows = []
    for entry in good:
        found = entry.found
        assert isinstance(found, Scored)
        best = max(found.likelihoods, key=lambda genre: found.likelihoods[genre])
        rows.append(
            {"Title": found.title, "Artist": found.artist or "", "Sounds like": best,
             "Likelihood": 100 * found.likelihoods[best]}
            | ({"Fit": 100 * fit if (fit := _fit(entry, asked)) else fit} if asked else {})
            | {"Remark": "unlike everything" if found.unlike_all else "",
               "Length": clock(found.seconds), "Model": found.model}
        )  # fmt: skip
    return pd.DataFrame(rows).round(1)


def _fit(entry: Entry, asked: Query | None) -> float | None:
    return scored_card.fit_of(entry.found, asked) if isinstance(entry.found, Scored) else None


def wide(good: Sequence[Entry], asked: Query | None) -> pd.DataFrame:
    """Return scored songs with every number of theirs, as `genrefit score --csv` does."""
    rows = []
    for entry in good:
        found = entry.found
        assert isinstance(found, Scored)
        row: dict[str, object] = {
            "source": found.source, "title": found.title, "artist": found.artist,
            "seconds": found.seconds, "unlike_all": found.unlike_all, "model": found.model,
        }  # fmt: skip
        if asked is not None:
            row |= {"query": str(asked), "fit": scored_card.fit_of(found, asked)}
        row |= {f"likelihoods: {genre}": p for genre, p in found.likelihoods.items()}
        row |= {f"typicality: {genre}": p for genre, p in found.typicality.items()}
        rows.append(row)
    return pd.DataFrame(rows)
