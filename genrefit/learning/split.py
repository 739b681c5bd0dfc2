"""Splits into training, test and validation that keep songs and artists whole.

Songs of one artist sound alike (the same voice, studio and instruments), and segments of one song
more so: a model trained on either is measured by what it memorised. So the protocol `artist` keeps
all songs of an artist on one side, `song` all segments of a song; `row` splits segments at random,
as the seed did, and exists only to reproduce its numbers and to show what the leak claims.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from genrefit.errors import SplitError
from genrefit.formatting import count
from genrefit.learning.song_groups import artists, connected, of_unknown_artist, same_recordings
from genrefit.records import Table

__all__ = [
    "PROTOCOLS",
    "SHARES",
    "Split",
    "artists",
    "folds",
    "groups",
    "members",
    "of_unknown_artist",
    "row_folds",
    "split",
]

PROTOCOLS = {
    "artist": "no artist is heard on both sides",
    "song": "no song is heard on both sides, an artist may be",
    "row": "leaky: segments of one song are on both sides (the seed's way)",
}
SHARES = {"train": 0.64, "test": 0.16, "validation": 0.20}
LEAST = 2
"""A genre needs this many artists (or songs): one to learn from and one to judge by."""
IN_EVERY_PART = len(SHARES)
"""A genre of fewer artists (or songs) is in train and validation, and not in test."""
FEW, ROUGH = 5, 10
"""With fewer artists (or songs) than this, a genre's numbers are rough: a warning says so."""
ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Split:
    """Segment rows of each part, in ascending order, and what the user should know of it."""

    train: np.ndarray
    test: np.ndarray
    validation: np.ndarray
    protocol: str
    warnings: tuple[str, ...] = ()

    @property
    def parts(self) -> dict[str, np.ndarray]:
        """Rows by the part's name."""
        return {"train": self.train, "test": self.test, "validation": self.validation}


def groups(songs: pd.DataFrame, protocol: str) -> np.ndarray:
    """Return what must stay together, as a number for each song [shape=(songs,), int].

    Songs that share an artist, where the protocol keeps those whole; the same recording always.
    """
    if protocol not in PROTOCOLS:
        raise SplitError(f"there is no protocol {protocol!r}: choose one of {', '.join(PROTOCOLS)}")
    return artists(songs) if protocol == "artist" else connected(same_recordings(songs))


def members(songs: pd.DataFrame, genres: Sequence[str]) -> np.ndarray:
    """Return which song is in which genre [shape=(songs, genres), bool]."""
    number = {genre: column for column, genre in enumerate(genres)}
    member = np.zeros((len(songs), len(genres)), dtype=bool)
    for row, names in enumerate(songs["genres"]):
        for name in names:
            if name in number:
                member[row, number[name]] = True
    return member


def split(table: Table, *, genres: Sequence[str], protocol: str = "artist", seed: int = 0) -> Split:
    """Part a table's segments 64/16/20 into train, test and validation, stratified by genre.

    SplitError where a genre has too few songs or artists, or cannot reach every part.
    """
    member = members(table.songs, genres)
    group = groups(table.songs, protocol)
    counts = _check_counts(member, group, genres, protocol)
    if protocol == "row":
        part_of_row = _random_rows(member[table.song], seed)
    else:
        part_of_song = _song_parts(member, group, genres, seed)
        part_of_row = part_of_song[table.song]
    train, test, validation = (np.flatnonzero(part_of_row == part) for part in range(len(SHARES)))
    return Split(train, test, validation, protocol, tuple(_warnings(counts, genres, protocol)))


def folds(member: np.ndarray, group: np.ndarray, *, n: int, seed: int) -> np.ndarray:
    """Assign songs to `n` folds, stratified by genre, groups whole [shape=(songs,), 0..n-1].

    A genre with fewer groups than folds is missing from some folds.
    """
    return _assign_groups(member, group, np.full(n, 1 / n), np.random.default_rng(seed))


def row_folds(member: np.ndarray, *, n: int, seed: int) -> np.ndarray:
    """Assign rows to `n` folds at random within each genre, ignoring songs (leaky)."""
    rng = np.random.default_rng(seed)
    return _by_stratum(member, lambda size: rng.permutation(np.arange(size) % n))


def _song_parts(
    member: np.ndarray, group: np.ndarray, genres: Sequence[str], seed: int
) -> np.ndarray:
    """Return a part for each song such that every genre is in every part that it must be in."""
    shares = np.array(list(SHARES.values()))
    few = [len(np.unique(group[m])) < IN_EVERY_PART for m in member.T]
    for attempt in range(ATTEMPTS):
        rng = np.random.default_rng([seed, attempt])
        part = _assign_groups(member, group, shares, rng)
        _fill_gaps(part, member, group, shares)
        missing = [
            (genre, name)
            for g, genre in enumerate(genres)
            for p, name in enumerate(SHARES)
            if not (member[:, g] & (part == p)).any() and not (few[g] and name == "test")
        ]
        if not missing:
            return part
    genre, name = missing[0]
    raise SplitError(
        f"no song of {genre!r} could be put into {name}, because its songs share artists or "
        "genres with too many others: collect more songs by other artists"
    )


def _assign_groups(
    member: np.ndarray, group: np.ndarray, shares: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Assign groups, largest first, each to the part that lacks most of its genres.

    After "On the stratification of multi-label data" (Sechidis, Tsoumakas, Vlahavas 2011), with
    groups in place of single examples.
    """
    names, number = np.unique(group, return_inverse=True)
    counts = np.zeros((len(names), member.shape[1]))
    np.add.at(counts, number, member.astype(float))
    totals = np.maximum(counts.sum(0), 1)
    lacking = shares[:, None] * totals
    part = np.zeros(len(names), dtype=np.int64)
    order = rng.permutation(len(names))
    for g in order[np.argsort(-counts[order].sum(1), kind="stable")]:
        need = lacking @ (counts[g] / totals)
        best = np.flatnonzero(need >= need.max() - 1e-9)
        part[g] = rng.choice(best)
        lacking[part[g]] -= counts[g]
    return part[number]


def _fill_gaps(part: np.ndarray, member: np.ndarray, group: np.ndarray, shares: np.ndarray) -> None:
    """Move groups, in place, into parts that lack a genre, from parts that can spare them."""
    for g in np.argsort(member.sum(0), kind="stable"):
        for p in (0, 2, 1):  # test last: it can do without a genre of two artists
            if (member[:, g] & (part == p)).any():
                continue
            candidates = [
                (int((group == q).sum()), q)
                for q in np.unique(group[member[:, g]])
                if _can_spare(part, member, group == q)
            ]
            if candidates:
                part[group == min(candidates)[1]] = p


def _can_spare(part: np.ndarray, member: np.ndarray, moved: np.ndarray) -> bool:
    """Return whether a part keeps all of the moved songs' genres without them."""
    left = (part == part[moved][0]) & ~moved
    return bool(member[left].any(0)[member[moved].any(0)].all())


def _random_rows(member: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    edges = np.cumsum(list(SHARES.values()))[:-1]

    def parts_of(size: int) -> np.ndarray:
        part = np.searchsorted(edges, (np.arange(size) + 0.5) / size)
        if size >= IN_EVERY_PART:  # rounding must not leave a part of a tiny genre empty
            part[-2:] = np.maximum(part[-2:], [1, 2])
        elif size == LEAST:
            part[-1] = 2
        return rng.permutation(part)

    return _by_stratum(member, parts_of)


def _by_stratum(member: np.ndarray, assign: Callable[[int], np.ndarray]) -> np.ndarray:
    """Apply `dealt` (size -> numbers) to the rows of each combination of genres."""
    number = np.unique(member, axis=0, return_inverse=True)[1].reshape(-1)
    numbers = np.zeros(len(member), dtype=np.int64)
    for stratum in range(number.max() + 1):
        rows = np.flatnonzero(number == stratum)
        numbers[rows] = assign(len(rows))
    return numbers


def _check_counts(
    member: np.ndarray, group: np.ndarray, genres: Sequence[str], protocol: str
) -> list[tuple[int, int]]:
    """Return (songs, groups) of each genre; SplitError where they are too few to judge."""
    counts = [(int(m.sum()), len(np.unique(group[m]))) for m in member.T]
    for genre, (songs, independent) in zip(genres, counts, strict=True):
        if songs < LEAST:
            raise SplitError(
                f"{genre!r} has {count(songs, 'song')}: at least {LEAST} are needed, so that one "
                "can be learned from and one be judged; collect more, or leave the genre out"
            )
        if independent < LEAST:
            raise SplitError(
                f"{genre!r} has {count(songs, 'song')} by {count(independent, 'artist')}: at "
                f"least {LEAST} artists are needed for the protocol 'artist'; collect songs by "
                "other artists, or split by song (protocol 'song'), which says less about "
                "artists never heard"
            )
    return counts


def _warnings(counts: list[tuple[int, int]], genres: Sequence[str], protocol: str) -> list[str]:
    warnings = []
    if protocol == "row":
        warnings.append(
            "protocol 'row' is leaky: segments of the same song are on both sides, so these "
            "numbers tell how well songs are remembered, not how well new ones are judged"
        )
    for genre, (songs, independent) in zip(genres, counts, strict=True):
        if independent < ROUGH:
            by = f" by {count(independent, 'artist')}" if protocol == "artist" else ""
            moved = f"a single song moves its numbers by {100 / songs:.0f} points: they mean little"
            tells = moved if independent < FEW else "its numbers are rough"
            warnings.append(
                f"{genre!r} has only {count(songs, 'song')}{by}: {tells}; "
                f"{ROUGH} or more would tell, 50 or more tell well"
            )
    return warnings
