"""What is behind a cell of a confusion matrix: its songs, and the segments that were taken so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from genrefit.learning import metrics
from genrefit.learning.report import JudgedSong, Report

if TYPE_CHECKING:
    import pandas as pd


def all_judged(
    report: Report,
    *,
    out_of_fold: pd.DataFrame,
    segments: pd.DataFrame,
    songs: Mapping[str, Mapping[str, Any]],
) -> tuple[JudgedSong, ...]:
    """Return every song that was judged by a fit that had not heard it, as the report counts them.

    `out_of_fold` and `segments` are those of the registry; `songs` are the library's by song_id,
    with title, artist and genres. A song that is no mistake was guessed right, whatever its genres
    are by now; a song that is in the library no more stays out.
    """
    mistakes = {song.song_id: song for song in _mistakes(report)}
    genres = list(out_of_fold.columns)
    of_song = _rows_of_songs(segments)
    values, starts = segments.to_numpy(), segments.index.get_level_values("start").to_numpy()
    judged = []
    for song_id, row in zip(out_of_fold.index, out_of_fold.to_numpy(), strict=True):
        if song_id in mistakes:
            judged.append(mistakes[song_id])
            continue
        if song_id not in songs:
            continue
        guess = genres[int(row.argmax())]
        own = tuple(dict.fromkeys([*(g for g in songs[song_id]["genres"] if g in genres), guess]))
        rows = of_song.get(song_id, np.zeros(0, dtype=int))
        artist = songs[song_id]["artist"]
        judged.append(
            JudgedSong(
                song_id=song_id,
                title=str(songs[song_id]["title"]),
                artist=artist if isinstance(artist, str) else None,
                truth=guess,
                genres=own,
                guess=guess,
                likelihoods=dict(zip(genres, map(float, row), strict=True)),
                segments=_moments(values[rows], starts[rows], genres, own),
            )
        )
    return tuple(judged)


def in_cell(
    judged: Iterable[JudgedSong], *, level: str, true: str, guess: str
) -> list[tuple[JudgedSong, tuple[float, ...]]]:
    """Return the songs of a cell, each with the starts (s) of its segments that were taken so.

    Of "songs" those whose own cell it is; of "segments" those with some segment in it.
    """
    found = []
    for song in judged:
        starts = tuple((song.segments or {}).get(true, {}).get(guess, ()))
        if (song.truth, song.guess) == (true, guess) if level == "songs" else starts:
            found.append((song, starts))
    return found


def _mistakes(report: Report) -> tuple[JudgedSong, ...]:
    every = report.cross_validated
    return (every.mistakes if every else None) or ()


def _rows_of_songs(segments: pd.DataFrame) -> dict[str, np.ndarray]:
    if segments.empty:
        return {}
    groups = segments.groupby(level="song_id", sort=False).indices
    return {str(song_id): np.asarray(rows) for song_id, rows in groups.items()}


def _moments(
    P: np.ndarray, starts: np.ndarray, genres: list[str], own: tuple[str, ...]
) -> dict[str, dict[str, tuple[float, ...]]]:
    """Return the starts of a song's segments by true and guessed genre."""
    if not len(P):
        return {}
    member = np.tile([genre in own for genre in genres], (len(P), 1))
    found: dict[str, dict[str, tuple[float, ...]]] = {}
    for t, g, start in zip(*metrics.labels(P, member), starts, strict=True):
        row = found.setdefault(genres[t], {})
        row[genres[g]] = (*row.get(genres[g], ()), round(float(start), 1))
    return found
