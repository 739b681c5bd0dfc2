"""The form that adds music to a genre: addresses and folders, or files dropped here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from genrefit import sweeper
from genrefit.config import Home
from genrefit.errors import GenreError, GenrefitError
from genrefit.formatting import clock, count
from genrefit.learning.likeness import likeness
from genrefit.library import genres as definitions
from genrefit.library.shared_sources import shared_sources
from genrefit.records import Failure, Genre
from genrefit.sources import ListedSong, urls
from genrefit.ui import cache
from genrefit.ui.components import dropped_songs
from genrefit.ui.components.tables import show_table, table_height
from genrefit.ui.layout import escape, rerun_with_message, show_errors

if TYPE_CHECKING:
    import pandas as pd

PLACEHOLDER = "https://www.youtube.com/playlist?list=…\n/home/me/Music/Jazz"
HELP = (
    "One a line: a playlist, channel or video; a feed; an M3U, PLS or XSPF playlist; a page that "
    "links to audio; or a folder or file on this computer."
)


def show_form(home: Home, known: Mapping[str, Genre]) -> None:
    """Ask for a genre and for its music, show what is there, and add it."""
    form_number = st.session_state.setdefault(
        "add-form-number", 0
    )  # a new number empties the fields
    with st.container(border=True, key="add"):
        st.subheader("Add music to a genre", anchor=False)
        genre = st.selectbox(
            "Genre",
            list(known),
            index=None,
            accept_new_options=True,
            placeholder="Type a new name, or choose one of yours",
            key=f"add-genre-{form_number}",
        )
        by_address, by_files = st.tabs(
            [":material/link: Address or folder", ":material/upload_file: Drop files"]
        )
        with by_address, show_errors():
            _show_address_box(home, genre, form_number)
        with by_files, show_errors():
            _show_uploader(home, known, genre, form_number)


def _show_address_box(home: Home, genre: str | None, form_number: int) -> None:
    text = st.text_area(
        "Where its songs come from",
        placeholder=PLACEHOLDER,
        help=HELP,
        height=100,
        key=f"add-sources-{form_number}",
    )
    st.caption(definitions.TERMS)
    sources = [_normalised_source(line) for line in (text or "").splitlines() if line.strip()]
    for sentence in shared_sources(cache.genres(home), genre or "", sources) if genre else ():
        st.warning(escape(f"{sentence}."), icon=":material/content_copy:")
    with st.container(horizontal=True):
        # Never disabled: a click that ends the typing must not be lost.
        look = st.button("Preview", icon=":material/visibility:", key="add-look")
        add = st.button("Add", icon=":material/add:", type="primary", key="add-add")
    if add and not sources and genre and genre not in cache.genres(home):
        named = definitions.add(home, genre)
        _clear_fields()
        rerun_with_message(
            f"{named.name} is there; it {likeness(named).sentence}. Add songs that stand for it."
            if likeness(named).tags
            else f"{named.name} is there. Its name does not tell how it sounds: add songs."
        )
    if (look or add) and not sources:
        raise GenreError("there is no address yet: say where the songs come from, one a line")
    if look:
        st.session_state["preview"] = sources
    if sources and st.session_state.get("preview") == sources:
        for number, source in enumerate(sources):
            show_preview(source, key=f"add-{number}")
    if add:
        _check_exists(sources)
        changed = definitions.add(home, _required_name(genre), sources)
        _clear_fields()
        rerun_with_message(
            f"{changed.name} has {count(len(changed.sources), 'source')} now. "
            "Next: collect its songs."
        )


def _required_name(genre: str | None) -> str:
    if not (genre or "").strip():
        raise GenreError("the genre has no name yet: type one above, or choose one of yours")
    return str(genre)


def _normalised_source(line: str) -> str:
    """Return a source as it is stored: a path is made absolute."""
    for given in (line, line.strip().strip("\"'")):
        if urls.on_disk(given) and not given.lower().startswith("file://"):
            return urls.storable(str(Path(given).expanduser().resolve()))
    return line.strip().strip("\"'")


def _check_exists(sources: list[str]) -> None:
    """GenrefitError where one is neither a web address nor on this computer."""
    for source in sources:
        if not urls.parse_address(source).is_remote and not urls.on_disk(source):
            raise GenreError(
                f"there is no file or folder {source!r} on this computer, and it is no web "
                "address (which would begin with https://): check its spelling"
            )


def _show_uploader(
    home: Home, known: Mapping[str, Genre], genre: str | None, form_number: int
) -> None:
    uploads = st.file_uploader(
        f"Drop songs, a folder or playlist files here (up to {dropped_songs.MOST_FILES} at once)",
        accept_multiple_files=True,
        max_upload_size=dropped_songs.MOST_MB,
        key=f"add-files-{form_number}",
    )
    st.caption(
        "They are copied into genrefit's own folder; the copies are erased when you remove that "
        f"source. A file of more than {dropped_songs.MOST_MB} MB is not taken here: give its path "
        "or folder under Address or folder."
    )
    label = f"Add {count(len(uploads), 'file')}" if uploads else "Add files"
    if st.button(label, icon=":material/add:", type="primary", key="add-files-add"):
        if not uploads:
            raise GenreError("there is no file yet: drop some above, or choose them by Upload")
        _store_files(home, known, _required_name(genre), uploads)
    refused: list[Failure] = st.session_state.pop("add-refused", [])
    for failure in refused:
        st.warning(
            f"**{escape(failure.about)}** was left out: {escape(failure.reason)}",
            icon=":material/warning:",
        )


def _store_files(
    home: Home, known: Mapping[str, Genre], genre: str, uploads: Sequence[dropped_songs.Upload]
) -> None:
    with sweeper.dropping(home):
        genre, stored = _stored_files(home, known, genre, uploads)
    st.session_state["add-refused"] = stored.refused
    _clear_fields()
    rerun_with_message(f"{count(stored.songs, 'song')} added to {genre}. Next: collect them.")


def _stored_files(
    home: Home, known: Mapping[str, Genre], genre: str, uploads: Sequence[dropped_songs.Upload]
) -> tuple[str, dropped_songs.StoredFiles]:
    # The name must be good before anything is written under it.
    genre = definitions.add(home, genre).name
    bar = st.progress(0.0, "Looking at your files …")

    def show_progress(number: int) -> None:
        bar.progress(number / len(uploads), f"Looking at file {number + 1} of {len(uploads)} …")

    stored = dropped_songs.store_files(home, known, genre, uploads, on_file=show_progress)
    bar.empty()
    definitions.add(home, genre, stored.sources)
    return genre, stored


def _clear_fields() -> None:
    st.session_state["add-form-number"] += 1
    st.session_state.pop("preview", None)


def show_preview(source: str, *, key: str) -> None:
    """Show what a source lists: title, artist, length."""
    try:
        songs, notes = cache.listing(source)
    except GenrefitError as error:
        st.warning(escape(str(error)), icon=":material/warning:")
        return
    st.markdown(f"**{count(len(songs), 'song')}** in {escape(source)}")
    for note in notes:
        st.caption(escape(note))
    show_table(
        _listing_table(songs), name=f"preview-{key}", height=table_height(len(songs), most=317)
    )


def _listing_table(songs: list[ListedSong]) -> pd.DataFrame:
    import pandas as pd

    rows = [(s.title, s.artist or "", clock(s.seconds), s.address.text) for s in songs]
    return pd.DataFrame(rows, columns=["Title", "Artist", "Length", "Address"])
