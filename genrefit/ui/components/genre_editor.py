"""The genres as a table, the editor of one genre, and the ten example genres."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from genrefit import history
from genrefit.config import Home
from genrefit.formatting import count
from genrefit.library import genres as definitions
from genrefit.library.genre_tables import is_dropped
from genrefit.records import Genre
from genrefit.ui import cache
from genrefit.ui.components import add_music, genre_likeness
from genrefit.ui.components.tables import show_table
from genrefit.ui.layout import confirm, escape, rerun_with_message, show_errors


def show_example(home: Home) -> None:
    """Offer the template to a home that has no genres."""
    with st.container(border=True, key="template"):
        st.subheader("Start from an example", anchor=False)
        st.markdown(
            "Ten genres, each with a YouTube playlist of about 100 songs: "
            + ", ".join(definitions.example())
            + "."
        )
        st.caption(definitions.TERMS)
        show_example_button(home)


def show_example_button(home: Home) -> None:
    """Add the ten example genres at a click."""
    if st.button("Add the ten example genres", icon=":material/auto_awesome:", key="template-add"):
        for genre in definitions.example().values():
            definitions.add(home, genre.name, genre.sources)
        rerun_with_message(
            "Ten genres are added. Change them as you like, then collect their songs."
        )


def show_genres(home: Home, known: Mapping[str, Genre]) -> None:
    """Show every genre with its sources, and how many of its songs are in."""
    counts = cache.counts(home)
    rows = [
        (
            *(genre.name, counts.get(genre.name, 0)),
            *(_source_label(home, source), genre_likeness.sounds_like(genre)),
        )
        for genre in known.values()
        for source in (genre.sources or ("no source yet",))
    ]
    frame = pd.DataFrame(rows, columns=["Genre", "Songs collected", "Source", "Sounds like"])
    show_table(
        frame,
        name="genres",
        formats=("csv", "json"),
        columns={
            "Source": st.column_config.TextColumn(width="large"),
            "Sounds like": st.column_config.TextColumn(
                help="What the pretrained ears listen for, before any of its songs is collected "
                "and beside them later. Change it below."
            ),
        },
    )
    undefined = [name for name in counts if name and name not in known]
    if undefined:
        st.caption(
            "Songs of these are in the library, though the genre is not here: "
            + escape(", ".join(undefined))
        )
        label = f"Add {'it' if len(undefined) == 1 else 'them'} as genres"
        if st.button(label.removesuffix("s") if len(undefined) == 1 else label,
                     icon=":material/add:", key="define-all"):  # fmt: skip
            for name in undefined:
                definitions.add(home, name)
            rerun_with_message(f"{count(len(undefined), 'genre')} added, with the songs they have.")


def _source_label(home: Home, source: str) -> str:
    """Return a source as it is shown: dropped songs by what they are."""
    if not is_dropped(home, source):
        return source
    path = Path(source)
    if path.suffix:
        return f"dropped playlist: {path.name}"
    files = sum(f.is_file() for f in path.iterdir()) if path.is_dir() else 0
    return f"dropped songs: {count(files, 'file')}"


def show_editor(home: Home, known: Mapping[str, Genre]) -> None:
    """Show one genre's sources, rename it, remove them or it."""
    with st.container(border=True, key="change"), show_errors():
        st.subheader("Change a genre", anchor=False)
        name = st.pills("Which one?", list(known), wrap=True, key="change-genre")
        if name is None or name not in known:
            return
        for number, source in enumerate(known[name].sources):
            _show_source(home, name, source, f"source-{number}")
        if not known[name].sources:
            st.markdown("*No source yet: add one below.*")
        genre_likeness.show_editor(home, known[name])
        with st.container(horizontal=True, vertical_alignment="bottom"):
            # In a form the text comes with the click: else the first click only leaves the box.
            with (
                st.form("rename-form", border=False, width=360),
                st.container(horizontal=True, vertical_alignment="bottom"),
            ):
                new = st.text_input("New name", value=name, key=f"rename-to-{name}", width=230)
                renamed = st.form_submit_button("Rename", icon=":material/edit:", key="rename")
            if renamed:
                _rename_genre(home, name, new or "")
            _show_removal(home, known[name])


def _show_source(home: Home, name: str, source: str, key: str) -> None:
    """Show one source with its preview and its removal."""
    key = f"{key}-{name}"
    dropped = is_dropped(home, source)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(escape(_source_label(home, source)), width="stretch")
        look = st.toggle("Preview", key=f"look-{key}")
        erased = " The dropped songs are **put aside**, then erased." if dropped else ""
        question = f"Remove this source from {escape(name)}?{erased} Songs collected from it stay."
        if confirm("Remove", question, yes="Yes, remove it", key=f"remove-{key}"):
            definitions.remove_source(home, name, source)
            rerun_with_message(f"The source is removed from {name}.")
    if look:
        add_music.show_preview(source, key=key)


def _rename_genre(home: Home, old: str, new: str) -> None:
    """Rename a genre with its songs."""
    old, new = history.rename_genre(home, old, new)
    rerun_with_message(f"{old} is {new} now.")


def _show_removal(home: Home, genre: Genre) -> None:
    """Offer to remove a genre, with its songs as an option."""
    songs = cache.songs(home)
    labels = songs["genres"][songs["genres"].map(lambda names: genre.name in names)]
    shared = int((labels.map(len) > 1).sum())
    exclusive = len(labels) - shared
    with st.popover("Remove this genre", icon=":material/delete:", key=f"remove-{genre.name}-ask"):
        st.markdown(
            f"Remove {escape(genre.name)} and its sources? Songs dropped here are put aside, and "
            "erased when the history forgets it."
        )
        forget = bool(len(labels)) and st.checkbox(
            f"Also forget its {count(exclusive, 'song')} that no other genre has",
            help=f"{count(shared, 'song')} in other genres too: these stay there.",
            key=f"forget-{genre.name}",
        )
        if not st.button("Yes, remove it", type="primary", key=f"remove-{genre.name}-yes"):
            return
    if forget:
        definitions.remove_with_songs(home, genre.name)
    else:
        definitions.remove(home, genre.name)
    rerun_with_message(f"{genre.name} is removed.")
