"""Takes dropped songs or addresses and scores them: for the pages Home and Score.

    song_drop.show_uploader(home, model="mine", key="score")
    song_drop.show_address_box(home, model="mine", key="score")
    for song in score_session.session_songs(home): ...

A dropped file is written to a temporary file, decoded with a time limit, and erased; its bytes are
kept for the player as long as there is room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

import streamlit as st

from genrefit.config import Home
from genrefit.errors import AudioError, GenrefitError
from genrefit.library import genres as definitions
from genrefit.records import Failure
from genrefit.scoring import ScoredSong, score_file, score_listed
from genrefit.sources import Limits, ListedSong
from genrefit.sources.urls import AUDIO_ENDINGS
from genrefit.storage import work_folder
from genrefit.ui import cache
from genrefit.ui.components.player import mime_type
from genrefit.ui.components.score_progress import ScoreTask, Tick, run_tasks
from genrefit.ui.components.score_session import (
    SessionSong,
    add_session_song,
    clear_failures,
    new_song,
)
from genrefit.ui.layout import escape

MOST_FILES = 50
"""So many files are scored at once: an upload lies in memory until it is scored."""


class Upload(Protocol):
    """What Streamlit's uploader gives for a file."""

    name: str
    file_id: str
    size: int

    def getvalue(self) -> bytes:
        """Return the content."""
        ...


def most_mb() -> int:
    """Return the most megabytes of one file: server.maxUploadSize in .streamlit/config.toml."""
    return int(st.get_option("server.maxUploadSize"))


def show_uploader(home: Home, *, model: str, key: str) -> None:
    """Take dropped songs or folders and score them at once."""
    number = st.session_state.setdefault(f"{key}-uploader", 0)  # a new number empties it
    uploads: Sequence[Upload] = st.file_uploader(
        f"Drop songs or a folder here (up to {MOST_FILES} at once)",
        accept_multiple_files=True,
        max_upload_size=most_mb(),
        key=f"{key}-files-{number}",
    )
    if key == "home":
        st.caption(f"A file of more than {most_mb()} MB is not taken here: give its path on Score.")
    else:
        st.caption(
            f"A file of more than {most_mb()} MB is not taken here, however long: give its path "
            "under **Address or folder** instead, where any size will do."
        )
    if not uploads:
        return
    scored: set[str] = st.session_state.setdefault(f"{key}-uploads-scored", set())

    def task(upload: Upload, place: int) -> ScoreTask:
        def run(_: Tick) -> SessionSong:
            song = score_upload(home, model, upload, place)
            scored.add(upload.file_id)
            return song

        return ScoreTask(upload.name, run)

    if not scored:
        clear_failures(home)
    waiting = [task(u, n) for n, u in enumerate(uploads) if u.file_id not in scored]
    run_tasks(home, waiting, key=key)


def show_address_box(home: Home, *, model: str, key: str) -> None:
    """Take addresses, or folders on this computer, and score their songs."""
    with st.form(f"{key}-addresses", border=False):
        text = st.text_area(
            "Addresses or folders, one a line",
            placeholder="https://www.youtube.com/watch?v=…\n/home/me/Music/new",
            height=100,
            key=f"{key}-address-text",
            persist_state="session",
        )
        st.caption(definitions.TERMS)
        submitted = st.form_submit_button(
            "Score them", icon=":material/music_note:", type="primary"
        )
    pending = f"{key}-pending"
    if submitted:
        lines = list(dict.fromkeys(line.strip() for line in (text or "").splitlines()))
        clear_failures(home)
        st.session_state[pending] = _listed_songs(home, [line for line in lines if line])
    waiting: list[ListedSong] = st.session_state.get(pending, [])
    if not waiting:
        return

    def task(song: ListedSong) -> ScoreTask:
        def run(tick: Tick) -> SessionSong:
            scored = score_address(home, model, song, tick)
            waiting.remove(song)
            return scored

        return ScoreTask(song.title, run)

    run_tasks(home, [task(song) for song in list(waiting)], key=key)


def _listed_songs(home: Home, sources: Sequence[str]) -> list[ListedSong]:
    """Return the songs of sources; what cannot be listed is shown as not scored."""
    listed: dict[str, ListedSong] = {}
    for source in sources:
        try:
            songs_of_source, notes = cache.listing(source)
            for song in songs_of_source:
                listed.setdefault(song.key, song)
            for note in notes:
                st.caption(escape(note))
        except GenrefitError as error:
            add_session_song(home, new_song(source, Failure(source, str(error))))
    songs = list(listed.values())
    for song in songs[MOST_FILES:]:
        reason = f"only {MOST_FILES} songs are scored at once: ask for it again"
        add_session_song(home, new_song(song.title, Failure(song.address.text, reason)))
    return songs[:MOST_FILES]


def score_address(home: Home, model: str, song: ListedSong, tick: Tick) -> SessionSong:
    """Fetch and score one listed song; the user's own file can be played from where it is."""
    scorer = cache.scorer(home, model)
    result = score_listed(scorer, song, home=home, limits=Limits(), cancelled=tick)
    if not isinstance(result, ScoredSong):
        return new_song(song.address.text, result)
    sound = None if song.address.is_remote else song.address.text
    return new_song(song.title, result, sound, mime_type(song.address.ending))


def score_upload(home: Home, model: str, upload: Upload, place: int) -> SessionSong:
    """Score one dropped file, the `place`th of its drop; a user error becomes its result."""
    name = upload.name
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    try:
        check_upload(upload, ending, place)
        content = upload.getvalue()
        with spooled(home, content, ending) as path:
            result = score_file(path, name=name, model=cache.scorer(home, model))
    except GenrefitError as error:
        # The name stands before the reason already.
        return new_song(name, Failure(name, str(error).replace(repr(name), "it")))
    return new_song(name, result, content, mime_type(ending))


def check_upload(upload: Upload, ending: str, place: int) -> None:
    """Refuse a file that need not be decoded to be refused, with an AudioError."""
    if place >= MOST_FILES:
        raise AudioError(f"only {MOST_FILES} files are scored at once: drop it again")
    if ending not in AUDIO_ENDINGS:
        what = f"a {ending} file" if ending else "a file without an ending"
        raise AudioError(f"{what} is no audio: give mp3, m4a, webm, ogg, opus, flac or wav")
    if not upload.size:
        raise AudioError("the file is empty")
    if upload.size > most_mb() * 1_000_000:
        raise AudioError(
            f"it has {upload.size / 1e6:.0f} MB; at most {most_mb()} MB are taken here: give its "
            "path on Score under Address or folder, where any size will do"
        )


@contextmanager
def spooled(home: Home, content: bytes, ending: str) -> Iterator[Path]:
    """Write content to a temporary file in home.work; it is erased on leaving."""
    try:
        with work_folder(home.work) as folder:
            path = folder / f"dropped-song{ending}"
            path.write_bytes(content)
            yield path
    except OSError as error:
        raise AudioError(f"it cannot be kept for listening: {error.strerror}") from error
