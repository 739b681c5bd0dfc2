"""What was scored in this session: it stays there after a look at another page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

import streamlit as st

from genrefit.records import Failure
from genrefit.scoring import ScoredSong

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


def session_songs() -> list[SessionSong]:
    """Return what was scored in this session, the latest first."""
    songs: list[SessionSong] = st.session_state.setdefault("scored", [])
    return songs


def clear_session_songs() -> None:
    """Forget all that was scored in this session."""
    st.session_state["scored"] = []


def add_session_song(song: SessionSong) -> None:
    """Put a song first; the oldest ones lose their sound where all together have too much."""
    songs = [song, *session_songs()][:MOST_RESULTS]
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
