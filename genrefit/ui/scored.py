"""All songs scored in this session: what could not be, a table, and one song in full."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.query import Query
from genrefit.score import NotScored, Scored, as_json
from genrefit.ui import scoring, verdict
from genrefit.ui.scoring import Entry
from genrefit.ui.widgets import clock, count, table


def results(home: Home, asked: Query | None) -> None:
    """Show everything that was scored in this session."""
    found = scoring.entries()
    good = [entry for entry in found if isinstance(entry.found, Scored)]
    bad = [entry for entry in found if isinstance(entry.found, NotScored)]
    for entry in bad[:8]:
        verdict.refusal(entry)
    if len(bad) > 8:
        st.warning(f"{count(len(bad) - 8, 'more song')} could not be scored: see the JSON.")
    if not good:
        return
    chosen = overview(good, asked, bad) if len(good) > 1 else good[0]
    verdict.full(home, chosen, asked)
    st.button(
        "Clear the results",
        icon=":material/clear_all:",
        key="scored-clear",
        on_click=scoring.forget,
    )


def overview(good: Sequence[Entry], asked: Query | None, bad: Sequence[Entry]) -> Entry:
    """Show a table of all scored songs and return the one that was picked in it."""
    st.markdown(f"**{count(len(good), 'song')}**: tick one to see it in full.")
    frame = shown(good, asked)
    shares = ["Likelihood", *(["Fit"] if asked else [])]
    picked = table(
        frame,
        name="scored",
        formats=(),
        columns={
            name: st.column_config.ProgressColumn(
                min_value=0, max_value=1, format="percent", width="small"
            )
            for name in shares
        },
        more={
            "csv": lambda: wide(good, asked).to_csv(index=False),
            "json": lambda: json.dumps(
                [as_json(e.found) for e in [*good, *bad]], ensure_ascii=False, indent=2
            ),
        },
        on_select="rerun",
        selection_mode="single-row",
        height=min(400, 40 + 35 * len(frame)),
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
             "Likelihood": found.likelihoods[best]}
            | ({"Fit": verdict.fit_of(found, asked)} if asked else {})
            | {"Remark": "unlike everything" if found.unlike_all else "",
               "Length": clock(found.seconds), "Model": found.model}
        )  # fmt: skip
    return pd.DataFrame(rows).round(3)


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
            row |= {"query": str(asked), "fit": verdict.fit_of(found, asked)}
        row |= {f"likelihoods: {genre}": p for genre, p in found.likelihoods.items()}
        row |= {f"typicality: {genre}": p for genre, p in found.typicality.items()}
        rows.append(row)
    return pd.DataFrame(rows)
