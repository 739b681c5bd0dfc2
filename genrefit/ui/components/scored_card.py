"""What a model says of a song: in a sentence, in short, in full with its moments and player."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from genrefit import query
from genrefit.config import SEGMENT_SECONDS, Home
from genrefit.errors import QueryError
from genrefit.formatting import clock, percent
from genrefit.learning import registry
from genrefit.scoring import NotScored, Scored
from genrefit.ui import cache
from genrefit.ui.components.charts import show_figure
from genrefit.ui.components.song_drop import Entry
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import escape, show_errors
from genrefit.ui.page_run import page_run

CLEAR, SOME = 0.5, 0.15
"""From here on a genre is what a song is, or a part of it worth naming."""
TAGS_SHOWN = 8
MANY, FIRST, SLIGHT = 10, 3, 0.01
TALL = 6
"""So many bars are as high as all that is said beside them."""


def sentence(likelihoods: Mapping[str, float], *, unlike_all: bool, general: bool) -> str:
    """Return in a sentence of Markdown what likelihoods say; `general`: by the built-in ear."""
    ranked = sorted(likelihoods.items(), key=lambda item: -item[1])
    best, share = ranked[0]
    others = [f"{escape(g)} ({percent(p)})" for g, p in ranked[1:4] if p >= SOME]
    also = f", with some {' and '.join(others)}" if others else ""
    if unlike_all:
        whose = (
            "any genre that the general ear knows" if general else "everything in your playlists"
        )
        return f"**Unlike {whose}.** The nearest is {escape(best)} ({percent(share)}){also}."
    if share >= CLEAR:
        return f"Sounds like **{escape(best)}** ({percent(share)}){also}."
    return f"A blend: most of all **{escape(best)}** ({percent(share)}){also}."


def name_of(found: Scored) -> str:
    """Return "Artist – Title", or the title where no artist is known."""
    return f"{found.artist} – {found.title}" if found.artist else found.title


def refusal(entry: Entry) -> None:
    """Say beside its name why a song could not be scored."""
    if isinstance(entry.found, NotScored):
        reason = entry.found.reason
        st.warning(
            f"**{escape(entry.name)}**: {escape(reason)}.",
            icon=":material/warning:",
        )


def brief(home: Home, entry: Entry) -> None:
    """Show an entry in short: its name, the sentence, the bars."""
    found = entry.found
    if isinstance(found, NotScored):
        refusal(entry)
        return
    with st.container(border=True, key=f"brief-{entry.number}"):
        text, bars = st.columns([2, 3], vertical_alignment="center")
        with text:
            st.markdown(f"#### {escape(found.title)}")
            st.caption(f"{escape(found.artist or 'artist unknown')} · {clock(found.seconds)}")
            st.markdown(_said(found))
            _by(found)
        with bars:
            _bars(home, found, key=f"brief-bars-{entry.number}")


def full(home: Home, entry: Entry, asked: query.Query | None = None) -> None:
    """Show all that is known of a scored song."""
    found = entry.found
    if isinstance(found, NotScored):
        refusal(entry)
        return
    with st.container(border=True, key=f"full-{entry.number}"):
        head, fit = st.columns([4, 1])
        with head:
            st.subheader(escape(found.title), anchor=False)
            st.caption(f"{escape(found.artist or 'artist unknown')} · {clock(found.seconds)}")
            st.markdown(_said(found))
        if asked is not None:
            with fit:
                _fit(found, asked)
        room = len(telling(found.likelihoods)) >= TALL  # beside the bars, which are high enough
        bars, more = st.columns([3, 2], gap="large")
        with bars:
            _bars(home, found, key=f"bars-{entry.number}")
        with more:
            _typical(found, entry.number)
            if room:
                _sounds_like(found)
            _by(found)
        if not room:
            _sounds_like(found)
        st.fragment(_moments)(home, entry, found)


def _said(found: Scored) -> str:
    general = found.model == registry.BUILT_IN
    return sentence(found.likelihoods, unlike_all=found.unlike_all, general=general)


def _by(found: Scored) -> None:
    if found.model == registry.BUILT_IN:
        st.caption("Said by **tags**, a general ear that was not trained on your playlists.")
    else:
        st.caption(f"Said by your model **{escape(found.model)}**.")


def _bars(home: Home, found: Scored, *, key: str) -> None:
    from genrefit import plots

    shown = telling(found.likelihoods)
    figure = plots.likelihood_bars(shown, known=cache.all_genres(home))
    show_figure(figure, key=key, alt=f"Likelihood of each genre for {name_of(found)}")
    if rest := len(found.likelihoods) - len(shown):
        st.caption(f"{rest} more genres have less than {percent(SLIGHT)} each.")


def telling(likelihoods: Mapping[str, float]) -> dict[str, float]:
    """Return the likelihoods to draw: of many genres, those that say something, or the first."""
    if len(likelihoods) <= MANY:
        return dict(likelihoods)
    ranked = sorted(likelihoods.items(), key=lambda item: -item[1])
    return {g: p for place, (g, p) in enumerate(ranked) if p >= SLIGHT or place < FIRST}


def fit_of(found: Scored, asked: query.Query | None) -> float | None:
    """Return how well a song fits; None where its model does not know the query's genres."""
    if asked is None:
        return None
    genres = list(found.likelihoods)
    P = np.array([[found.likelihoods[genre] for genre in genres]])
    try:
        return float(query.fits(query.parse(str(asked), genres), P, genres)[0])
    except QueryError:
        return None


def _fit(found: Scored, asked: query.Query) -> None:
    value = fit_of(found, asked)
    st.metric("Fit", percent(value), help=f"How well it fits: {escape(str(asked))}", border=True)
    if value is None:
        st.caption("The model that scored it does not know these genres.")


def _typical(found: Scored, number: int) -> None:
    """Show how typical a song is of its likeliest genre, and of the others on demand."""
    best = max(found.likelihoods, key=lambda genre: found.likelihoods[genre])
    rows = sorted(found.typicality.items(), key=lambda item: -item[1])
    if found.model == registry.BUILT_IN:
        title = "How strongly the ear hears each"
        st.markdown(f"The ear hears **{escape(best)}** at {percent(found.typicality[best])}.")
    else:
        title = "How typical it is of each"
        share = round(100 * found.typicality[best])
        st.markdown(
            f"Of 100 of your {escape(best)} songs, **{share}** are as unusual for {escape(best)} "
            "as this one, or more so."
            + (" That makes it quite typical." if share >= 30 else "")
            + (" That makes it a stranger there." if share < 5 else "")
        )
    with st.expander(title):
        frame = pd.DataFrame(rows, columns=["Genre", "Typicality"]).round(3)
        bar = st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent")
        show_table(frame, name=f"typicality-{number}", columns={"Typicality": bar})


def _sounds_like(found: Scored) -> None:
    if not found.sounds_like:
        return
    ranked = sorted(found.sounds_like.items(), key=lambda item: -item[1])[:TAGS_SHOWN]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            "**Sounds like**",
            help="What the pretrained ear calls it, strongest first.",
            width="content",
        )
        for tag, strength in ranked:
            st.badge(f"{escape(tag)} {percent(strength)}", color="gray")


def _moments(home: Home, entry: Entry, found: Scored) -> None:
    """Show the player and the timeline under it; a click on a moment plays from there."""
    from genrefit import plots

    with page_run(home), show_errors():
        st.markdown("**Moment by moment**")
        last = float(found.timeline[-1]["start"])
        key, moved = f"from-{entry.number}", f"moved-{entry.number}"

        def go(start: object) -> None:
            st.session_state[key] = float(start)  # type: ignore[arg-type]
            st.session_state[moved] = True

        if last > 0:
            start = st.slider(
                "Play from", 0.0, last, step=SEGMENT_SECONDS, format="%d s", key=key,
                on_change=lambda: st.session_state.update({moved: True}),
                help="Or click a moment in the picture.",
            )  # fmt: skip
        else:
            start = 0.0
        if entry.sound is not None:
            st.audio(
                entry.sound,
                format=entry.mime,
                start_time=int(start),
                autoplay=bool(st.session_state.pop(moved, False)),
                alt=f"Player of {name_of(found)}",
            )
        else:
            _no_player(found)
        figure = plots.likelihoods_over_time(
            found.timeline, seconds=found.seconds, known=cache.all_genres(home)
        )
        end = min(start + SEGMENT_SECONDS, found.seconds)
        figure.add_vrect(start, end, line={"width": 2, "color": "#7F8C9B"}, layer="above")
        show_figure(
            figure,
            key=f"timeline-{entry.number}",
            alt=f"Likelihoods of each 10-second segment of {name_of(found)}",
            on_click=go,
        )


def _no_player(found: Scored) -> None:
    if "://" in found.source:
        st.link_button("Listen where it came from", found.source, icon=":material/open_in_new:")
    else:
        st.caption("Its sound was let go to make room. Drop the song again to listen to it here.")
