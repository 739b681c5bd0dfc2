"""What a change of a genre does to its songs: renamed with it, forgotten with it."""

from __future__ import annotations

import json

from genrefit.library.genre_tables import Genres


class GenresOfSongs(Genres):
    """The part of a Library that renames and forgets genres with their songs."""

    def rename_genre(self, old: str, new: str) -> None:
        """Give a genre another name: its definition, its songs, exclusions and failures.

        Songs of a genre that has the new name already are joined with those.
        """
        with self._changing_genres() as (db, genres):
            if new not in genres:
                db.execute("UPDATE genres SET name = ? WHERE name = ?", (new, old))
            db.execute("UPDATE OR IGNORE song_genres SET genre = ? WHERE genre = ?", (new, old))
            db.execute("DELETE FROM song_genres WHERE genre = ?", (old,))
            db.execute("UPDATE OR IGNORE kept_out SET genre = ? WHERE genre = ?", (new, old))
            for key, names in db.execute("SELECT key, genres FROM failures").fetchall():
                renamed = [new if name == old else name for name in json.loads(names)]
                db.execute(
                    "UPDATE failures SET genres = ? WHERE key = ?", (json.dumps(renamed), key)
                )

    def drop_genre(self, name: str) -> int:
        """Forget a genre and the songs that are in no other; return how many songs went."""
        with self.transaction() as db:
            db.execute("DELETE FROM song_genres WHERE genre = ?", (name,))
            db.execute("DELETE FROM kept_out WHERE genre = ?", (name,))
            gone = db.execute(
                "DELETE FROM songs WHERE song_id NOT IN (SELECT song_id FROM song_genres)"
            ).rowcount
            for key, names in db.execute("SELECT key, genres FROM failures").fetchall():
                left = [genre for genre in json.loads(names) if genre != name]
                if left:
                    db.execute(
                        "UPDATE failures SET genres = ? WHERE key = ?", (json.dumps(left), key)
                    )
                else:
                    db.execute("DELETE FROM failures WHERE key = ?", (key,))
        return gone
