"""The report on a model and the card that describes it, as plain values for JSON."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from genrefit.learning import metrics, split
from genrefit.learning.cross_validation import Data, Fitted, class_weights
from genrefit.learning.model import Temperatures, tempered
from genrefit.learning.split import Split
from genrefit.learning.typicality import UNLIKE, song_means, unlike_all
from genrefit.records import Table

LIBRARIES = ("genrefit", "numpy", "scipy", "pandas", "scikit-learn", "skops")


def report(
    table: Table,
    genres: Sequence[str],
    parts: Split,
    *,
    about: Mapping[str, Any],
    data: Data,
    done: Mapping[Any, Fitted],
    temperatures: Temperatures,
    typical: np.ndarray,
    warnings: Sequence[str],
) -> dict[str, Any]:
    """Return how good a model is, under the keys that the command line and dashboard rely on.

    `about` is what was asked and chosen; `done` holds the fits "report", maybe "row", and
    ("curve", share); `typical` [shape=(songs, G)] the training songs' own typicality.
    """
    artist = split.artists(table.songs)
    judged = done["report"]
    seed = int(about["seed"])
    P = tempered(judged.likelihoods, temperatures.segment)
    member = data.member[data.song[judged.judge]]
    songs, of_songs = _songs(data, judged, temperatures)
    levels = {
        "segments": (P, member, artist[data.song[judged.judge]]),
        "songs": (of_songs, data.member[songs], artist[songs]),
    }
    validation = _told(table, genres, data.member, songs, of_songs)
    for song, heard in zip(
        validation, _moments(table, genres, member, judged, songs, P), strict=True
    ):
        song["segments"] = heard
    return {
        **about,
        "genres": list(genres),
        "splits": {name: _size(data, artist, genres, rows) for name, rows in parts.parts.items()},
        "warnings": list(warnings),
        "class_weights": dict(
            zip(genres, map(float, class_weights(data.member[data.song])), strict=True)
        ),
        "temperatures": {"segment": temperatures.segment, "song": temperatures.song},
        **{
            name: metrics.judge(p, m, genres=genres, group=group, seed=seed)
            for name, (p, m, group) in levels.items()
        },
        "confusion": {
            name: metrics.confusion(*metrics.labels(p, m), genres=genres).to_numpy().tolist()
            for name, (p, m, _) in levels.items()
        },
        "reliability": {name: metrics.reliability(p, m) for name, (p, m, _) in levels.items()},
        "row_protocol": {"segments": _leaked(data, done.get("row", judged), temperatures)},
        "learning_curve": _curve(data, done, temperatures, artist, seed),
        "typicality": _flagged(data.member, typical),
        "validation": validation,
        "wrong": [song for song in validation if song["guess"] not in song["genres"]],
    }


def card(table: Table, genres: Sequence[str], report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a model is: all that is needed to know it again and to tell whether it fits."""
    kept = ("pipeline", "parameters", "dropped", "protocol", "seed", "grid", "asked", "seconds")
    return {
        **{key: report[key] for key in kept},
        "songs": len(table.songs),
        "segments": len(table.X),
        "fingerprint": fingerprint(table, genres),
        "versions": {"python": platform.python_version(), **{n: version(n) for n in LIBRARIES}},
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "accuracy": report["songs"]["accuracy"],
        "majority": report["songs"]["majority"],
    }


def fingerprint(table: Table, genres: Sequence[str]) -> str:
    """Return a digest of what was trained on: songs, their genres, and their features' values."""
    digest = hashlib.sha256(repr((table.features, table.version, table.columns)).encode())
    order = np.argsort(table.songs["song_id"].to_numpy(dtype=str), kind="stable")
    for number in order:
        song = table.songs.iloc[int(number)]
        mine = sorted(set(song["genres"]) & set(genres))
        digest.update(repr((song["song_id"], mine)).encode())
        digest.update(np.ascontiguousarray(table.X[table.song == number], dtype="<f4").tobytes())
    return digest.hexdigest()


def _songs(data: Data, fitted: Fitted, temperatures: Temperatures) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the songs judged, and their likelihoods [shape=(songs, G)]."""
    songs, number = np.unique(data.song[fitted.judge], return_inverse=True)
    P = tempered(fitted.likelihoods, temperatures.segment)
    return songs, tempered(song_means(P, number, len(songs)), temperatures.song)


def _size(
    data: Data, artist: np.ndarray, genres: Sequence[str], rows: np.ndarray
) -> dict[str, Any]:
    songs = np.unique(data.song[rows])
    counts = data.member[songs].sum(0)
    return {
        "songs": len(songs),
        "segments": len(rows),
        "artists": len(np.unique(artist[songs])),
        "genres": {genre: int(count) for genre, count in zip(genres, counts, strict=True)},
    }


def _leaked(data: Data, fitted: Fitted, temperatures: Temperatures) -> dict[str, float]:
    """Return what the leaky protocol would have claimed."""
    P = tempered(fitted.likelihoods, temperatures.segment)
    member = data.member[data.song[fitted.judge]]
    truth, guess = metrics.labels(P, member)
    return {
        "accuracy": float((truth == guess).mean()),
        "log_loss": metrics.log_loss(P, member),
    }


def _curve(
    data: Data,
    done: Mapping[Any, Fitted],
    temperatures: Temperatures,
    artist: np.ndarray,
    seed: int,
) -> list[dict[str, float]]:
    """Return song accuracy on validation by the number of songs heard, the report's own last."""
    points = []
    keys = [key for key in done if isinstance(key, tuple) and key[0] == "curve"]
    for key in [*sorted(keys), "report"]:
        fitted = done[key]
        songs, P = _songs(data, fitted, temperatures)
        member = data.member[songs]
        low, high = metrics.intervals(P, member, group=artist[songs], seed=seed)["accuracy"]
        truth, guess = metrics.labels(P, member)
        accuracy = float((truth == guess).mean())
        points.append({"songs": fitted.songs, "accuracy": accuracy, "low": low, "high": high})
    return points


def _flagged(member: np.ndarray, typical: np.ndarray) -> dict[str, float]:
    """Return the share of own songs that are untypical of their genre, and of every genre."""
    return {
        "untypical": float((typical[member] < UNLIKE).mean()),
        "unlike_all": float(unlike_all(typical).mean()),
    }


def _moments(
    table: Table,
    genres: Sequence[str],
    member: np.ndarray,
    judged: Fitted,
    songs: np.ndarray,
    P: np.ndarray,
) -> list[dict[str, dict[str, list[float]]]]:
    """Return, for each of `songs`, the starts (s) of its judged segments: {truth: {guess: [...]}}.

    `member`, P [shape=(segments judged, G)].
    """
    found: dict[int, dict[str, dict[str, list[float]]]] = {int(number): {} for number in songs}
    truth, guess = metrics.labels(P, member)
    for row, t, g in zip(judged.judge, truth, guess, strict=True):
        starts = found[int(table.song[row])].setdefault(genres[t], {}).setdefault(genres[g], [])
        starts.append(round(float(table.start[row]), 1))
    return list(found.values())


def _told(
    table: Table,
    genres: Sequence[str],
    member: np.ndarray,
    songs: np.ndarray,
    P: np.ndarray,
) -> list[dict[str, Any]]:
    """Return each judged song with its true genres and its likelihoods."""
    found = []
    truth, guess = metrics.labels(P, member[songs])
    for row, number in enumerate(songs):
        song = table.songs.iloc[int(number)]
        found.append(
            {
                "song_id": str(song["song_id"]),
                "title": song["title"],
                "artist": song["artist"] if isinstance(song["artist"], str) else None,
                "truth": genres[truth[row]],
                "genres": [g for g, inside in zip(genres, member[number], strict=True) if inside],
                "guess": genres[guess[row]],
                "likelihoods": {g: float(p) for g, p in zip(genres, P[row], strict=True)},
            }
        )
    return found
