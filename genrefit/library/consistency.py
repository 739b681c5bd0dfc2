"""Whether a library holds together: its file, its rows, its arrays, and the files it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genrefit.errors import GenrefitError
from genrefit.features import FEATURE_SETS
from genrefit.formatting import count
from genrefit.library.genre_names import refuse_twins
from genrefit.library.library import Library
from genrefit.records import Progress
from genrefit.regular_files import FILE, kind_of_file
from genrefit.sources.local import file_stamp
from genrefit.sources.urls import is_url, parse_address

NAMED = 3
"""How many songs or rows a finding names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found: one sentence, and whether it is wrong or just worth knowing."""

    about: str
    sentence: str
    wrong: bool

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def check(
    library: Library, *, on_progress: Callable[[Progress], None] = lambda _: None
) -> list[Finding]:
    """Look through a whole library and return what is wrong or worth knowing, nothing where well.

    Nothing is changed. A file that cannot be read at all is a LibraryError.
    """
    findings = [*_file(library), *_songs(library), *_genres(library), *_moves(library)]
    return [*findings, *_arrays(library, on_progress), *_files(library)]


def _file(library: Library) -> Iterator[Finding]:
    for (sentence,) in library.rows("PRAGMA integrity_check(10)"):
        if sentence != "ok":
            yield Finding("file", f"SQLite says of the library's file: {sentence}", True)
    orphans = library.rows("PRAGMA foreign_key_check")
    for table in sorted({row[0] for row in orphans}):
        number = sum(row[0] == table for row in orphans)
        yield Finding(
            "rows", f"{count(number, 'row')} of {table} belong to nothing that is there", True
        )


def _songs(library: Library) -> Iterator[Finding]:
    for what, sql, wrong in (
        (
            "cannot be found under their own key",
            "SELECT title FROM songs s WHERE NOT EXISTS "
            "(SELECT 1 FROM keys k WHERE k.key = s.key AND k.song_id = s.song_id)",
            True,
        ),
        (
            "have no features: genrefit collect --refresh listens again",
            "SELECT title FROM songs WHERE song_id NOT IN (SELECT song_id FROM features)",
            True,
        ),
        (
            "are in no genre, so that nothing is learnt from them",
            "SELECT title FROM songs WHERE song_id NOT IN (SELECT song_id FROM song_genres)",
            False,
        ),
    ):
        titles = [title for (title,) in library.rows(sql + " ORDER BY 1")]
        if titles:
            yield Finding("songs", f"{_named(titles, 'song')} {what}", wrong)


def _genres(library: Library) -> Iterator[Finding]:
    try:
        defined = library.genres()
        refuse_twins(defined, "the library")
    except (GenrefitError, ValueError) as error:
        yield Finding("genres", str(error), True)
        return
    used = [
        name for (name,) in library.rows("SELECT DISTINCT genre FROM song_genres ORDER BY genre")
    ]
    undefined = [name for name in used if name not in defined]
    if undefined:
        what = f"{_named(undefined, 'genre')} of songs are not defined any more"
        yield Finding("genres", what, False)


def _moves(library: Library) -> Iterator[Finding]:
    for (target,) in library.rows(
        "SELECT target FROM journal_files JOIN journal USING (entry) "
        "WHERE kind = 'file' AND undone_by IS NULL AND target LIKE '%.trash%' ORDER BY 1"
    ):
        if not (library.home.path / target).exists():
            yield Finding("history", f"{target}, which undo would bring back, is gone", False)


def _arrays(library: Library, on_progress: Callable[[Progress], None]) -> Iterator[Finding]:
    """Read every array in portions, so that a large library fits into memory."""
    ids = library.rows("SELECT song_id, name FROM features ORDER BY song_id, name")
    wrong: dict[str, list[str]] = {}
    for place, (song_id, name) in enumerate(ids):
        on_progress(Progress("checking", place, len(ids)))
        row = library.rows(
            "SELECT title, version, width, starts, vals FROM features JOIN songs USING (song_id) "
            "WHERE song_id = ? AND name = ?",
            (song_id, name),
        )
        if row and (what := _fault(name, *row[0][1:])):
            wrong.setdefault(f"{name}: {what}", []).append(row[0][0])
    for what, titles in sorted(wrong.items()):
        yield Finding("features", f"{_named(titles, 'song')} with features of {what}", True)


def _fault(name: str, version: int, width: int, starts: bytes, values: bytes) -> str | None:
    """Return what is wrong with the arrays of one song, None where nothing is."""
    if len(starts) % 4 or len(values) != len(starts) * width:
        return "the wrong size"
    current = FEATURE_SETS.get(name)
    if current is not None and current.version == version and len(current.columns) != width:
        return f"{width} columns where {len(current.columns)} are right"
    times = np.frombuffer(starts, dtype="<f4")
    if not len(times):
        return "no segment"
    if not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        return "segments out of order"
    if not np.isfinite(np.frombuffer(values, dtype="<f4")).all():
        return "numbers that are not finite"
    return None


def _files(library: Library) -> Iterator[Finding]:
    gone = [
        address
        for key, address in library.rows("SELECT key, address FROM songs ORDER BY address")
        if not key.startswith("import:") and not is_url(address) and not _exists(address)
    ]
    if gone:
        yield Finding(
            "files", f"{_named(gone, 'file')} that songs were collected from are gone", False
        )
    changed = [
        key
        for key, state in sorted(library.song_files().items())
        if (stamp := _stamp(key)) and stamp != (state.size, state.mtime_ns)
    ]
    if changed:
        what = f"{_named(changed, 'file')} changed since: genrefit collect looks at them"
        yield Finding("files", what, False)


def _stamp(key: str) -> tuple[int, int] | None:
    try:
        return file_stamp(parse_address(key).path)
    except GenrefitError:
        return None


def _exists(address: str) -> bool:
    try:
        return kind_of_file(parse_address(address).path) == FILE
    except GenrefitError:
        return False


def _named(items: Sequence[str], noun: str) -> str:
    """Return "2 songs (A, B)"."""
    more = f" and {len(items) - NAMED:,} more" if len(items) > NAMED else ""
    return f"{count(len(items), noun)} ({', '.join(items[:NAMED])}{more})"
