"""Groups of songs that are copies of one recording, and what a person makes of each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from genrefit.errors import LibraryError
from genrefit.library.songs import Songs
from genrefit.records import Song


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Copies of one recording, the one to keep first: the longest, with an artist, the oldest.

    `kept` tells whether a person said that all of them are to stay.
    """

    songs: tuple[Song, ...]
    kept: bool = False

    @property
    def genres(self) -> tuple[str, ...]:
        """All genres that any of the copies is in, ascending."""
        return tuple(sorted({g for song in self.songs for g in song.genres}, key=str.casefold))

    @property
    def differ(self) -> bool:
        """Whether the copies are in different genres, so that one sound has two labels."""
        return len({song.genres for song in self.songs}) > 1

    def to_json(self) -> dict[str, Any]:
        """Return what `genrefit copies --json` prints."""
        return {
            "genres": list(self.genres),
            "differ": self.differ,
            "kept": self.kept,
            "songs": [
                {
                    "song_id": song.song_id,
                    "title": song.title,
                    "artist": song.artist,
                    "genres": list(song.genres),
                    "seconds": song.seconds,
                    "address": song.address,
                }
                for song in self.songs
            ],
        }


class Copies(Songs):
    """The part of a Library that lists copies and mends them."""

    def copy_groups(self, *, kept: bool = False) -> list[CopyGroup]:
        """Return the groups of copies, those in different genres first, then the largest.

        Groups of which a person said that all stay are left out unless `kept`.
        """
        staying = {song_id for (song_id,) in self.rows("SELECT song_id FROM kept_copies")}
        recordings = self.recordings()
        together: dict[str, list[Song]] = {}
        for song in self.songs():
            together.setdefault(recordings.get(song.song_id, song.song_id), []).append(song)
        groups = [
            CopyGroup(
                tuple(sorted(songs, key=lambda s: (-(s.seconds or 0.0), not s.artist))),
                all(song.song_id in staying for song in songs),
            )
            for songs in together.values()
            if len(songs) > 1
        ]
        groups = [group for group in groups if kept or not group.kept]
        return sorted(groups, key=lambda group: (not group.differ, -len(group.songs)))

    def keep_copy(self, song_id: str, *, all_labels: bool = False) -> list[Song]:
        """Keep one copy and remove the others of its recording, which are returned.

        With `all_labels` it is in the genres of all of them from now on. LibraryError where the
        song has no copies.
        """
        group = self._group_of(song_id)
        title = next(song.title for song in group.songs if song.song_id == song_id)
        others = [song for song in group.songs if song.song_id != song_id]
        labels = f", in {' and '.join(group.genres)}" if all_labels and group.genres else ""
        with self.change(f"kept one of {len(group.songs)} copies of {title!r}{labels}"):
            for genre in group.genres if all_labels else ():
                self.add_to_genre(song_id, genre)
            for song in others:
                self.remove(song.song_id)
        return others

    def keep_all_copies(self, song_id: str) -> CopyGroup:
        """Say that all copies of a song's recording are to stay: they are not asked about again.

        They still count as one recording where a model is judged. LibraryError where it has none.
        """
        group = self._group_of(song_id)
        with self.change(f"kept all {len(group.songs)} copies of {group.songs[0].title!r}") as db:
            db.executemany(
                "INSERT OR IGNORE INTO kept_copies VALUES (?, ?)",
                [(song.song_id, time.time()) for song in group.songs],
            )
        return group

    def _group_of(self, song_id: str) -> CopyGroup:
        for group in self.copy_groups(kept=True):
            if any(song.song_id == song_id for song in group.songs):
                return group
        raise LibraryError(f"no song with the id {song_id!r} has copies in the library")
