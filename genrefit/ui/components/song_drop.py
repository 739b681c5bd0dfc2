"""Drop songs or paste addresses, and have them scored: for the pages Home and Score.

    scoring.panel(home, model="mine", key="home")        # drop and see: all in one
    scoring.drop(home, model="mine", key="score")        # the parts, for a page of its own
    scoring.addresses(home, model="mine", key="score")
    for entry in scoring.entries(): ...

What comes of it stays in the session, so that it is still there after a look at another page.
A dropped file is spooled under a name of ours, listened to with a time limit, and erased; its
bytes are kept for the player as long as there is room.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count as numbers
from pathlib import Path, PurePosixPath
from typing import Protocol

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genrefit.config import Home
from genrefit.errors import AudioError, GenrefitError
from genrefit.formatting import count, duration
from genrefit.library import genres as definitions
from genrefit.scoring import DECODE_SECONDS, NotScored, Scored, score_listed
from genrefit.sources import Limits, ListedSong
from genrefit.sources.local import artist_and_title_from_tags
from genrefit.sources.urls import AUDIO_ENDINGS
from genrefit.storage import work_folder
from genrefit.ui import cache
from genrefit.ui.layout import escape, page_link, rerun_with_message

MOST_FILES = 50
"""So many files are scored at once: an upload lies in memory until it is heard."""
MOST_RESULTS = 500
PLAYER_BYTES = 120_000_000
"""So much sound is kept in a session for its players; the oldest lose theirs first."""
MIMES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".mp4": "audio/mp4", ".webm": "audio/webm",
         ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".flac": "audio/flac",
         ".wav": "audio/wav", ".aac": "audio/aac"}  # fmt: skip
TICK_SECONDS = 0.5
_ids = numbers(1)
Tick = Callable[[], bool]
"""Asked again and again during a download; see _ticking."""


class Upload(Protocol):
    """What Streamlit's uploader gives for a file."""

    name: str
    file_id: str
    size: int

    def getvalue(self) -> bytes:
        """Return the content."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A song that was given here and what came of it; `sound` is there for the player."""

    number: int
    name: str
    found: Scored | NotScored
    sound: bytes | str | None = None
    mime: str = "audio/mpeg"


@dataclass(frozen=True, slots=True)
class _Task:
    """A song to score: its name, and what does it, calling `tick` again and again meanwhile."""

    name: str
    run: Callable[[Tick], Entry]


def most_mb() -> int:
    """Return the most megabytes of one file: server.maxUploadSize in .streamlit/config.toml."""
    return int(st.get_option("server.maxUploadSize"))


def entries() -> list[Entry]:
    """Return what was scored in this session, the latest first."""
    found: list[Entry] = st.session_state.setdefault("scored", [])
    return found


def forget() -> None:
    """Forget all that was scored in this session."""
    st.session_state["scored"] = []


def panel(home: Home, *, model: str, key: str) -> None:
    """Take dropped songs and show what the model says of the latest ones, in short."""
    from genrefit.ui.components import scored_card

    drop(home, model=model, key=key)
    found = entries()
    if not found:
        return
    for entry in found[:3]:
        scored_card.brief(home, entry)
    if any(isinstance(entry.found, Scored) for entry in found):
        page_link(
            "score",
            "See them in full: moment by moment, with the player",
            icon=":material/music_note:",
        )


def drop(home: Home, *, model: str, key: str) -> None:
    """Take dropped songs or folders and score them at once."""
    turn = st.session_state.setdefault(f"{key}-turn", 0)  # a new turn empties the uploader
    uploads: Sequence[Upload] = st.file_uploader(
        f"Drop songs or a folder here (up to {MOST_FILES} at once)",
        accept_multiple_files=True,
        max_upload_size=most_mb(),
        key=f"{key}-files-{turn}",
    )
    if not uploads:
        return
    heard: set[str] = st.session_state.setdefault(f"{key}-heard", set())

    def task(upload: Upload, number: int) -> _Task:
        def run(_: Tick) -> Entry:
            entry = _upload(home, model, upload, number)
            heard.add(upload.file_id)
            return entry

        return _Task(upload.name, run)

    tasks = [task(u, n) for n, u in enumerate(uploads) if u.file_id not in heard]
    _work(tasks, key=key)


def addresses(home: Home, *, model: str, key: str) -> None:
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
        asked = st.form_submit_button("Score them", icon=":material/music_note:", type="primary")
    pending = f"{key}-pending"
    if asked:
        lines = list(dict.fromkeys(line.strip() for line in (text or "").splitlines()))
        st.session_state[pending] = _listed([line for line in lines if line])
    waiting: list[ListedSong] = st.session_state.get(pending, [])
    if not waiting:
        return

    def task(song: ListedSong) -> _Task:
        def run(tick: Tick) -> Entry:
            entry = _address(home, model, song, tick)
            waiting.remove(song)
            return entry

        return _Task(song.title, run)

    _work([task(song) for song in list(waiting)], key=key)


def _listed(sources: Sequence[str]) -> list[ListedSong]:
    """Return the songs of sources; what cannot be listed is remembered as not scored."""
    songs: dict[str, ListedSong] = {}
    for source in sources:
        try:
            for song in cache.listing(source)[0]:
                songs.setdefault(song.key, song)
        except GenrefitError as error:
            _remember(Entry(next(_ids), source, NotScored(source, str(error))))
    found = list(songs.values())
    for song in found[MOST_FILES:]:
        reason = f"only {MOST_FILES} songs are scored at once: ask for it again"
        _remember(Entry(next(_ids), song.title, NotScored(song.address.text, reason)))
    return found[:MOST_FILES]


def _work(tasks: Sequence[_Task], *, key: str) -> None:
    """Do the tasks one after another under a progress bar, then run the page anew.

    What is done is remembered at once: another click on the page restarts it, and it goes on.
    """
    bar, button = st.columns([6, 1], vertical_alignment="center")
    button.button("Stop", key=f"{key}-stop", on_click=_over, args=(key,), width="stretch")
    begun, bad = time.monotonic(), 0
    show = bar.progress(0.0, "Listening …")
    for number, task in enumerate(tasks):
        say = partial(_say, show, task.name, number, len(tasks), begun)
        say()
        try:
            entry = task.run(_ticking(say))
        except Exception:
            _over(key)  # a song that makes the program fail must not do so on every rerun
            raise
        bad += isinstance(entry.found, NotScored)
        _remember(entry)
    _over(key)
    good = len(tasks) - bad
    rerun_with_message(f"{count(good, 'song')} scored" + (f", {bad} could not be." if bad else "."))


def _say(show: DeltaGenerator, name: str, number: int, total: int, begun: float) -> None:
    show.progress(number / total, _line(name, number, total, begun))


def _ticking(say: Callable[[], None]) -> Tick:
    """Return what a download asks whether to stop: it never says so, but speaks to the page.

    Streamlit ends a run, for Stop or any other click, only where the run speaks to the page. Not
    at every question, of which there are hundreds a second.
    """
    last = time.monotonic()

    def tick() -> bool:
        nonlocal last
        if time.monotonic() - last > TICK_SECONDS:
            last = time.monotonic()
            say()
        return False

    return tick


def _line(name: str, number: int, total: int, begun: float) -> str:
    line = f"Listening to **{escape(name[:60])}**"
    if total > 1:
        line += f" · {number + 1} of {total}"
    if number:
        left = (time.monotonic() - begun) / number * (total - number)
        line += f" · about {duration(left)} left"
    return line


def _over(key: str) -> None:
    """Empty the uploader and what waits."""
    st.session_state[f"{key}-turn"] = st.session_state.get(f"{key}-turn", 0) + 1
    st.session_state.pop(f"{key}-heard", None)
    st.session_state.pop(f"{key}-pending", None)


def _remember(entry: Entry) -> None:
    found = [entry, *entries()][:MOST_RESULTS]
    room = PLAYER_BYTES
    for place, kept in enumerate(found):
        if isinstance(kept.sound, bytes):
            room -= len(kept.sound)
            if room < 0:
                found[place] = replace(kept, sound=None)
    st.session_state["scored"] = found


def _upload(home: Home, model: str, upload: Upload, number: int) -> Entry:
    """Score one dropped file; what is wrong with it comes back in words."""
    name = upload.name
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    try:
        _acceptable(upload, ending, number)
        content = upload.getvalue()
        with spooled(home, content, ending) as path:
            found = _heard(home, model, path, name)
    except GenrefitError as error:
        return Entry(next(_ids), name, NotScored(name, str(error)))
    return Entry(next(_ids), name, found, content, MIMES.get(ending, "audio/mpeg"))


def _acceptable(upload: Upload, ending: str, number: int) -> None:
    """AudioError, with a sentence, where a file is not even worth a try."""
    if number >= MOST_FILES:
        raise AudioError(f"only {MOST_FILES} files are scored at once: drop it again")
    if ending not in AUDIO_ENDINGS:
        what = f"a {ending} file" if ending else "a file without an ending"
        raise AudioError(f"{what} is no audio: give mp3, m4a, webm, ogg, opus, flac or wav")
    if not upload.size:
        raise AudioError("the file is empty")
    if upload.size > most_mb() * 1_000_000:
        raise AudioError(
            f"it has {upload.size / 1e6:.0f} MB; at most {most_mb()} MB are taken (set "
            "server.maxUploadSize in .streamlit/config.toml to allow more)"
        )


@contextmanager
def spooled(home: Home, content: bytes, ending: str) -> Iterator[Path]:
    """Write content to a file of our own naming in home.work; it is erased on leaving."""
    try:
        with work_folder(home.work) as folder:
            path = folder / f"dropped-song{ending}"
            path.write_bytes(content)
            yield path
    except OSError as error:
        raise AudioError(f"it cannot be kept for listening: {error.strerror}") from error


def _heard(home: Home, model: str, path: Path, name: str) -> Scored:
    from genrefit.audio import decode

    try:
        sound = decode.decode(path, timeout=DECODE_SECONDS)
    except AudioError as error:
        # The file is known to its user by the name it came with.
        raise AudioError(str(error).replace(repr(path.name), "it")) from error
    artist, title = artist_and_title_from_tags(
        sound.tags, PurePosixPath(name.replace("\\", "/")).stem
    )
    return cache.scorer(home, model).hear(sound, source=name, title=title, artist=artist)


def _address(home: Home, model: str, song: ListedSong, tick: Tick) -> Entry:
    scorer = cache.scorer(home, model)
    found = score_listed(scorer, song, home=home, limits=Limits(), cancelled=tick)
    own = not song.address.is_remote and isinstance(found, Scored)
    mime = MIMES.get(song.address.ending, "audio/mpeg")
    name = song.title if isinstance(found, Scored) else song.address.text
    return Entry(next(_ids), name, found, song.address.text if own else None, mime)
