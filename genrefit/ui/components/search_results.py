"""The songs that fit a query: how many to show, the table, downloads, the ticked song's card."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from genrefit import search
from genrefit.config import Home
from genrefit.formatting import clock, count, percent
from genrefit.query import Query
from genrefit.query.ast import Blend
from genrefit.search import Hit
from genrefit.sources.urls import is_url
from genrefit.ui import cache
from genrefit.ui.components import query_report_line, row_card, song_card
from genrefit.ui.components.tables import playlist_name, show_table, table_height
from genrefit.ui.layout import escape

COLUMNS = ("Fit", "Title", "Artist", "Genres", "Length", "Link")


def show(home: Home, query: Query, likelihoods: pd.DataFrame) -> None:
    """Show the ranked songs, their downloads, and the card of the one that is ticked."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    least = left.slider("Least fit", 0, 100, 30, step=5, format="%d %%", key="find-least")
    top = right.number_input("At most", 1, 10_000, 200, key="find-top", help="So many songs.")
    hits = search.find(query, likelihoods, least=least / 100, top=top)
    if not hits:
        _show_nearest(query, likelihoods, least)
        return
    st.markdown(f"**{count(len(hits), 'song')}**, best first. Tick one to hear it.")
    query_report_line.show(home, query, likelihoods.attrs["model"])

    def show_card(row: int) -> None:
        songs = cache.songs(home).set_index("song_id", drop=False)
        song_card.show(home, songs.loc[hits[row].song_id].to_dict(), query)

    row_card.show(
        len(hits),
        key=f"find {likelihoods.attrs['model']} {query} {least} {top}",
        table=partial(_show_hits, hits, query),
        card=show_card,
    )
    if left_out := sum(not search.can_be_played(hit.address) for hit in hits):
        st.caption(
            f"{count(left_out, 'song')} will not be in the M3U: imported without a file or address "
            "that a player could find."
        )


def _show_nearest(query: Query, likelihoods: pd.DataFrame, least: int) -> None:
    """Say that no song fits well enough, and which fits best."""
    best = search.find(query, likelihoods, top=1)
    nearest = (
        f" The nearest is **{escape(best[0].title)}** with {percent(best[0].fit)}: lower the "
        "least fit to see more."
        if best
        else ""
    )
    st.info(f"No song fits by {least} % or more.{nearest}", icon=":material/sentiment_neutral:")


def _show_hits(hits: Sequence[Hit], query: Query, options: Mapping[str, Any]) -> Any:
    """Show hits as a table with its downloads and return what was ticked."""
    values = term_values(hits, query)
    labels = term_columns(values[0])
    return show_table(
        hits_table(hits, values, labels),
        name="find",
        stem=playlist_name(query, "find"),
        formats=(),
        height=table_height(len(hits), most=562),
        columns={
            "Fit": _bar_column("How well it fits the whole query"),
            **{name: _bar_column(_meaning(query, term)) for term, name in labels.items()},
            "Link": st.column_config.LinkColumn(width="small", display_text="open"),
        },
        more={
            "m3u": lambda: search.to_m3u([h for h in hits if search.can_be_played(h.address)]),
            "csv": lambda: search.to_csv(hits),
            "json": lambda: json.dumps(search.to_json(hits), ensure_ascii=False, indent=2),
        },
        **options,
    )


def _bar_column(meaning: str) -> Any:
    """Return the configuration of a column of bars from 0 to 100 percent."""
    return st.column_config.ProgressColumn(
        help=meaning, min_value=0, max_value=100, format="%.0f %%", width=120
    )


def _meaning(query: Query, term: str) -> str:
    if isinstance(query.clause, Blend):
        return f"How much {term} is in it; {dict(query.clause.shares)[term] / 100:g} % were wanted"
    return f"What “{term}” gave"


def term_values(hits: Sequence[Hit], query: Query) -> list[Mapping[str, float]]:
    """Return what each term of the query gave, by hit.

    Of a blend, the likelihoods of its genres: the overlaps that its fit is the sum of end at the
    share that was wanted, and so say the same in every row.
    """
    if isinstance(query.clause, Blend):
        return [{g: hit.likelihoods[g] for g, _ in query.clause.shares} for hit in hits]
    return [hit.terms for hit in hits]


def term_columns(terms: Iterable[str]) -> dict[str, str]:
    """Return a column's name for each term of the query, none of them another column's."""
    return {term: f"{term} (term)" if term in COLUMNS else term for term in terms}


def hits_table(
    hits: Sequence[Hit], values: Sequence[Mapping[str, float]], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return hits as a table with a column a term; shares in percent."""
    rows = [
        {"Fit": 100 * hit.fit, "Title": hit.title, "Artist": hit.artist or ""}
        | {name: 100 * terms[term] for term, name in labels.items()}
        | {
            "Genres": ", ".join(hit.genres),
            "Length": clock(hit.seconds),
            "Link": hit.address if is_url(hit.address) else None,
        }
        for hit, terms in zip(hits, values, strict=True)
    ]
    frame = pd.DataFrame(rows)
    return frame if frame["Link"].notna().any() else frame.drop(columns="Link")
