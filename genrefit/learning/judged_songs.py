"""What was said of songs that were judged: their likelihoods, and which segments said what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from genrefit.learning import metrics
from genrefit.learning.report_parts import JudgedSong
from genrefit.records import Table

_LEAST_LIKELIHOOD = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Likelihoods of songs and of their segments, by fits that never heard the songs.

    `songs` [shape=(k,)] are the songs' numbers in the table, ascending, `of_songs` [shape=(k, G)]
    their likelihoods; `rows` [shape=(n,)] are the segments' rows, `of_segments` [shape=(n, G)].
    """

    songs: np.ndarray
    of_songs: np.ndarray
    rows: np.ndarray
    of_segments: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class AllJudged:
    """All songs, judged out of fold: by the pooled voices, and by each of them alone.

    `names` [shape=(songs, G)] are the names' log-likelihoods of songs, None where they are silent.
    """

    pooled: Judgement
    fit_alone: Judgement
    names: np.ndarray | None


def averaged(judgements: Sequence[Judgement]) -> Judgement:
    """Return several judgements of the same songs as one: log-likelihoods averaged.

    Likelihoods are products of what the segments and the voices say, so their logarithms are what
    adds up; and a song that one fit is sure of and another is not comes out as unsure.
    """
    first, *others = judgements
    if not others:
        return first
    return replace(
        first,
        of_songs=_geometric_mean([judgement.of_songs for judgement in judgements]),
        of_segments=_geometric_mean([judgement.of_segments for judgement in judgements]),
    )


def _geometric_mean(values: Sequence[np.ndarray]) -> np.ndarray:
    logs = np.mean([np.log(np.maximum(P, _LEAST_LIKELIHOOD)) for P in values], axis=0)
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    mean: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return mean


def judged_songs(
    table: Table, genres: Sequence[str], member: np.ndarray, judgement: Judgement
) -> tuple[JudgedSong, ...]:
    """Return each song that was judged, with its likelihoods and its segments' starts.

    `member` [shape=(songs of the table, G), bool] are their true genres.
    """
    songs, P = judgement.songs, judgement.of_songs
    truth, guess = metrics.labels(P, member[songs])
    starts = _segment_starts(table, genres, member, judgement)
    records = []
    for row, number in enumerate(map(int, songs)):
        song = table.songs.iloc[number]
        records.append(
            JudgedSong(
                song_id=str(song["song_id"]),
                title=song["title"],
                artist=song["artist"] if isinstance(song["artist"], str) else None,
                truth=genres[truth[row]],
                genres=tuple(g for g, own in zip(genres, member[number], strict=True) if own),
                guess=genres[guess[row]],
                likelihoods={g: float(p) for g, p in zip(genres, P[row], strict=True)},
                segments={
                    true: {guessed: tuple(at) for guessed, at in by_guess.items()}
                    for true, by_guess in starts[number].items()
                },
            )
        )
    return tuple(records)


def mistakes(songs: Iterable[JudgedSong]) -> tuple[JudgedSong, ...]:
    """Return the songs whose guess is none of their genres."""
    return tuple(song for song in songs if song.guess not in song.genres)


def _segment_starts(
    table: Table, genres: Sequence[str], member: np.ndarray, judgement: Judgement
) -> dict[int, dict[str, dict[str, list[float]]]]:
    """Return the starts (s) of judged segments by song number, true and guessed genre."""
    rows = judgement.rows
    truth, guess = metrics.labels(judgement.of_segments, member[table.song[rows]])
    starts: dict[int, dict[str, dict[str, list[float]]]] = {}
    for row, t, g in zip(rows, truth, guess, strict=True):
        of_song = starts.setdefault(int(table.song[row]), {})
        of_truth = of_song.setdefault(genres[t], {})
        of_truth.setdefault(genres[g], []).append(round(float(table.start[row]), 1))
    return starts
