"""What a change of a genre does to its songs: renamed with it, forgotten with it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from genrefit.errors import GenreError
from genrefit.library.genre_names import find, fold
from genrefit.library.genre_tables import Genres
from genrefit.records import Genre


class GenresOfSongs(Genres):
    """The part of a Library that renames and forgets genres with their songs."""

    def rename_genre(self, old: str, new: str) -> None:
        """Give a genre another name: its definition, its songs, exclusions and failures.

        Songs that have the new name for a label already are joined with those. GenreError where
        another genre is defined under that name, in whatever spelling.
        """
        if old == new:
            return
        with self.changing_genres(f"renamed {old} to {new}") as (db, genres):
            if any(fold(name) == fold(new) for name in genres if name != old):
                raise GenreError(f"there is a genre {new!r} already")
            db.execute("UPDATE genres SET name = ? WHERE name = ?", (new, old))
            labels = db.execute("SELECT 1 FROM song_genres WHERE genre = ?", (old,)).fetchone()
            if old in genres or labels:
                self.note_renamed_genre(old, new)
            db.execute("UPDATE OR IGNORE song_genres SET genre = ? WHERE genre = ?", (new, old))
            db.execute(
                "INSERT OR IGNORE INTO confirmed SELECT song_id, ?, at FROM confirmed "
                "WHERE genre = ?",
                (new, old),
            )
            db.execute("DELETE FROM song_genres WHERE genre = ?", (old,))
            db.execute("UPDATE OR IGNORE kept_out SET genre = ? WHERE genre = ?", (new, old))
            db.execute("DELETE FROM kept_out WHERE genre = ?", (old,))
            self._rename_in_situations(db, old, new, genres)
            for key, names in db.execute("SELECT key, genres FROM failures").fetchall():
                if old not in json.loads(names):
                    continue
                renamed = [new if name == old else name for name in json.loads(names)]
                db.execute(
                    "UPDATE failures SET genres = ? WHERE key = ?", (json.dumps(renamed), key)
                )

    def _rename_in_situations(
        self, db: sqlite3.Connection, old: str, new: str, genres: Iterable[str]
    ) -> None:
        from genrefit.query.renaming import renamed

        labels = [name for (name,) in db.execute("SELECT DISTINCT genre FROM song_genres")]
        names = [name for name in (*genres, *labels) if name != new]
        for situation, query in db.execute("SELECT name, query FROM situations").fetchall():
            changed = renamed(query, old, new, names)
            if changed != query:
                db.execute("UPDATE situations SET query = ? WHERE name = ?", (changed, situation))

    def drop_genre(self, name: str) -> int:
        """Forget a genre and the songs that are in no other; return how many songs went."""
        with self.change(f"forgot the songs of {name}") as db:
            exclusive = self.exclusive_songs(name)
            db.executemany("DELETE FROM songs WHERE song_id = ?", [(s,) for s in exclusive])
            db.execute("DELETE FROM song_genres WHERE genre = ?", (name,))
            db.execute("DELETE FROM kept_out WHERE genre = ?", (name,))
            for key, names in db.execute("SELECT key, genres FROM failures").fetchall():
                left = [genre for genre in json.loads(names) if genre != name]
                if left:
                    db.execute(
                        "UPDATE failures SET genres = ? WHERE key = ?", (json.dumps(left), key)
                    )
                else:
                    db.execute("DELETE FROM failures WHERE key = ?", (key,))
        return len(exclusive)

    def known_genre(self, name: str) -> str:
        """Return a genre as it is spelt where it is defined, or else on songs; GenreError."""
        genres = self.genres()
        for (label,) in self.rows("SELECT DISTINCT genre FROM song_genres ORDER BY genre"):
            if not any(fold(label) == fold(genre) for genre in genres):
                genres[label] = Genre(label)
        return find(genres, name).name

    def exclusive_songs(self, genre: str) -> list[str]:
        """Return the ids of the songs that are in this genre and in no other."""
        rows = self.rows(
            "SELECT song_id FROM song_genres GROUP BY song_id "
            "HAVING COUNT(*) = 1 AND MIN(genre) = ? ORDER BY song_id",
            (genre,),
        )
        return [song_id for (song_id,) in rows]
