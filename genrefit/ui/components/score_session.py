"""What was scored here: it stays after a look at another page, and in numbers after a reload."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import streamlit as st

from genrefit.config import Home
from genrefit.records import Failure
from genrefit.scoring import ScoredSong, kept
from genrefit.sources.urls import AUDIO_ENDINGS
from genrefit.ui.components.player import mime_type

MOST_RESULTS = 500
PLAYER_BYTES = 120_000_000
"""So much sound is kept in a session for its players; the oldest songs lose theirs first."""
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class SessionSong:
    """A song that was given here, and its result.

    `name` is the file's or address's; `sound` is what the player plays: bytes, or the path of a
    file of the user's own.
    """

    number: int
    name: str
    result: ScoredSong | Failure
    sound: bytes | str | None = None
    mime: str = "audio/mpeg"


def new_song(
    name: str,
    result: ScoredSong | Failure,
    sound: bytes | str | None = None,
    mime: str = "audio/mpeg",
) -> SessionSong:
    """Return a song under a number of its own."""
    return SessionSong(next(_numbers), name, result, sound, mime)


def session_songs(home: Home) -> list[SessionSong]:
    """Return what was scored, the latest first; a new session begins with what the home keeps."""
    if "scored" not in st.session_state:
        st.session_state["scored"] = [_kept_song(song) for song in kept.songs(home)]
    songs: list[SessionSong] = st.session_state["scored"]
    return songs


def _kept_song(song: ScoredSong) -> SessionSong:
    """Return a song that was scored before; a file of the user's own can still be played."""
    path = Path(song.source)
    here = path.is_absolute() and path.suffix.lower() in AUDIO_ENDINGS and path.is_file()
    return new_song(song.source, song, song.source if here else None, mime_type(path.suffix))


def clear_session_songs(home: Home) -> None:
    """Forget all that was scored."""
    st.session_state["scored"] = []
    kept.forget(home)


def clear_failures(home: Home) -> None:
    """Forget what could not be scored: what is new now has its own."""
    st.session_state["scored"] = [
        song for song in session_songs(home) if not isinstance(song.result, Failure)
    ]


def add_session_song(home: Home, song: SessionSong) -> None:
    """Put a song first; the oldest ones lose their sound where all together have too much."""
    if isinstance(song.result, ScoredSong):
        new = song.result
        before = [
            older
            for older in session_songs(home)
            if not (isinstance(older.result, ScoredSong) and kept.is_same(older.result, new))
        ]
        kept.keep(home, [new])
        songs = [song, *before][:MOST_RESULTS]
    else:
        songs = [song, *session_songs(home)][:MOST_RESULTS]
    room = PLAYER_BYTES
    for place, older in enumerate(songs):
        if isinstance(older.sound, bytes):
            room -= len(older.sound)
            if room < 0:
                songs[place] = replace(older, sound=None)
    st.session_state["scored"] = songs


def full_name(song: ScoredSong) -> str:
    """Return "Artist – Title", or the title where no artist is known."""
    return f"{song.artist} – {song.title}" if song.artist else song.title
