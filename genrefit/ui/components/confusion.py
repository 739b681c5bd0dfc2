"""The matrices of a model: what is taken for what, and the songs behind each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.formatting import count
from genrefit.learning.report import Report
from genrefit.ui import cache
from genrefit.ui.components import behind_cell
from genrefit.ui.components.charts import show_figure
from genrefit.ui.components.song_card import song_name
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import escape, is_dark

KINDS = {
    "confusion": "How the guesses are spread: all cells sum to 100 %.",
    "recall": "Of each genre's own (a row), the share that is taken for each: rows sum to 100 %.",
    "precision": "Of all that is taken for a genre (a column), what it really is: columns sum to "
    "100 %.",
}

ALL, HELD_BACK = "All songs", "Held back"


def counts(report: Report, level: str, basis: str = ALL) -> pd.DataFrame:
    """Return the confusion of a level as counts (row true, column guess)."""
    genres = list(report.genres)
    return pd.DataFrame(list(rows_of(report, level, basis)), index=genres, columns=genres)


def rows_of(report: Report, level: str, basis: str) -> Sequence[Sequence[int]]:
    """Return the counts of all songs that the report leads with, or of those held back."""
    return report.headline_confusion(level) if basis == ALL else report.confusion[level]


def pick_basis(report: Report) -> str:
    """Let the user choose between all songs, each judged once, and those held back."""
    every = report.cross_validated
    if report.headline_source() != "cross_validated" or not (every and every.confusion):
        return HELD_BACK
    chosen = st.segmented_control(
        "Judged on", (ALL, HELD_BACK), default=ALL, required=True, key="matrix-basis",
        persist_state="session",
        help="All songs, each by a fit that never heard its artist; or the fifth of them that was "
        "held back from the start, as the study did that genrefit grew from.",
    )  # fmt: skip
    return str(chosen)


def pick_kind(key: str) -> str:
    """Let the user choose among the three matrices."""
    kind = st.segmented_control(
        "Matrix", list(KINDS), default="recall", format_func=str.capitalize, required=True,
        key=key, persist_state="session",
    )  # fmt: skip
    st.caption(KINDS[str(kind)])
    return str(kind)


def show(home: Home, name: str, report: Report, level: str) -> None:
    """Show a matrix; a click on a cell shows what is behind it, beneath over the whole width."""
    from genrefit import plots

    chart, choices = st.columns([5, 3], gap="large")
    with choices:
        basis = pick_basis(report)
        kind = pick_kind("matrix-kind")
        rows = rows_of(report, level, basis)
        true, guess = cell(list(report.genres), rows)
        n = _show_cell_count(list(report.genres), rows, level, true, guess)
    with chart:
        show_figure(
            plots.matrix(
                counts(report, level, basis),
                kind=kind,
                of=level,
                chosen=(true, guess),
                dark=is_dark(),
            ),
            key=f"matrix-{level}-{kind}-{basis}",
            alt=f"{kind} matrix of {level}: a row is the true genre, a column the guess",
            on_click=_set_cell,
            heat_map=True,
        )
    if n:
        judged = cache.judged_songs(home, name) if basis == ALL else report.validation
        behind_cell.show(home, name, judged, level=level, true=true, guess=guess)


def _set_cell(data: Any) -> None:
    st.session_state["cell-true"], st.session_state["cell-guess"] = str(data[0]), str(data[1])


def cell(genres: list[str], rows: Sequence[Sequence[int]]) -> tuple[str, str]:
    """Let the user choose a cell by its names; at first it is the commonest mix-up."""
    if st.session_state.get("cell-true") not in genres:
        _set_cell(commonest_cell(genres, rows)[1:])
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


def _show_cell_count(
    genres: list[str], rows: Sequence[Sequence[int]], level: str, true: str, guess: str
) -> int:
    """Say how many are in a cell, and return it."""
    row = rows[genres.index(true)]
    n = int(row[genres.index(guess)])
    noun = level.removesuffix("s")
    st.markdown(
        f"**{count(n, noun)}** of {escape(true)} {_taken(true, guess)} **{escape(guess)}**, "
        f"out of {sum(row):,}"
    )
    return n


def _taken(true: str, guess: str) -> str:
    return "rightly known as" if true == guess else "taken for"


def show_wrong(report: Report) -> None:
    """Show every song that it got wrong, the surest mistakes first."""
    songs = sorted(report.mistakes(), key=lambda song: -song.likelihoods[song.guess])
    if not songs:
        st.markdown("It got no song wrong.")
        return
    st.markdown(f"##### {count(len(songs), 'song')} guessed wrong, the surest mistakes first")
    rows = [
        {"Song": song_name(s.title, s.artist), "True": s.truth, "Guess": s.guess,
         behind_cell.GAVE_GUESS: s.likelihoods[s.guess],
         behind_cell.GAVE_TRUTH: s.likelihoods[s.truth]}
        for s in songs
    ]  # fmt: skip
    show_table(
        pd.DataFrame(rows).round(2), name=f"wrong-{report.model}", columns=behind_cell.columns()
    )


def commonest_mix_up(report: Report) -> str:
    """Return the commonest mix-up in a sentence of Markdown, "" where there is none."""
    genres, rows = list(report.genres), report.headline_confusion("songs")
    n, true, guess = commonest_cell(genres, rows)
    if not n:
        return ""
    of = sum(rows[genres.index(true)])
    whose = "" if report.headline_source() == "cross_validated" else "Of the songs held back, "
    return (
        f"{whose}**{escape(true)}** is most often taken for **{escape(guess)}**: "
        f"{n:,} of {count(of, 'song')}."
    )
