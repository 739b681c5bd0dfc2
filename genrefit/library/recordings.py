"""Which songs are copies of one recording, found by their features and remembered.

Songs are compared when their features are first asked for, each with what is there; so a group
grows as songs come in. `genrefit.features.same_recording` says how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from genrefit.config import SEGMENT_SECONDS
from genrefit.errors import Cancelled
from genrefit.features import FEATURE_SETS, same_recording
from genrefit.features.same_recording import COMPARED
from genrefit.library.song_means import SongMeans
from genrefit.records import Features, Progress

_AT_ONCE = 500
_PAIRS = 20_000


class Recordings(SongMeans):
    """The part of a Library that knows copies of a recording."""

    def feature_versions(self) -> dict[str, dict[str, int]]:
        """Return the version of every stored feature set by song_id."""
        versions: dict[str, dict[str, int]] = {}
        for song_id, name, version in self.rows("SELECT song_id, name, version FROM features"):
            versions.setdefault(song_id, {})[name] = version
        return versions

    def recordings(self) -> dict[str, str]:
        """Return by song_id the recording that a song is a copy of: the same for all its copies.

        Songs that came in since the last time are compared first.
        """
        self.compare_recordings()
        return dict(self.rows("SELECT song_id, recording FROM recordings"))

    def _frame(self, features: str, genres: Iterable[str] | None) -> pd.DataFrame:
        recordings = self.recordings()
        songs = super()._frame(features, genres)
        songs["recording"] = [recordings.get(s, s) for s in songs["song_id"]]
        return songs

    def compare_recordings(
        self,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> int:
        """Compare songs that were not compared yet, and return how many those were."""
        sets = self.feature_versions()
        by = {song_id: same_recording.versions(own) for song_id, own in sets.items()}
        known = {
            song_id: (recording, compared)
            for song_id, recording, compared in self.rows("SELECT * FROM recordings")
        }
        new = {s for s, compared in by.items() if known.get(s, ("", None))[1] != compared}
        if not new:
            return 0
        groups = _Groups({s: recording for s, (recording, _) in known.items() if s not in new})
        for number, name in enumerate(COMPARED):
            if cancelled and cancelled():
                raise Cancelled("stopped before all songs were compared")
            if on_progress:
                on_progress(Progress("looking for copies", number, len(COMPARED)))
            earlier = list(COMPARED)[:number]
            for one, other in self._copies(name, new, sets):
                if not any(_has(sets[one], e) and _has(sets[other], e) for e in earlier):
                    groups.join(one, other)
        recording = groups.recordings(by)
        with self.transaction() as db:
            there = {song_id for (song_id,) in db.execute("SELECT song_id FROM songs")}
            db.executemany(
                "INSERT OR REPLACE INTO recordings VALUES (?, ?, ?)",
                [
                    (song_id, recording[song_id], compared)
                    for song_id, compared in by.items()
                    if song_id in there and known.get(song_id) != (recording[song_id], compared)
                ],
            )
        return len(new)

    def _copies(
        self, name: str, new: set[str], sets: Mapping[str, Mapping[str, int]]
    ) -> list[tuple[str, str]]:
        """Return pairs of song ids that are copies by a feature set, one of each among `new`."""
        having = sorted(song_id for song_id, own in sets.items() if _has(own, name))
        if len(having) < 2 or not new.intersection(having):
            return []
        ids, means = self.stored_means(name)
        by_means = COMPARED[name].rows(means)
        number = np.array([i for i, song_id in enumerate(ids) if song_id in new], dtype=np.int64)
        pairs = same_recording.candidates(by_means, number)
        if not len(pairs):
            return []
        involved, pairs = np.unique(pairs, return_inverse=True)
        rows, lengths = self._rows_in_time(name, [ids[i] for i in involved])
        same = same_recording.are_copies(
            rows, lengths, pairs.reshape(-1, 2), least=COMPARED[name].least
        )
        return [
            (ids[involved[a]], ids[involved[b]]) for a, b in pairs.reshape(-1, 2)[same].tolist()
        ]

    def copies_of(self, heard: Mapping[str, Features]) -> list[str]:
        """Return the ids of songs that are the same recording as one that was just heard.

        `heard` are its feature sets by name, in their current version; the first of COMPARED that
        is among them and that songs of the library have too decides.
        """
        for name, compared in COMPARED.items():
            if name not in heard or not len(heard[name].starts):
                continue
            ids, means = self.stored_means(name)
            if not ids:
                continue
            own = compared.rows(heard[name].values)
            by_means = np.vstack([compared.rows(means), own.mean(axis=0, dtype=np.float32)])
            pairs = same_recording.candidates(by_means, np.array([len(ids)], dtype=np.int64))
            near = np.setdiff1d(pairs, [len(ids)])
            if not near.size:
                return []
            rows, lengths = self._rows_in_time(name, [ids[i] for i in near])
            own = same_recording.in_time(heard[name].starts, own, SEGMENT_SECONDS)
            own = own.astype(np.float16)
            longest = max(rows.shape[1], len(own))
            together = np.zeros((len(near) + 1, longest, own.shape[1]), np.float16)
            together[: len(near), : rows.shape[1]], together[-1, : len(own)] = rows, own
            with_own = np.column_stack([np.arange(len(near)), np.full(len(near), len(near))])
            same = same_recording.are_copies(
                together, np.append(lengths, len(own)), with_own, least=compared.least
            )
            return [ids[i] for i in near[same]]
        return []

    def _rows_in_time(self, name: str, ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return what counts of the songs' segments [shape=(songs, longest, d), float16], and
        how many rows each song has; half precision, for of 100,000 songs it is 200 MB."""
        place = {song_id: i for i, song_id in enumerate(ids)}
        found: list[np.ndarray] = [np.zeros((0, 1), np.float16)] * len(ids)
        width = len(FEATURE_SETS[name].columns)
        for at in range(0, len(ids), _AT_ONCE):
            several = ids[at : at + _AT_ONCE]
            marks = ", ".join("?" * len(several))
            for song_id, starts, values in self.rows(
                f"SELECT song_id, starts, vals FROM features WHERE name = ? "
                f"AND song_id IN ({marks})",
                (name, *several),
            ):
                segments = np.frombuffer(values, "<f4").reshape(-1, width)
                rows = COMPARED[name].rows(segments)
                found[place[song_id]] = same_recording.in_time(
                    np.frombuffer(starts, "<f4"), rows, SEGMENT_SECONDS
                ).astype(np.float16)
        lengths = np.array([len(rows) for rows in found])
        together = np.zeros((len(ids), lengths.max(), len(COMPARED[name].columns)), np.float16)
        for i, rows in enumerate(found):
            together[i, : len(rows)] = rows
        return together, lengths


def _has(own: Mapping[str, int], name: str) -> bool:
    return own.get(name) == FEATURE_SETS[name].version


class _Groups:
    """Songs joined to groups, which begin with those that are known."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._parent: dict[str, str] = {}
        first: dict[str, str] = {}
        for song_id, recording in known.items():
            self.join(song_id, first.setdefault(recording, song_id))

    def join(self, one: str, other: str) -> None:
        a, b = self._root(one), self._root(other)
        self._parent[max(a, b)] = min(a, b)

    def _root(self, song_id: str) -> str:
        parent = self._parent.setdefault(song_id, song_id)
        while parent != self._parent[parent]:
            self._parent[song_id] = parent = self._parent[parent]
        return parent

    def recordings(self, song_ids: Mapping[str, object]) -> dict[str, str]:
        return {song_id: self._root(song_id) for song_id in song_ids}
