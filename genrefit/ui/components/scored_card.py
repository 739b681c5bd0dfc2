"""The card of a scored song: the sentence, in short, and in full with timeline and player."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.errors import ModelError, QueryError
from genrefit.features.side_by_side import columns_of
from genrefit.formatting import clock, percent
from genrefit.learning import registry
from genrefit.query import Query, fits
from genrefit.records import Failure
from genrefit.scoring import ScoredSong
from genrefit.scoring.why import why_of
from genrefit.ui import cache
from genrefit.ui.components import held_out, song_timeline, why_panel
from genrefit.ui.components.charts import show_figure
from genrefit.ui.components.model_text import KNOWS, said_by
from genrefit.ui.components.score_session import SessionSong, full_name
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import escape

CLEAR, SOME = 0.5, 0.15
"""From here on a genre is what a song is, or a part of it worth naming."""
TAGS_SHOWN = 8
MANY, FIRST, SLIGHT = 10, 3, 0.01
TALL = 6
"""The height of this many bars is the height of the text beside them."""


def sentence(likelihoods: Mapping[str, float], *, unlike_all: bool, model: str) -> str:
    """Return in a sentence of Markdown what the likelihoods of a model say."""
    ranked = sorted(likelihoods.items(), key=lambda item: -item[1])
    best, share = ranked[0]
    others = [f"{escape(g)} ({percent(p)})" for g, p in ranked[1:4] if p >= SOME]
    also = f", with some {' and '.join(others)}" if others else ""
    if unlike_all:
        whose = KNOWS.get(model, "everything in your playlists")
        return f"**Unlike {whose}.** The nearest is {escape(best)} ({percent(share)}){also}."
    if share >= CLEAR:
        return f"Sounds like **{escape(best)}** ({percent(share)}){also}."
    return f"A blend: most of all **{escape(best)}** ({percent(share)}){also}."


def show_failure(entry: SessionSong) -> None:
    """Say beside its name why a song could not be scored."""
    if isinstance(entry.result, Failure):
        reason = entry.result.reason
        st.warning(f"**{escape(entry.name)}**: {escape(reason)}.", icon=":material/warning:")


def show_short(home: Home, entry: SessionSong) -> None:
    """Show a song in short: its name, the sentence, the bars."""
    song = entry.result
    if isinstance(song, Failure):
        show_failure(entry)
        return
    with st.container(border=True, key=f"brief-{entry.number}"):
        text, bars = st.columns([2, 3], vertical_alignment="center")
        with text:
            st.markdown(f"#### {escape(song.title)}")
            _show_artist_and_sentence(song)
            _show_model(song)
        with bars:
            _show_bars(home, song, key=f"brief-bars-{entry.number}")


def show_full(
    home: Home, entry: SessionSong, query: Query | None = None, *, narrow: bool = False
) -> None:
    """Show all that is known of a scored song; `narrow`: in a column beside a table."""
    song = entry.result
    if isinstance(song, Failure):
        show_failure(entry)
        return
    with st.container(border=True, key=f"full-{entry.number}"):
        head, fit = st.columns([4, 1])
        with head:
            st.subheader(escape(song.title), anchor=False)
            _show_artist_and_sentence(song)
        if query is not None:
            with fit:
                _show_fit(song, query)
        # Tall bars leave room beside them.
        tags_beside = narrow or len(genres_to_draw(song.likelihoods)) >= TALL
        bars, more = (st.container(), st.container()) if narrow else st.columns([3, 2], gap="large")
        with bars:
            _show_bars(home, song, key=f"bars-{entry.number}")
        with more:
            _show_typicality(home, song, entry.number)
            if tags_beside:
                _show_tags(song)
            _show_model(song)
        if not tags_beside:
            _show_tags(song)
        song_timeline.show(home, entry, song)
        _show_why(home, entry, song, query)


def _show_why(home: Home, entry: SessionSong, song: ScoredSong, query: Query | None) -> None:
    """Show on demand why the model says so, while that model is there."""
    if not song.means or song.model not in cache.models(home):
        return
    if why_panel.ask(f"scored-{entry.number}"):
        model = cache.scorer(home, song.model).model
        if tuple(song.likelihoods) != tuple(model.genres) or len(song.means) != len(
            columns_of(model.sets)
        ):
            st.caption("The model has changed since: score the song again.")
            return
        known = cache.known_songs(home, song.model)
        asked = query if fit_of(song, query) is not None else None
        told = why_of(model, song, known=known, query=asked)
        why_panel.show(home, told, key=f"scored-{entry.number}", query=asked)


def _show_artist_and_sentence(song: ScoredSong) -> None:
    st.caption(f"{escape(song.artist or 'artist unknown')} · {clock(song.seconds)}")
    if song.not_music:
        st.warning(
            f"This is {song.not_music}, not music: what genre it sounds like means little.",
            icon=":material/record_voice_over:",
        )
    held_out.show(song)
    st.markdown(sentence(song.likelihoods, unlike_all=song.unlike_all, model=song.model))


def _show_model(song: ScoredSong) -> None:
    st.caption(said_by(song.model))


def _show_bars(home: Home, song: ScoredSong, *, key: str) -> None:
    from genrefit import plots

    drawn = genres_to_draw(song.likelihoods)
    figure = plots.likelihood_bars(drawn, known=cache.colour_order(home, song.likelihoods))
    show_figure(figure, key=key, alt=f"Likelihood of each genre for {full_name(song)}")
    if rest := len(song.likelihoods) - len(drawn):
        st.caption(f"{rest} more genres have less than {percent(SLIGHT)} each.")


def genres_to_draw(likelihoods: Mapping[str, float]) -> dict[str, float]:
    """Return the likelihoods to draw: of many genres, those that say something, or the first."""
    if len(likelihoods) <= MANY:
        return dict(likelihoods)
    ranked = sorted(likelihoods.items(), key=lambda item: -item[1])
    return {g: p for place, (g, p) in enumerate(ranked) if p >= SLIGHT or place < FIRST}


def fit_of(song: ScoredSong, query: Query | None) -> float | None:
    """Return how well a song fits; None where its model does not know the query's genres."""
    if query is None:
        return None
    genres = list(song.likelihoods)
    P = np.array([[song.likelihoods[genre] for genre in genres]])
    try:
        return float(fits(query, P, genres)[0])
    except QueryError:
        return None


def _show_fit(song: ScoredSong, query: Query) -> None:
    fit = fit_of(song, query)
    st.metric("Fit", percent(fit), help=f"How well it fits: {escape(str(query))}", border=True)
    if fit is None:
        st.caption("The model that scored it does not know these genres.")


def _show_typicality(home: Home, song: ScoredSong, number: int) -> None:
    """Show how typical a song is of its likeliest genre, and of the others on demand."""
    best = max(song.likelihoods, key=lambda genre: song.likelihoods[genre])
    rows = sorted(song.typicality.items(), key=lambda item: -item[1])
    if registry.is_built_in(song.model):
        title = "How strongly the ear hears each"
        st.markdown(f"The ear hears **{escape(best)}** at {percent(song.typicality[best])}.")
    else:
        title = "How typical it is of each"
        st.markdown(typicality_sentence(best, song.typicality[best], _songs_of(home, song, best)))
    with st.expander(title):
        frame = pd.DataFrame(rows, columns=["Genre", "Typicality"]).round(3)
        bar = st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent")
        show_table(frame, name=f"typicality-{number}", columns={"Typicality": bar})


def typicality_sentence(genre: str, share: float, songs: int | None) -> str:
    """Return in Markdown how many of the `songs` of a genre are as unusual as this one, or more.

    Where it is not known how many songs there were, or there were more than 100, it is of 100.
    """
    of = songs if songs and songs < 100 else 100
    n = round(share * of)
    name = escape(genre)
    line = f"Of your {of} {name} songs" if of == songs else f"Of 100 of your {name} songs"
    verdict = " That makes it quite typical." if share >= 0.3 else ""
    verdict = verdict or (" That makes it a stranger there." if share < 0.05 else "")
    are = "is" if n == 1 else "are"
    return f"{line}, **{n}** {are} as unusual for {name} as this one, or more so.{verdict}"


def _songs_of(home: Home, song: ScoredSong, genre: str) -> int | None:
    """Return how many songs of a genre the model learned from; None where it is gone by now."""
    try:
        splits = cache.report(home, song.model).splits
    except ModelError:
        return None
    return sum(part.genres.get(genre, 0) for part in splits.values()) or None


def _show_tags(song: ScoredSong) -> None:
    if not song.sounds_like:
        return
    ranked = sorted(song.sounds_like.items(), key=lambda item: -item[1])[:TAGS_SHOWN]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            "**The ear hears**",
            help="Its own words for the sound, strongest first.",
            width="content",
        )
        for tag, strength in ranked:
            st.badge(f"{escape(tag)} {percent(strength)}", color="gray")
