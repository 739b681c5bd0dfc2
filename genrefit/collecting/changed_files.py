"""What became of the user's own files since they were collected: retagged, moved, replaced, gone.

A file whose size and time of change are as they were is not opened. Any other is read, and nothing
is decoded unless its sound is another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from genrefit.collecting.fetch_queue import PlannedSong
from genrefit.errors import SourceError
from genrefit.formatting import count
from genrefit.library import Library
from genrefit.records import FileState, Song
from genrefit.regular_files import FILE, kind_of_file
from genrefit.sources import ListedSong, parse_address

LookAtFiles = Callable[[Sequence[ListedSong]], Mapping[str, FileState]]
"""Reads files in the workers; the result, by key, lacks those that cannot be read."""
NAMED = 3


@dataclass(slots=True)
class FileChanges:
    """Notices what became of files, and stores it; made anew for each collection."""

    library: Library
    look: LookAtFiles
    retagged: int = 0
    moved: int = 0
    replaced: dict[str, Song] = field(default_factory=dict)
    gone: list[Song] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)
    _songs: dict[str, Song] = field(default_factory=dict)
    _files: dict[str, FileState] = field(default_factory=dict)
    _missing: set[str] = field(default_factory=set)

    def notice(self, listed: Mapping[str, PlannedSong]) -> None:
        """Compare the listed files with what is stored of them.

        `replaced` then has the stored songs, by key, whose files hold another sound now.
        """
        self._ids = self.library.keys()
        self._songs = {song.song_id: song for song in self.library.songs()}
        self._files = self.library.song_files()
        self._missing = {key for key in self._ids if is_missing(key)}
        doubtful = [planned.listed for planned in self._doubtful(listed.values())]
        if not doubtful:
            return
        states = self.look(doubtful)
        with self.library.transaction():
            for song in doubtful:
                if (state := states.get(song.key)) is None:
                    continue  # fetching it will say why
                if song.key in self._ids:
                    self._settle_known(song, state)
                else:
                    self._settle_new(song, state)

    def _doubtful(self, planned: Iterable[PlannedSong]) -> Iterable[PlannedSong]:
        """Yield the songs whose files must be read to know whether they are the same."""
        added = self.library.times_added()
        sizes = {state.size for state in self._files.values()}
        for song in planned:
            key, stamp = song.listed.key, song.listed.stamp
            if stamp is None:
                continue
            known = self._files.get(key)
            if key not in self._ids:
                if self._missing or stamp[0] in sizes:
                    yield song  # moved here, or a copy
            elif known is None:  # collected by a version that kept no stamps
                stored = self._songs[self._ids[key]]
                if stamp[1] / 1e9 < added[stored.song_id]:
                    self.library.keep_file(key, FileState(*stamp, stored.content))
                else:
                    yield song
            elif stamp != (known.size, known.mtime_ns):
                yield song

    def _settle_known(self, listed: ListedSong, state: FileState) -> None:
        """Store what became of a file in its old place."""
        key = listed.key
        song, known = self._songs[self._ids[key]], self._files.get(key)
        if state.content == (known.content if known else song.content):
            self.library.keep_file(key, state)
            return
        other = self.library.song_with_content(state.content)
        if other is not None and other != song.song_id:
            self._leave(song, key)
            self._join(other, listed, state)
        elif known and known.audio and known.audio == state.audio:
            self.library.keep_file(key, state)
            if key == song.key or song.key in self._missing:
                self.library.retag(song.song_id, listed.title, listed.artist, state.content)
                self.retagged += 1
        elif key == song.key:
            for copy in self._other_keys(song, key):
                self.library.forget_file(copy)
                self._ids.pop(copy)
            self.replaced[key] = song
        else:  # a copy that became a song of its own
            self.library.forget_file(key)
            self._ids.pop(key)

    def _settle_new(self, listed: ListedSong, state: FileState) -> None:
        """Find the stored song whose file was moved or copied to a new place, if any."""
        other = self.library.song_with_content(state.content)
        if other is None and state.audio:
            other = next(
                (self._ids[key] for key in sorted(self._missing & self._files.keys())
                 if self._files[key].audio == state.audio and key in self._ids), None,
            )  # fmt: skip
        if other is not None and other in self._songs:
            self._join(other, listed, state)

    def _join(self, song_id: str, listed: ListedSong, state: FileState) -> None:
        """Give a stored song one more place, or a new one for that which is gone."""
        song = self._songs[song_id]
        if song.key in self._missing:
            if song.content != state.content:
                self.library.retag(song_id, listed.title, listed.artist, state.content)
            self.library.move_song(song_id, song.key, listed.key, listed.address.text)
            self._ids.pop(song.key, None)
            self._missing.discard(song.key)
            self._songs[song_id] = replace(song, key=listed.key, address=listed.address.text)
            self.moved += 1
        else:
            self.library.add_file(song_id, listed.key)
        self.library.keep_file(listed.key, state)
        self._ids[listed.key] = song_id

    def _leave(self, song: Song, key: str) -> None:
        """Take a place from a song; a song without any other is dropped, for its sound is gone."""
        others = [k for k in self._other_keys(song, key) if k not in self._missing]
        if others:
            address = parse_address(others[0]).text
            self.library.move_song(song.song_id, key, others[0], address)
        else:
            self.library.forget_song(song.song_id)
            self.library.forget_file(key)
        self._ids.pop(key)

    def _other_keys(self, song: Song, key: str) -> list[str]:
        return [k for k, song_id in self._ids.items() if song_id == song.song_id and k != key]

    def notice_gone(self, genres: Iterable[str]) -> None:
        """Find the songs of these genres whose files are gone from every place."""
        chosen = set(genres)
        places: dict[str, list[str]] = {}
        for key, song_id in self._ids.items():
            places.setdefault(song_id, []).append(key)
        for song_id, keys in places.items():
            song = self._songs.get(song_id)
            if song is None or not chosen.intersection(song.genres):
                continue
            there = [key for key in keys if key not in self._missing]
            if not there:
                self.gone.append(song)
            elif song.key in self._missing and _is_local(there[0]):
                address = parse_address(there[0]).text
                self.library.move_song(song_id, song.key, there[0], address)

    def notes(self, *, dropped: bool) -> list[str]:
        """Return sentences on what was noticed."""
        sentences = []
        if self.retagged:
            sentences.append(f"{count(self.retagged, 'song')} got the new tags of their files")
        if self.moved:
            sentences.append(f"{_were(self.moved)} moved or renamed")
        if self.replaced:
            sentences.append(
                f"{_were(len(self.replaced))} replaced by another: genrefit listens to it again"
            )
        if self.gone:
            names = ", ".join(song.title for song in self.gone[:NAMED])
            more = f" and {len(self.gone) - NAMED:,} more" if len(self.gone) > NAMED else ""
            what = f"the files of {count(len(self.gone), 'song')} are gone ({names}{more})"
            sentences.append(
                f"{what}: the songs were dropped, and `genrefit undo` brings them back"
                if dropped
                else f"{what}: the songs stay; `genrefit collect --drop-vanished` drops them"
            )
        return sentences


def _were(files: int) -> str:
    return f"{count(files, 'file')} {'was' if files == 1 else 'were'}"


def is_missing(key: str) -> bool:
    """Tell whether a song's key is a file of this computer that is not there any more."""
    if not _is_local(key):
        return False
    if key.startswith("/"):  # quickly, for there may be a hundred thousand
        return kind_of_file(key) != FILE
    try:
        return kind_of_file(parse_address(key).path) != FILE
    except SourceError:
        return False


def _is_local(key: str) -> bool:
    return key.startswith(("/", "file://")) or key[1:3] == ":\\"
