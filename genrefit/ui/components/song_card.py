"""The card of one song of the library: what it is, what the model says, how to hear it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import clock
from genrefit.learning import registry
from genrefit.query import Query
from genrefit.scoring.why import in_order, why
from genrefit.ui import cache
from genrefit.ui.components import library_timeline, scored_card, why_panel
from genrefit.ui.components.charts import show_figure
from genrefit.ui.components.model_text import WHOSE
from genrefit.ui.layout import escape, page_link, rerun_with_message
from genrefit.ui.page_run import open_once

SELECTED_KEY = "explore-song"


def pick(song_id: Any) -> None:
    """Make a song the picked one."""
    st.session_state[SELECTED_KEY] = str(song_id)


def show_picker(
    home: Home,
    candidates: pd.DataFrame,
    *,
    hint: str = "Click one in the picture, or search by name",
) -> None:
    """Let the user pick a song by its name too, and show the card of the one that is picked."""
    songs = cache.songs(home).set_index("song_id", drop=False)
    ids = [
        i for i in (candidates["song_id"] if len(candidates) else songs.index) if i in songs.index
    ]
    if st.session_state.get(SELECTED_KEY) not in ids:
        st.session_state[SELECTED_KEY] = None
    names = {i: song_name(songs.at[i, "title"], songs.at[i, "artist"]) for i in ids}
    song_id = st.selectbox(
        "Song",
        sorted(ids, key=lambda i: names[i].casefold()),
        index=None,
        format_func=lambda i: names.get(i, str(i)),
        placeholder=hint,
        key=SELECTED_KEY,
        persist_state="session",
    )
    if song_id is None:
        return
    show(home, songs.loc[song_id].to_dict())


def song_name(title: Any, artist: Any) -> str:
    """Return "Title – Artist", or the title where no artist is known (None or NaN)."""
    return f"{title} – {artist}" if isinstance(artist, str) and artist else str(title)


def show(home: Home, song: Mapping[Any, Any], query: Query | None = None) -> None:
    """Show the card of a song (a row of cached.songs); with a query it can say why it fits."""
    with st.container(border=True, key="song-card"):
        st.subheader(escape(song["title"]), anchor=False)
        artist = song["artist"] if isinstance(song["artist"], str) else "artist unknown"
        st.caption(f"{escape(artist)} · {clock(song['seconds'])}")
        show_genres(song)
        _show_likelihoods(home, str(song["song_id"]))
        library_timeline.show(home, registry.in_use(home), song, key="card")
        _show_why(home, str(song["song_id"]), query)
        edit_genres(home, song)


def _show_why(home: Home, song_id: str, query: Query | None) -> None:
    """Show on demand why the model in use says so."""
    name = registry.in_use(home)
    if name is None or not why_panel.ask(f"card-{song_id}"):
        return
    known, model = cache.known_songs(home, name), cache.scorer(home, name).model
    ids = [song.song_id for song in known.songs]
    if song_id not in ids:
        return
    table = cache.likelihoods(home, name)
    told = why(
        model,
        known.means[ids.index(song_id)],
        cache.moments(home, name, song_id),
        _likelihoods(table, song_id),
        known=known,
        about=in_order(query) if query else (),
        itself=song_id,
    )
    why_panel.show(home, told, key=f"card-{song_id}", query=query)


def show_genres(song: Mapping[Any, Any]) -> None:
    """Show the genres that a song is labelled with."""
    with st.container(horizontal=True, gap="small"):
        for genre in song["genres"]:
            st.badge(escape(genre), icon=":material/sell:", color="gray")


def _show_likelihoods(home: Home, song_id: str) -> None:
    from genrefit import plots

    name = registry.in_use(home)
    if name is None:
        st.caption("There is no model yet to say what it sounds like.")
        page_link("train", "Train one", icon=":material/school:")
        return
    likelihoods_table = cache.likelihoods(home, name)
    row = likelihoods_table[likelihoods_table["song_id"] == song_id]
    if row.empty:
        st.caption(f"It was not listened to in the way that the model {escape(name)} needs.")
        return
    likelihoods = _likelihoods(likelihoods_table, song_id)
    st.markdown(scored_card.sentence(likelihoods, unlike_all=False, model=name))
    show_figure(
        plots.likelihood_bars(likelihoods, known=cache.colour_order(home, likelihoods)),
        key="song-bars",
        alt="Likelihood of each genre",
    )
    whose = WHOSE.get(name, "by a fit that had not heard this song")
    st.caption(f"Said by **{escape(name)}**, {whose}.")


def _likelihoods(table: pd.DataFrame, song_id: str) -> dict[str, float]:
    """Return one song's likelihoods from the table of all; it must be there."""
    row, genres = table[table["song_id"] == song_id], table.attrs["genres"]
    # By position, for a genre may be called "title" too.
    values = row.iloc[0, len(table.columns) - len(genres) :].astype(float)
    return dict(zip(genres, values, strict=True))


def edit_genres(home: Home, song: Mapping[Any, Any]) -> None:
    """Let the user say which genres a song is in."""
    with st.popover("Change its genres", icon=":material/edit:", key="relabel-ask"):
        chosen = st.multiselect(
            "Genres of this song",
            sorted({*cache.all_genres(home), *song["genres"]}, key=str.casefold),
            default=list(song["genres"]),
            key=f"relabel-{song['song_id']}",
        )
        if not chosen:
            st.caption("A song needs one genre at least; Collect can remove it.")
        changed = set(chosen) != set(song["genres"])
        if st.button("Save", type="primary", disabled=not (chosen and changed), key="relabel"):
            with open_once(home) as library:
                library.set_genres(str(song["song_id"]), chosen)
            rerun_with_message(
                f"{song['title']} is in {' and '.join(chosen)} now. Models learn it when trained."
            )
