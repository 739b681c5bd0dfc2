"""Songs of the library: who they are, their keys and genres, what is excluded."""

from __future__ import annotations

import time
from collections.abc import Mapping

from genrefit.errors import LibraryError
from genrefit.library.feature_tables import FeatureTables, insert_features
from genrefit.records import Features, Song


class Songs(FeatureTables):
    """The part of a Library that holds songs and their genres."""

    def songs(self) -> list[Song]:
        """Return all songs, in the order in which they came in."""
        genres = self.genres_of_songs()
        rows = self.rows(
            "SELECT song_id, key, address, title, artist, seconds, content FROM songs "
            "ORDER BY added, song_id"
        )
        return [
            Song(song_id, key, address, title, artist, seconds, content, genres.get(song_id, ()))
            for song_id, key, address, title, artist, seconds, content in rows
        ]

    def song(self, song_id: str) -> Song:
        """Return one song; LibraryError where there is none of that id."""
        for song in self.songs():
            if song.song_id == song_id:
                return song
        raise LibraryError(f"there is no song with the id {song_id!r} in the library")

    def keys(self) -> dict[str, str]:
        """Return song_id by key, for every address under which a song was reached."""
        return dict(self.rows("SELECT key, song_id FROM keys"))

    def add(self, song: Song, features: Mapping[str, Features]) -> str:
        """Store a song, its genres and its features at once and return its song_id.

        A song whose content, key or id is known already is the same song: its genres are merged,
        the new key is remembered, and the stored features stay.
        """
        with self.transaction() as db:
            known = db.execute(
                "SELECT song_id FROM songs WHERE content = ? OR song_id = ? UNION "
                "SELECT song_id FROM keys WHERE key = ?",
                (song.content, song.song_id, song.key),
            ).fetchone()
            song_id = known[0] if known else song.song_id
            if not known:
                db.execute(
                    "INSERT INTO songs VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        song_id,
                        song.key,
                        song.address,
                        song.title,
                        song.artist,
                        song.seconds,
                        song.content,
                        time.time(),
                    ),
                )
                insert_features(db, song_id, features)
            db.execute("INSERT OR REPLACE INTO keys VALUES (?, ?)", (song.key, song_id))
            db.executemany(
                "INSERT OR IGNORE INTO song_genres VALUES (?, ?)",
                [(song_id, genre) for genre in song.genres],
            )
            db.execute("DELETE FROM failures WHERE key = ?", (song.key,))
        return song_id

    def add_to_genre(self, song_id: str, genre: str) -> None:
        """Say that a song belongs to a genre (also)."""
        with self.transaction() as db:
            db.execute(
                "DELETE FROM kept_out WHERE genre = ? AND key IN "
                "(SELECT key FROM keys WHERE song_id = ?)",
                (genre, song_id),
            )
            db.execute("INSERT OR IGNORE INTO song_genres VALUES (?, ?)", (song_id, genre))

    def remove_from_genre(self, song_id: str, genre: str) -> None:
        """Say that a song does not belong to a genre, whatever a source says; the song stays."""
        with self.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO kept_out SELECT key, ? FROM keys WHERE song_id = ?",
                (genre, song_id),
            )
            db.execute("DELETE FROM song_genres WHERE song_id = ? AND genre = ?", (song_id, genre))

    def remove(self, song_id: str) -> None:
        """Forget a song with all that is known of it, and keep it out of the genres it was in."""
        with self.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO kept_out SELECT key, genre FROM keys "
                "JOIN song_genres USING (song_id) WHERE song_id = ?",
                (song_id,),
            )
            db.execute("DELETE FROM songs WHERE song_id = ?", (song_id,))

    def exclusions(self) -> set[tuple[str, str]]:
        """Return (key, genre) of what the user took out of a genre or removed."""
        return set(self.rows("SELECT key, genre FROM kept_out"))

    def clear_exclusions(self) -> int:
        """Let the next collection bring back what was taken out; return how many entries went."""
        with self.transaction() as db:
            return db.execute("DELETE FROM kept_out").rowcount
