"""The files of the user's own that songs were collected from: how they were, and what became of
them.

What a collection finds out is no person's change and is not journaled; dropping songs is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from genrefit.formatting import count
from genrefit.library.feature_tables import insert_features
from genrefit.library.songs import Songs
from genrefit.records import Features, FileState, Song


class SongFiles(Songs):
    """The part of a Library that knows files."""

    def song_files(self) -> dict[str, FileState]:
        """Return how each file was when it was last looked at, by its key."""
        rows = self.rows("SELECT key, size, mtime_ns, content, audio FROM song_files")
        return {key: FileState(*state) for key, *state in rows}

    def times_added(self) -> dict[str, float]:
        """Return when each song came in [seconds since 1970] by song_id."""
        return dict(self.rows("SELECT song_id, added FROM songs"))

    def times_failed(self) -> dict[str, float]:
        """Return when each song or source failed last [seconds since 1970] by key."""
        return dict(self.rows("SELECT key, at FROM failures"))

    def keep_file(self, key: str, state: FileState) -> None:
        """Note how a file is now."""
        with self.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO song_files VALUES (?, ?, ?, ?, ?)",
                (key, state.size, state.mtime_ns, state.content, state.audio),
            )

    def retag(self, song_id: str, title: str, artist: str | None, content: str) -> None:
        """Give a song what its file's tags say now."""
        with self.transaction() as db:
            db.execute(
                "UPDATE songs SET title = ?, artist = ?, content = ? WHERE song_id = ?",
                (title, artist, content, song_id),
            )

    def move_song(self, song_id: str, old_key: str, new_key: str, address: str) -> None:
        """Give a song the new place of its file; what was said of the old one holds for it."""
        with self.transaction() as db:
            db.execute(
                "UPDATE songs SET key = ?, address = ? WHERE song_id = ?",
                (new_key, address, song_id),
            )
            db.execute("INSERT OR REPLACE INTO keys VALUES (?, ?)", (new_key, song_id))
            db.execute(
                "INSERT OR REPLACE INTO kept_out SELECT ?, genre, state FROM kept_out "
                "WHERE key = ?",
                (new_key, old_key),
            )
            self.forget_file(old_key)

    def add_file(self, song_id: str, key: str) -> None:
        """Note one more place of a song, such as a copy of its file."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO keys VALUES (?, ?)", (key, song_id))
            db.execute("DELETE FROM failures WHERE key = ?", (key,))

    def forget_file(self, key: str) -> None:
        """Forget a place where a song's file was."""
        with self.transaction() as db:
            for table in ("keys", "song_files", "kept_out", "failures"):
                db.execute(f"DELETE FROM {table} WHERE key = ?", (key,))

    def replace_song(self, song_id: str, song: Song, features: Mapping[str, Features]) -> None:
        """Store what another file in a song's place holds, in place of what the old one held."""
        with self.transaction() as db:
            db.execute(
                "UPDATE songs SET title = ?, artist = ?, seconds = ?, content = ? "
                "WHERE song_id = ?",
                (song.title, song.artist, song.seconds, song.content, song_id),
            )
            db.execute("DELETE FROM features WHERE song_id = ?", (song_id,))
            db.execute("DELETE FROM recordings WHERE song_id = ?", (song_id,))
            insert_features(db, song_id, features)
            db.execute("DELETE FROM failures WHERE key = ?", (song.key,))

    def forget_song(self, song_id: str) -> None:
        """Forget a song whose sound is nowhere any more."""
        with self.transaction() as db:
            db.execute("DELETE FROM songs WHERE song_id = ?", (song_id,))

    def drop_gone(self, song_ids: Sequence[str]) -> None:
        """Drop songs whose files are gone, as one change of a person's.

        They are not kept out of any genre: where the files come back, so do the songs.
        """
        with self.change(f"dropped {count(len(song_ids), 'song')} whose files are gone"):
            for song_id in song_ids:
                self.forget_song(song_id)
