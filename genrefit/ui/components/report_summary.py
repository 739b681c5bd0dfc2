"""What a report says, in plain sentences, and shown as a result."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

from genrefit.formatting import count, percent
from genrefit.learning.report import GenreMetrics, LevelMetrics, Report
from genrefit.ui.layout import escape

UNHEARD = {
    "artist": "songs by artists it never heard",
    "song": "songs it never heard (though it may know their artists)",
    "row": "songs of which it had heard other parts",
}
LEAKY = (
    "**Leaky protocol.** Parts of each song stood on both sides of the split: the numbers say "
    "how well it recognises songs, not how well it knows genres."
)


def leading_metrics(report: Report) -> LevelMetrics:
    """Return the numbers over songs to lead with."""
    return report.headline()


def level_metrics(report: Report, level: str) -> LevelMetrics:
    """Return the numbers of a level; those over songs are the ones that the verdict leads with."""
    return report.headline(level)


def quality_sentence(report: Report) -> str:
    """Return how good a model is, in a sentence of Markdown."""
    songs = leading_metrics(report)
    most = round(100 * songs.majority)
    return (
        f"Right for {_right(report)} {UNHEARD[report.protocol]}{_edges(songs)}; "
        f"guessing the biggest genre gives {most}."
    )


def _right(report: Report) -> str:
    """Return "**78 of 100**"; where nothing was wrong, of how many that is true."""
    songs = leading_metrics(report)
    if songs.accuracy == 1:
        return f"**all {judged_songs(report):,}**"
    return f"**{round(100 * songs.accuracy)} of 100**"


def judged_songs(report: Report) -> int:
    """Return on how many songs the numbers that lead stand."""
    splits = report.splits
    if report.headline_source() == "validation":
        return splits["validation"].songs
    return sum(part.songs for part in splits.values())


def _edges(songs: LevelMetrics) -> str:
    """Return an accuracy's interval, in brackets; "" where it has no width."""
    low, high = (round(100 * edge) for edge in songs.interval("accuracy"))
    return f" ({low} to {high})" if high > low else ""


def basis_sentences(report: Report) -> str:
    """Return in sentences of Markdown on how many songs a verdict stands, and the other number."""
    parts = {name: part.songs for name, part in report.splits.items()}
    held_out, learned_from = parts["validation"], parts["train"] + parts["test"]
    brackets = "In brackets: where the number would lie in 95 of 100 such draws of artists."
    if report.headline_source() == "cross_validated":
        neither = {"artist": "neither it nor its artist", "song": "nothing of it"}
        alone = report.songs
        return (
            f"Each of the {count(judged_songs(report), 'song')} was judged once, by a fit that had "
            f"heard {neither[report.protocol]}. {brackets} Of the {count(held_out, 'song')} that "
            f"were held back from the start, as the seed did, it got "
            f"**{percent(alone.accuracy)}**{_edges(alone)} right."
        )
    return (
        f"Judged on {count(held_out, 'song')} held back, after learning from "
        f"{learned_from:,}. {brackets}"
    )


def show(report: Report) -> None:
    """Show how good a model is: the sentence, large, and what it stands on."""
    st.markdown(f"#### {quality_sentence(report)}")
    st.caption(basis_sentences(report))
    if report.protocol == "row":
        st.warning(LEAKY, icon=":material/warning:")


def show_cautions(report: Report) -> None:
    """Show what to keep in mind, folded away."""
    lines = grouped_warnings(report.warnings or ())
    if lines:
        with st.expander(f"Keep in mind ({len(lines)})", icon=":material/info:"):
            for line in lines:
                st.markdown("- " + line)


def grouped_warnings(warnings: Iterable[str]) -> list[str]:
    """Return warnings in Markdown; one that is true of several genres stands there once."""
    genres: dict[str, list[str]] = {}
    for line in warnings:
        named = re.fullmatch(r"(['\"])(?P<genre>.+?)\1 (?P<rest>has .+)", line)
        about = [f"**{escape(named['genre'])}**"] if named else []
        rest = named["rest"] if named else line[:1].upper() + line[1:]
        genres.setdefault(rest, []).extend(about)
    return [_each(names, rest) for rest, names in genres.items()]


def _each(names: list[str], rest: str) -> str:
    """Return a warning with the genres that it is about."""
    if len(names) > 1:
        some = f"{', '.join(names[:-1])} and {names[-1]}"
        return f"{some}: each {escape(rest)}"
    return " ".join([*names, escape(rest)])


def strongest_sentence(report: Report) -> str:
    """Return which genre it knows best and which least, in a sentence of Markdown."""
    genres = leading_metrics(report).genres
    recall = {genre: each.recall for genre, each in genres.items()}
    best, worst = max(recall, key=lambda g: recall[g]), min(recall, key=lambda g: recall[g])
    if recall[best] == recall[worst]:
        return f"It finds {percent(recall[best])} of the songs of every genre."
    ours, theirs = genres[best], genres[worst]
    return (
        f"It knows **{escape(best)}** best (finds {hits(ours):,} of its "
        f"{count(ours.support, 'song')}) and **{escape(worst)}** least ({hits(theirs):,} of "
        f"{theirs.support:,})."
    )


def hits(genre: GenreMetrics) -> int:
    """Return how many of a genre's songs were guessed right."""
    return round(genre.recall * genre.support)
