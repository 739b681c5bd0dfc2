"""Songs of the library: who they are, their keys and genres, what is excluded."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence

from genrefit.errors import LibraryError
from genrefit.formatting import count
from genrefit.library.feature_tables import FeatureTables, insert_features
from genrefit.library.journal import Journal
from genrefit.records import Features, Song


class Songs(FeatureTables, Journal):
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

    def song_with_content(self, content: str) -> str | None:
        """Return the song_id of the song whose file has this digest, None where there is none."""
        rows = self.rows("SELECT song_id FROM songs WHERE content = ?", (content,))
        return str(rows[0][0]) if rows else None

    def find_song(self, text: str) -> Song:
        """Return the song of an id, a name, or a part of a name that no other song has.

        LibraryError where there is none, or several.
        """
        songs, wanted = self.songs(), " ".join(text.split()).casefold()
        for found in (
            [song for song in songs if song.song_id == text],
            [s for s in songs if wanted in (s.name.casefold(), s.title.casefold())],
            [s for s in songs if wanted and wanted in s.name.casefold()],
        ):
            if len(found) == 1:
                return found[0]
            if found:
                names = ", ".join(f"{song.name} ({song.song_id})" for song in found[:5])
                raise LibraryError(
                    f"{count(len(found), 'song')} may be meant by {text!r}: give the id of one, "
                    f"such as {names}"
                )
        raise LibraryError(
            f"there is no song {text!r} in the library: genrefit songs list shows them"
        )

    def keys(self) -> dict[str, str]:
        """Return song_id by key, for every address under which a song was reached."""
        return dict(self.rows("SELECT key, song_id FROM keys"))

    def add(self, song: Song, features: Mapping[str, Features]) -> str:
        """Store a song, its genres and its features at once and return its song_id.

        A song whose content or key is known already is the same song, and so is an imported one
        whose id is: its genres are merged, the new key is remembered, and the stored features
        stay.
        """
        with self.transaction() as db:
            known = db.execute(
                "SELECT song_id FROM songs WHERE content = ? OR (song_id = ? AND "
                "(key LIKE 'import:%' OR ? LIKE 'import:%')) UNION "
                "SELECT song_id FROM keys WHERE key = ?",
                (song.content, song.song_id, song.key, song.key),
            ).fetchone()
            song_id = known[0] if known else self._free_id(song)
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
            db.execute("DELETE FROM kept_out WHERE key = ? AND state = 'in'", (song.key,))
        return song_id

    def _free_id(self, song: Song) -> str:
        """Return a new song's id: another where a song that was moved since came from its place."""
        taken = self.rows("SELECT 1 FROM songs WHERE song_id = ?", (song.song_id,))
        if not taken:
            return song.song_id
        return hashlib.sha256(f"{song.key}\n{song.content}".encode()).hexdigest()[:16]

    def join_genre(self, song_id: str, genre: str) -> None:
        """Note that a source lists a song for a genre (also), as a collection finds it."""
        with self.transaction() as db:
            db.execute("INSERT OR IGNORE INTO song_genres VALUES (?, ?)", (song_id, genre))

    def add_to_genre(self, song_id: str, genre: str) -> None:
        """Say that a song belongs to a genre (also)."""
        with self.change(f"put {self._title(song_id)} in {genre}") as db:
            db.execute(
                "DELETE FROM kept_out WHERE genre = ? AND key IN "
                "(SELECT key FROM keys WHERE song_id = ?)",
                (genre, song_id),
            )
            db.execute("INSERT OR IGNORE INTO song_genres VALUES (?, ?)", (song_id, genre))

    def remove_from_genre(self, song_id: str, genre: str) -> None:
        """Say that a song does not belong to a genre, whatever a source says; the song stays."""
        with self.change(f"took {self._title(song_id)} out of {genre}") as db:
            db.execute(
                "INSERT OR REPLACE INTO kept_out SELECT key, ?, 'out' FROM keys WHERE song_id = ?",
                (genre, song_id),
            )
            db.execute("DELETE FROM song_genres WHERE song_id = ? AND genre = ?", (song_id, genre))

    def set_genres(self, song_id: str, genres: Iterable[str]) -> None:
        """Say which genres a song belongs to, and that it belongs to no other."""
        chosen = list(dict.fromkeys(genres))
        if not chosen:
            raise LibraryError("a song needs one genre at least; remove it instead")
        with self.change(f"put {self._title(song_id)} in {' and '.join(chosen)}"):
            now = {g for (g,) in self.rows(
                "SELECT genre FROM song_genres WHERE song_id = ?", (song_id,)
            )}  # fmt: skip
            for genre in chosen:
                if genre not in now:
                    self.add_to_genre(song_id, genre)
            for genre in sorted(now - set(chosen)):
                self.remove_from_genre(song_id, genre)

    def put_in_genre(self, song_ids: Sequence[str], genre: str, *, alone: bool) -> None:
        """Put songs in a genre too, or `alone` there, out of every other one."""
        words = f"moved {{}} to {genre}" if alone else f"put {{}} in {genre} too"
        with self.change(words.format(self._songs_in_words(song_ids))):
            for song_id in song_ids:
                if alone:
                    self.set_genres(song_id, [genre])
                else:
                    self.add_to_genre(song_id, genre)

    def take_out(self, song_ids: Sequence[str], genre: str) -> None:
        """Take songs out of a genre, as one change; they stay in the library."""
        with self.change(f"took {self._songs_in_words(song_ids)} out of {genre}"):
            for song_id in song_ids:
                self.remove_from_genre(song_id, genre)

    def remove(self, song_id: str) -> None:
        """Forget a song with all that is known of it, and keep it out of the genres it was in."""
        with self.change(f"removed {self._title(song_id)}") as db:
            db.execute(
                "INSERT OR REPLACE INTO kept_out SELECT key, genre, 'removed' FROM keys "
                "JOIN song_genres USING (song_id) WHERE song_id = ?",
                (song_id,),
            )
            db.execute("DELETE FROM songs WHERE song_id = ?", (song_id,))

    def remove_songs(self, song_ids: Sequence[str]) -> None:
        """Remove several songs, as one change."""
        with self.change(f"removed {self._songs_in_words(song_ids)}"):
            for song_id in song_ids:
                self.remove(song_id)

    def _title(self, song_id: str) -> str:
        """Return a song's title in quotes; LibraryError where it is not there (any more)."""
        rows = self.rows("SELECT title FROM songs WHERE song_id = ?", (song_id,))
        if not rows:
            raise LibraryError(f"there is no song with the id {song_id!r} in the library")
        return repr(rows[0][0])

    def _songs_in_words(self, song_ids: Sequence[str]) -> str:
        return self._title(song_ids[0]) if len(song_ids) == 1 else count(len(song_ids), "song")

    def exclusions(self) -> set[tuple[str, str]]:
        """Return (key, genre) of what the user took out of a genre or removed."""
        return set(self.rows("SELECT key, genre FROM kept_out WHERE state != 'in'"))

    def removed_songs(self) -> set[tuple[str, str]]:
        """Return (key, genre) of the songs that the user removed, with the labels they had."""
        return set(
            self.rows(
                "SELECT key, genre FROM kept_out WHERE state = 'removed' "
                "AND key NOT IN (SELECT key FROM keys)"
            )
        )

    def let_back_in(self) -> int:
        """Let the next collection bring removed songs back, with the labels they had.

        Songs that were moved stay where they are. Returns how many entries are let in.
        """
        removed = self.removed_songs()
        with self.change(f"let {count(len({k for k, _ in removed}), 'removed song')} in") as db:
            db.executemany(
                "UPDATE kept_out SET state = 'in' WHERE key = ? AND genre = ?", sorted(removed)
            )
        return len(removed)

    def labels_to_come_back(self) -> dict[str, set[str]]:
        """Return the genres with which songs that are let back in come, by key."""
        genres: dict[str, set[str]] = {}
        for key, genre in self.rows("SELECT key, genre FROM kept_out WHERE state = 'in'"):
            genres.setdefault(key, set()).add(genre)
        return genres
