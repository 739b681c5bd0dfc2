"""Find: ask the library in one's own words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import clock, count, percent
from genrefit.sources.urls import is_url
from genrefit.ui import cache
from genrefit.ui.components.tables import show_table, table_height
from genrefit.ui.layout import empty_state, escape, page

if TYPE_CHECKING:
    from genrefit.query import Query
    from genrefit.search import Hit


def pick_model(home: Home) -> str | None:
    """Return the model to ask: the one in use, or another that was chosen here."""
    from genrefit.learning import registry

    names = cache.models(home)
    if not names:
        return None
    used = registry.in_use(home)
    if len(names) == 1:
        return used
    return st.selectbox(
        "Model",
        names,
        index=names.index(used) if used in names else 0,
        format_func=lambda n: f"{n} (in use)" if n == used else n,
        key="find-model",
    )


def results(home: Home, asked: Query, likelihoods: pd.DataFrame) -> None:
    """Show the ranked songs and their downloads."""
    from genrefit import search

    left, right = st.columns([3, 1], vertical_alignment="bottom")
    least = left.slider("Least fit", 0, 100, 30, step=5, format="%d %%", key="find-least")
    top = right.number_input("At most", 1, 10_000, 200, key="find-top", help="So many songs.")
    hits = search.find(str(asked), likelihoods, least=least / 100, top=top)
    if not hits:
        best = search.find(str(asked), likelihoods, top=1)
        nearest = (
            f" The nearest is **{escape(best[0].title)}** with {percent(best[0].fit)}: lower the "
            "least fit to see more."
            if best
            else ""
        )
        st.info(f"No song fits by {least} % or more.{nearest}", icon=":material/sentiment_neutral:")
        return
    st.markdown(f"**{count(len(hits), 'song')}**, best first. Tick one to hear it.")
    labels = columns_of(hits[0])
    ticked = show_table(
        shown(hits, labels),
        name="find",
        # Another list of songs is another table: no tick stays on a row that is another song now.
        key=f"find {likelihoods.attrs['model']} {asked} {least} {top}",
        on_select="rerun",
        selection_mode="single-row",
        formats=(),
        height=table_height(len(hits), most=562),
        columns={
            "Fit": bar("How well it fits the whole query"),
            **{name: bar(f"What “{term}” gave") for term, name in labels.items()},
            "Link": st.column_config.LinkColumn(width="small", display_text="open"),
        },
        more={
            "m3u": lambda: search.to_m3u(hits),
            "csv": lambda: search.to_csv(hits),
            "json": lambda: json.dumps(search.to_json(hits), ensure_ascii=False, indent=2),
        },
    )

    for row in ticked.selection.rows:
        from genrefit.ui.components import song_card

        songs = cache.songs(home).set_index("song_id", drop=False)
        song_card.show(home, songs.loc[hits[row].song_id].to_dict())


def bar(what: str) -> object:
    """Return a column of bars from 0 to 100 percent."""
    return st.column_config.ProgressColumn(
        help=what, min_value=0, max_value=100, format="%.0f %%", width=120
    )


def columns_of(hit: Hit) -> dict[str, str]:
    """Return a column's name for each term, none of them that of another column."""
    taken = {"Fit", "Title", "Artist", "Genres", "Length", "Link"}
    return {term: f"{term} (term)" if term in taken else term for term in hit.terms}


def shown(hits: list[Hit], labels: dict[str, str]) -> pd.DataFrame:
    """Return hits as a table with a column a term."""
    rows = [
        {"Fit": 100 * hit.fit, "Title": hit.title, "Artist": hit.artist or ""}
        | {name: 100 * hit.terms[term] for term, name in labels.items()}
        | {
            "Genres": ", ".join(hit.genres),
            "Length": clock(hit.seconds),
            "Link": hit.address if is_url(hit.address) else None,
        }
        for hit in hits
    ]
    frame = pd.DataFrame(rows)
    return frame if frame["Link"].notna().any() else frame.drop(columns="Link")


with page(
    "Find",
    "Ask your songs in your own words. Labels don't matter here: what counts is how each song "
    "sounds.",
) as home:
    # After the heading: these take long to import the first time.
    from genrefit import query
    from genrefit.ui.components import query_box

    if cache.songs(home).empty:
        empty_state(
            "**There are no songs to look through yet.**",
            "collect",
            "Collect songs",
            icon=":material/download_for_offline:",
        )
        st.stop()
    box, picker = st.columns([3, 1], gap="medium")
    with picker:
        name = pick_model(home)
    if name is None:
        empty_state(
            "**There is no model yet** to tell how songs fit.",
            "train",
            "Train one",
            icon=":material/school:",
        )
        st.stop()
    likelihoods = cache.likelihoods(home, name)
    genres = likelihoods.attrs["genres"]
    with box:
        asked = query_box.ask(genres, key="find-query")
        query_box.situations(home, genres, asked, key="find-query")
    if likelihoods.empty:
        st.info("No song has been listened to in the way this model needs: collect again.")
    elif asked is not None:
        results(home, asked, likelihoods)
    if likelihoods.attrs["lacking"]:
        lacking = count(likelihoods.attrs["lacking"], "song")
        st.caption(f"{lacking} left out: not listened to yet in the way that {name} needs.")
    with st.expander("How to ask", icon=":material/help:"):
        st.markdown(query.DOCUMENTATION)
