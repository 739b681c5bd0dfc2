"""Labels of songs that a person said are right, whatever a model thinks of them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from genrefit.errors import LibraryError
from genrefit.library.songs import Songs


class ConfirmedLabels(Songs):
    """The part of a Library that holds confirmed labels; they go when the label goes."""

    def confirm_label(self, song_id: str, genre: str) -> None:
        """Remember that a song's label is right; LibraryError where it has no such label."""
        rows = self.rows(
            "SELECT title, (SELECT 1 FROM song_genres g WHERE g.song_id = s.song_id AND "
            "genre = ?) FROM songs s WHERE song_id = ?",
            (genre, song_id),
        )
        if not rows or not rows[0][1]:
            what = f"{rows[0][0]!r} is not in {genre}" if rows else f"no song has the id {song_id}"
            raise LibraryError(f"the label cannot be confirmed: {what}")
        with self.change(f"confirmed that {rows[0][0]!r} is {genre}") as db:
            db.execute(
                "INSERT OR IGNORE INTO confirmed VALUES (?, ?, ?)", (song_id, genre, time.time())
            )

    def settle_labels(self, song_id: str, genres: Sequence[str]) -> None:
        """Say that a song is of exactly these genres, and that this is not to be asked again.

        One change in the history. LibraryError where there is no such song, or no genre.
        """
        title = self._title(song_id)
        with self.change(f"said that {title} is {' and '.join(genres)}"):
            self.set_genres(song_id, genres)
            for genre in dict.fromkeys(genres):
                self.confirm_label(song_id, genre)

    def confirmed_labels(self) -> set[tuple[str, str]]:
        """Return (song_id, genre) of every label that was confirmed."""
        return set(self.rows("SELECT song_id, genre FROM confirmed"))
