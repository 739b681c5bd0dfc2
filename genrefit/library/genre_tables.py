"""Genres in the library, and the rule by which genres.json agrees with them.

The library is the truth. genres.json is written from it after every change. A person may edit the
file: it is read in when its content differs from what was last written or read, whose digest the
library keeps. So of a process that was killed nothing remains but a file that is written the next
time, and a file that is missing is written anew. Where both changed, the file counts.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from genrefit.config import Home
from genrefit.errors import GenreError
from genrefit.library import genre_file
from genrefit.library.genre_names import checked_name, find, fold
from genrefit.library.journal import Journal
from genrefit.library.row_recorder import RowChange
from genrefit.records import Genre
from genrefit.storage import write_whole

log = logging.getLogger(__name__)

FILE = "genres.json"


class Genres(Journal):
    """The part of a Library that holds the definitions of genres."""

    @property
    def genres_file(self) -> Path:
        """The text of the definitions, beside the library."""
        return self.path.with_name(FILE)

    def genres(self) -> dict[str, Genre]:
        """Return the genres by name, in the user's order, after reading in an edited file.

        GenreError where the file is not what it should be, saying where.
        """
        if not self.awaits_commit(FILE) and not self._agrees():
            with self.transaction() as db:
                self._agree(db)
        return self._stored()

    def define_genre(self, name: str, sources: Iterable[str] = ()) -> Genre:
        """Add a genre, or more sources to one that is there under any spelling; return it."""
        name = checked_name(name)
        added = [s.strip() for s in sources if s.strip()]
        is_there = any(fold(g) == fold(name) for g in self._stored())
        what = f"added sources to {name}" if is_there else f"added the genre {name}"
        with self.changing_genres(what) as (db, genres):
            old = next((g for g in genres.values() if fold(g.name) == fold(name)), None)
            merged = tuple(dict.fromkeys([*(old.sources if old else ()), *added]))
            if old is None:
                db.execute(
                    "INSERT INTO genres SELECT ?, COALESCE(MAX(position), -1) + 1, ?, NULL "
                    "FROM genres",
                    (name, json.dumps(merged)),
                )
                return Genre(name, merged)
            if merged != old.sources:
                _update(db, old.name, "sources", merged)
            return Genre(old.name, merged, old.like)

    def remove_source(self, name: str, source: str) -> None:
        """Remove one source from a genre."""
        with self.changing_genres(f"removed a source from {name}") as (db, genres):
            genre = find(genres, name)
            if source not in genre.sources:
                raise GenreError(f"{genre.name} has no source {source!r}")
            _update(db, genre.name, "sources", [s for s in genre.sources if s != source])
            self._discard_dropped([source])

    def set_like(self, name: str, tags: Iterable[str] | None) -> Genre:
        """Say which of the ear's tags a genre is like, None to say nothing; return the genre."""
        with self.changing_genres(f"said what {name} is like") as (db, genres):
            genre = find(genres, name)
            like = None if tags is None else tuple(dict.fromkeys(tags))
            if like != genre.like:
                _update(db, genre.name, "like_tags", like)
            return Genre(genre.name, genre.sources, like)

    def undefine_genre(self, name: str) -> Genre:
        """Remove a genre from the definitions and return it as it was; its songs stay."""
        with self.changing_genres(f"removed the genre {name}") as (db, genres):
            genre = find(genres, name)
            db.execute("DELETE FROM genres WHERE name = ?", (genre.name,))
            self._discard_dropped(genre.sources)
            return genre

    def _discard_dropped(self, sources: Iterable[str]) -> None:
        """Put aside the songs that were dropped here and that no genre has for a source now."""
        used = {source for genre in self._stored().values() for source in genre.sources}
        for source in set(sources) - used:
            if is_dropped(self.home, source) and Path(source).exists():
                self.discard_file(Path(source), trash=self.home.data)

    @contextmanager
    def changing_genres(self, what: str) -> Iterator[tuple[sqlite3.Connection, dict[str, Genre]]]:
        """Yield the definitions for a change called `what`, after which the file is written."""
        with self.transaction() as db:
            self._will_write_file(db)
            with self.change(what):
                yield db, self._stored()

    def _will_write_file(self, db: sqlite3.Connection) -> None:
        if not self.awaits_commit(FILE):  # else the file lags behind this very transaction
            self._agree(db)
            self.after_commit(FILE, self._write_file)

    def _prepare_undo(self, rows: list[RowChange]) -> None:
        super()._prepare_undo(rows)
        if any(row.table == "genres" for row in rows):
            with self.transaction() as db:
                self._will_write_file(db)

    def _stored(self) -> dict[str, Genre]:
        rows = self.rows("SELECT name, sources, like_tags FROM genres ORDER BY position, name")
        return {
            name: Genre(
                name,
                tuple(json.loads(sources)),
                None if like is None else tuple(json.loads(like)),
            )
            for name, sources, like in rows
        }

    def _known_digest(self) -> str | None:
        rows = self.rows("SELECT digest FROM written_files WHERE file = ?", (FILE,))
        return rows[0][0] if rows else None

    def _agrees(self) -> bool:
        """Tell whether the file holds what the library does, so that nothing is to be done."""
        data, known = genre_file.content(self.genres_file), self._known_digest()
        if data is None:
            return known is None and not self._stored()
        told = genre_file.parse(data, self.genres_file)
        return genre_file.digest(data) == known and _is_same(told, self._stored())

    def _agree(self, db: sqlite3.Connection) -> None:
        """Read in a file that a person edited, or write one that lags behind."""
        data, known, stored = (
            genre_file.content(self.genres_file),
            self._known_digest(),
            self._stored(),
        )
        if data is not None:
            told = genre_file.parse(data, self.genres_file)
            if _is_same(told, stored):
                pass
            elif genre_file.digest(data) == known:
                data = None
            elif known is None:  # a home of an earlier version
                _replace(db, stored, told)
            else:
                with self.change("edited genres.json"):
                    _replace(db, stored, told)
        elif known is None and not stored:
            return
        if data is None:
            data = genre_file.as_bytes(stored)
            try:
                write_whole(self.genres_file, data)
            except OSError as error:
                log.warning("%s cannot be written: %s", self.genres_file, error)
                return
        if genre_file.digest(data) != known:
            db.execute(
                "INSERT OR REPLACE INTO written_files VALUES (?, ?)",
                (FILE, genre_file.digest(data)),
            )

    def _write_file(self) -> None:
        with self.transaction() as db:
            self._agree(db)


def is_dropped(home: Home, source: str) -> bool:
    """Tell whether a source is a folder or file of songs that were dropped onto a genre."""
    path = Path(source)
    return "://" not in source and home.dropped in path.parents and ".." not in path.parts


def _is_same(one: Mapping[str, Genre], other: Mapping[str, Genre]) -> bool:
    return list(one.items()) == list(other.items())


def _update(db: sqlite3.Connection, name: str, column: str, items: Iterable[str] | None) -> None:
    text = None if items is None else json.dumps(list(items))
    db.execute(f"UPDATE genres SET {column} = ? WHERE name = ?", (text, name))


def _replace(db: sqlite3.Connection, old: Mapping[str, Genre], new: Mapping[str, Genre]) -> None:
    """Make the definitions those of an edited file; what is the same is not touched."""
    for name in old.keys() - new.keys():
        db.execute("DELETE FROM genres WHERE name = ?", (name,))
    for position, genre in enumerate(new.values()):
        like = None if genre.like is None else json.dumps(genre.like)
        db.execute(
            "INSERT INTO genres VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE "
            "SET position = ?2, sources = ?3, like_tags = ?4 "
            "WHERE (position, sources, like_tags) IS NOT (?2, ?3, ?4)",
            (genre.name, position, json.dumps(genre.sources), like),
        )
