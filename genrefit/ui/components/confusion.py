"""The matrices of a model: what is taken for what, and the songs behind each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from genrefit.formatting import clock, count
from genrefit.learning.report import Report
from genrefit.ui.components.charts import show_figure
from genrefit.ui.components.song_card import song_name
from genrefit.ui.components.tables import show_table, table_height
from genrefit.ui.layout import escape, is_dark

KINDS = {
    "confusion": "How the guesses are spread: all cells sum to 100 %.",
    "recall": "Of each genre's own (a row), the share that is taken for each: rows sum to 100 %.",
    "precision": "Of all that is taken for a genre (a column), what it really is: columns sum to "
    "100 %.",
}

GAVE_GUESS, GAVE_TRUTH = "Gave the guess", "Gave the truth"


def counts(report: Report, level: str) -> pd.DataFrame:
    """Return the confusion of a level as counts (row true, column guess)."""
    genres = list(report.genres)
    return pd.DataFrame(list(report.confusion[level]), index=genres, columns=genres)


def pick_kind(key: str) -> str:
    """Let the user choose among the three matrices."""
    kind = st.segmented_control(
        "Matrix", list(KINDS), default="recall", format_func=str.capitalize, required=True,
        key=key, persist_state="session",
    )  # fmt: skip
    st.caption(KINDS[str(kind)])
    return str(kind)


def show(report: Report, level: str) -> None:
    """Show a matrix; a click on a cell shows what is behind it, beneath over the whole width."""
    from genrefit import plots

    chart, choices = st.columns([5, 3], gap="large")
    with choices:
        kind = pick_kind("matrix-kind")
        true, guess = cell(list(report.genres), report, level)
        n = _show_cell_count(report, level, true, guess)
    with chart:
        show_figure(
            plots.matrix(
                counts(report, level), kind=kind, of=level, chosen=(true, guess), dark=is_dark()
            ),
            key=f"matrix-{level}-{kind}",
            alt=f"{kind} matrix of {level}: a row is the true genre, a column the guess",
            on_click=_set_cell,
            heat_map=True,
        )
    if n:
        _show_songs_behind(report, level, true, guess)


def _set_cell(data: Any) -> None:
    st.session_state["cell-true"], st.session_state["cell-guess"] = str(data[0]), str(data[1])


def cell(genres: list[str], report: Report, level: str) -> tuple[str, str]:
    """Let the user choose a cell by its names; at first it is the commonest mix-up."""
    if st.session_state.get("cell-true") not in genres:
        _set_cell(commonest_cell(genres, report.confusion[level])[1:])
    if st.session_state.get("cell-guess") not in genres:
        st.session_state["cell-guess"] = genres[0]
    st.markdown("**Behind a cell**")
    st.caption("Click a cell of the matrix, or choose it here.")
    true = st.selectbox("True genre", genres, key="cell-true", persist_state="session")
    guess = st.selectbox("Taken for", genres, key="cell-guess", persist_state="session")
    return str(true), str(guess)


def commonest_cell(genres: list[str], rows: Sequence[Sequence[int]]) -> tuple[int, str, str]:
    """Return the commonest mix-up of a confusion matrix: how often, the truth, the guess."""
    pairs = [(i, j) for i in range(len(genres)) for j in range(len(genres)) if i != j]
    i, j = max(pairs, key=lambda pair: rows[pair[0]][pair[1]])
    return rows[i][j], genres[i], genres[j]


def _show_cell_count(report: Report, level: str, true: str, guess: str) -> int:
    """Say how many are in a cell, and return it."""
    genres = list(report.genres)
    row = report.confusion[level][genres.index(true)]
    n = int(row[genres.index(guess)])
    noun = level.removesuffix("s")
    st.markdown(
        f"**{count(n, noun)}** of {escape(true)} {_taken(true, guess)} **{escape(guess)}**, "
        f"out of {sum(row):,}"
    )
    return n


def _taken(true: str, guess: str) -> str:
    return "rightly known as" if true == guess else "taken for"


def _show_songs_behind(report: Report, level: str, true: str, guess: str) -> None:
    """Show the songs of a cell that is not empty."""
    frame = songs_behind(report, level, true, guess)
    if frame.empty:
        st.caption("Which they were is not in this model's report: train it again to see.")
        return
    st.markdown(f"##### {escape(true)} {_taken(true, guess)} {escape(guess)}")
    show_table(
        frame,
        name=f"behind-{level}",
        columns=_columns(),
        height=table_height(len(frame), most=422),
    )


def songs_behind(report: Report, level: str, true: str, guess: str) -> pd.DataFrame:
    """Return the judged songs of a cell with their likelihoods; for segments, with their times."""
    rows = []
    for song in report.validation:
        starts: Sequence[float] = (song.segments or {}).get(true, {}).get(guess, ())
        if level == "songs" and (song.truth, song.guess) != (true, guess):
            continue
        if level == "segments" and not starts:
            continue
        row: dict[str, Any] = {"Song": song_name(song.title, song.artist)}
        if level == "segments":
            row["Moments"] = ", ".join(clock(start) for start in starts)
        if true != guess:
            row[GAVE_GUESS] = song.likelihoods[guess]
        row[GAVE_TRUTH] = song.likelihoods[true]
        rows.append(row)
    return pd.DataFrame(rows).round(2)


def _columns() -> dict[str, Any]:
    """Return how a table of judged songs is laid out: most of the width is the names'."""
    text = st.column_config.TextColumn
    return {
        "Song": text(width=360),
        "Moments": text(width=220, help="When the segments begin."),
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


def show_wrong(report: Report) -> None:
    """Show every song that it got wrong, the surest mistakes first."""
    songs = sorted(report.wrong, key=lambda song: -song.likelihoods[song.guess])
    if not songs:
        st.markdown("It got no song wrong.")
        return
    st.markdown(f"##### {count(len(songs), 'song')} guessed wrong, the surest mistakes first")
    rows = [
        {"Song": song_name(s.title, s.artist), "True": s.truth, "Guess": s.guess,
         GAVE_GUESS: s.likelihoods[s.guess],
         GAVE_TRUTH: s.likelihoods[s.truth]}
        for s in songs
    ]  # fmt: skip
    show_table(pd.DataFrame(rows).round(2), name=f"wrong-{report.model}", columns=_columns())


def commonest_mix_up(report: Report) -> str:
    """Return the commonest mix-up in a sentence of Markdown, "" where there is none."""
    genres, rows = list(report.genres), report.confusion["songs"]
    n, true, guess = commonest_cell(genres, rows)
    if not n:
        return ""
    of = sum(rows[genres.index(true)])
    return (
        f"Of the songs held back, **{escape(true)}** is most often taken for **{escape(guess)}**: "
        f"{n:,} of {count(of, 'song')}."
    )
