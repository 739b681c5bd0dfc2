"""The songs of a list, and of the lists that it names in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from genrefit.errors import SourceError
from genrefit.faults import failure_of
from genrefit.formatting import count
from genrefit.metadata import artist_and_title
from genrefit.sources import local, music_libraries, playlists
from genrefit.sources.entries import Entry
from genrefit.sources.folders import shown
from genrefit.sources.limits import Limits
from genrefit.sources.listed_files import ListedFiles
from genrefit.sources.songs import ListedSong, Listing
from genrefit.sources.urls import LIST_ENDINGS, ending_if_address, is_url, parse_address

MOST_LISTS = 50
"""So many lists are read for one source, those that a list names among them."""
DEEPEST = 3
"""A list may name a list that names a list; deeper ones are left out."""
MOST_LIST_BYTES = 64_000_000
"""A list on this computer may be so large; a library of 50,000 songs is."""
MOST_NAMED = 5
"""So many of the entries that are left out for one reason are named."""
LONGEST_NAME = 120

ReadUrl = Callable[[str], tuple[str | None, bytes, str]]
"""Reads a list at a URL: its kind, its bytes, and its URL after redirects."""


class ListReader:
    """Reads one source that is a list; `read_url` fetches the lists that it names by URL."""

    def __init__(self, limits: Limits, read_url: ReadUrl) -> None:
        self.limits, self.read_url = limits, read_url
        self.songs: dict[str, ListedSong] = {}
        self.seen: set[str] = set()
        self.left_out: dict[str, list[str]] = {}
        self.notes: list[str] = []

    def listing(self, entries: Sequence[Entry], base: str, *, names: Sequence[str] = ()) -> Listing:
        """Return what the entries of the list at `base` are; SourceError where no song is left.

        `names` are the playlists of a music library, where all of it is taken.
        """
        if not entries:
            raise SourceError("it names no songs", kind="empty", retry=True)
        self._note_playlists(names)
        self.seen.add(base)
        self._read(entries, base, depth=1)
        notes = (*self.notes, *self._notes_on_left_out())
        if not self.songs:
            raise SourceError("; ".join(notes) or "it names no songs", kind="empty", retry=False)
        first = list(self.songs.values())[: self.limits.most_songs]
        return Listing(tuple(first), (*notes, *self.limits.notes_on_cut(len(self.songs))))

    def _note_playlists(self, names: Sequence[str]) -> None:
        if names:
            some = ", ".join(repr(name) for name in names[: music_libraries.MOST_NAMED])
            self.notes.append(
                f"it is a whole library, of which every song is taken; one playlist is chosen by "
                f"writing #NAME behind the file: there are {some}"
            )

    def _read(self, entries: Sequence[Entry], base: str, *, depth: int) -> None:
        files = None if is_url(base) else ListedFiles(Path(base), self.limits.music_folders)
        for entry in entries:
            if len(self.songs) > self.limits.most_songs:
                return
            try:
                if entry.is_list or ending_if_address(entry.address) in LIST_ENDINGS:
                    self._read_inner(entry, files, depth=depth)
                else:
                    song = _song_of_entry(entry, files)
                    self.songs.setdefault(song.key, song)
            except _LeftOut as error:
                self._leave_out(entry.address, str(error))
            except (SourceError, OSError, ValueError) as error:
                self._leave_out(entry.address, _reason(error, entry.address))
            except Exception as error:  # noqa: BLE001 - one entry never takes the others down
                self._leave_out(entry.address, failure_of(error, about=shown(entry.address)).reason)

    def _read_inner(self, entry: Entry, files: ListedFiles | None, *, depth: int) -> None:
        """Read a list within a list."""
        address = entry.address
        if not is_url(address):
            if files is None:
                raise _LeftOut("it is a file of another computer")
            address = str(_located(address, files))
        if address in self.seen:
            return
        if depth >= DEEPEST or len(self.seen) >= MOST_LISTS:
            raise _LeftOut(f"more than {DEEPEST} lists deep, or {MOST_LISTS} lists in all")
        self.seen.add(address)
        if is_url(address):
            kind, data, base = self.read_url(address)
        else:
            data, base = read_list_file(Path(address)), address
            kind = playlists.kind_of(data, address)
        if kind not in playlists.KINDS:
            song = _song_of_entry(Entry(address, entry.title, entry.artist), files)
            self.songs.setdefault(song.key, song)
            return
        self._read(playlists.parse(kind, data, base=base), base, depth=depth + 1)

    def _leave_out(self, address: str, reason: str) -> None:
        self.left_out.setdefault(reason, []).append(shown(address)[:LONGEST_NAME])

    def _notes_on_left_out(self) -> Iterator[str]:
        """Yield a sentence for each reason, naming the first entries that it kept out."""
        for reason, addresses in self.left_out.items():
            named = [f"{n} x {a}" if n > 1 else a for a, n in Counter(addresses).items()]
            more = len(named) - MOST_NAMED
            names = ", ".join(named[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
            if len(addresses) == 1:
                yield f"left out: {names} ({reason})"
            else:
                yield f"{count(len(addresses), 'line')} left out ({reason}): {names}"


def read_list_file(path: Path) -> bytes:
    """Return the bytes of a list; SourceError where they are too many, OSError as opening does."""
    with path.open("rb") as file:
        data = file.read(MOST_LIST_BYTES + 1)
    if len(data) > MOST_LIST_BYTES:
        raise SourceError(
            f"it is larger than {MOST_LIST_BYTES / 1e6:.0f} MB, which no list of songs is",
            kind="unsupported",
        )
    return data


class _LeftOut(Exception):
    """An entry is left out for this reason."""


def _located(path: str, files: ListedFiles) -> Path:
    found = files.find(path)
    if found is None:
        raise _LeftOut(files.refusal(path))
    return found


def _song_of_entry(entry: Entry, files: ListedFiles | None) -> ListedSong:
    """Return the song that an entry names: what its own file says goes before the list's words."""
    if files is not None and not is_url(entry.address):
        path = _located(entry.address, files)
        listed = (entry.artist, entry.title)
        return local.describe_file(path, listed=listed, seconds=entry.seconds)
    address = parse_address(entry.address)
    if not address.is_remote:
        raise _LeftOut("it is a file of another computer")
    if entry.title:
        return ListedSong(address, entry.title, entry.artist, entry.seconds)
    artist, title = artist_and_title(address.stem)
    return ListedSong(address, title, artist, entry.seconds)


def _reason(error: Exception, address: str) -> str:
    text = str(getattr(error, "strerror", None) or error)
    return text.removeprefix(f"{address}: ").removeprefix(f"{address} ")
