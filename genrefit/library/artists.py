"""Artists of the library to check: songs of nobody, and names that may be one artist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genrefit.artist_names import fold_artist, separate_artists
from genrefit.errors import LibraryError
from genrefit.formatting import count
from genrefit.library.songs import Songs
from genrefit.metadata import artists_of_songs
from genrefit.records import Song

SHORTEST = 5
"""Of shorter names one letter makes another artist: "Eels" and "Eel"."""


@dataclass(frozen=True, slots=True)
class AlikeArtists:
    """Names that may be one artist, the one with the most songs first, and why."""

    names: tuple[str, ...]
    songs: tuple[int, ...]
    why: str

    def to_json(self) -> dict[str, Any]:
        """Return what `genrefit artists --json` prints."""
        return {"names": list(self.names), "songs": list(self.songs), "why": self.why}


class Artists(Songs):
    """The part of a Library that lists doubtful artists and mends them."""

    def songs_of_nobody(self) -> list[Song]:
        """Return the songs whose artist is not known."""
        songs = self.songs()
        keys = artists_of_songs([(song.artist, song.title) for song in songs])
        return [song for song, own in zip(songs, keys, strict=True) if not own]

    def alike_artists(self) -> list[AlikeArtists]:
        """Return pairs of artists that may be one: copies of a recording are tagged with both, or
        their names differ by one letter or by the order of their words."""
        songs = self.songs()
        named = {s.song_id: separate_artists(s.artist) for s in songs}
        spelt: dict[str, str] = {}
        counts: dict[str, int] = {}
        for names in named.values():
            for name in names:
                key = fold_artist(name)
                spelt.setdefault(key, name)
                counts[key] = counts.get(key, 0) + 1
        found: dict[tuple[str, str], str] = {}
        for one, other in _of_copies(named, self.recordings()):
            found.setdefault((one, other), "copies of one recording are tagged with both")
        for one, other in _alike(spelt):
            found.setdefault((one, other), "their names are all but equal")
        pairs = []
        for pair, why in found.items():
            keys = sorted(pair, key=lambda key: -counts[key])
            pairs.append(
                AlikeArtists(
                    tuple(spelt[key] for key in keys), tuple(counts[key] for key in keys), why
                )
            )
        return sorted(pairs, key=lambda pair: (-sum(pair.songs), pair.names))

    def rename_artist(self, old: str, new: str) -> int:
        """Give all songs of an artist, in whatever spelling, another name; return how many.

        LibraryError where no song is of that artist alone, or the new name is no name.
        """
        new = " ".join(new.split())
        if not separate_artists(new):
            raise LibraryError(f"{new!r} is no artist's name")
        own = [
            song.song_id
            for song in self.songs()
            if song.artist != new
            and [fold_artist(name) for name in separate_artists(song.artist)] == [fold_artist(old)]
        ]
        if not own:
            raise LibraryError(f"no song is by {old!r} alone, spelt otherwise than {new!r}")
        with self.change(f"said that {count(len(own), 'song')} by {old} are by {new}") as db:
            db.executemany("UPDATE songs SET artist = ? WHERE song_id = ?", [(new, s) for s in own])
        return len(own)


def _of_copies(
    named: Mapping[str, Sequence[str]], recordings: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Yield the artists' keys of copies that share no artist, each pair in ascending order."""
    together: dict[str, list[set[str]]] = {}
    for song_id, names in named.items():
        if names:
            keys = {fold_artist(name) for name in names}
            together.setdefault(recordings.get(song_id, song_id), []).append(keys)
    for copies in together.values():
        first = copies[0]
        for other in copies[1:]:
            if not first & other:
                one, two = sorted((min(first), min(other)))
                yield one, two


def _alike(spelt: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Yield pairs of keys that differ by one letter, or by the order of their words."""
    seen: dict[str, list[str]] = {}
    for key, name in spelt.items():
        words = "\t" + " ".join(sorted(fold_artist(word) for word in _words(name)))
        forms = {words} if len(_words(name)) > 1 else set()
        if len(key) >= SHORTEST:
            forms |= {key} | {key[:i] + key[i + 1 :] for i in range(len(key))}
        for form in forms:
            for other in seen.setdefault(form, []):
                if form.startswith("\t") or _one_letter_apart(key, other):
                    one, two = sorted((key, other))
                    yield one, two
            seen[form].append(key)


def _words(name: str) -> list[str]:
    return name.replace(",", " ").split()


def _one_letter_apart(one: str, other: str) -> bool:
    """Tell whether one letter added, left out, changed, or two swapped make one of the other."""
    short, long = sorted((one, other), key=len)
    if any(char.isdigit() for char in set(one) ^ set(other)):
        return False  # "Artist 1" and "Artist 2" are two
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start : start + 2] == long[start : start + 2][::-1]
    return short[start + 1 :] == long[start + 1 :] or (
        swapped and short[start + 2 :] == long[start + 2 :]
    )
