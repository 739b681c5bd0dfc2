"""The card of a model: what it was trained on, how, when and with which libraries."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version

import numpy as np

from genrefit.learning.model import GenreModel
from genrefit.learning.report import ModelCard, Report
from genrefit.records import Table

LIBRARIES = ("genrefit", "numpy", "scipy", "pandas", "scikit-learn", "skops")


def model_card(table: Table, model: GenreModel, report: Report) -> ModelCard:
    """Return the card of a model that was trained on all of a table."""
    genres, prior = model.genres, model.prior
    return ModelCard(
        genres=genres,
        features=table.features,
        version=table.version,
        columns=table.columns,
        sets=None if prior is None else model.sets,
        taken_for=None if prior is None else dict(zip(prior.genres, prior.tags, strict=True)),
        voices=None if report.voices is None else report.voices.sentences,
        pipeline=report.pipeline,
        parameters=report.parameters,
        dropped=report.dropped,
        protocol=report.protocol,
        seed=report.seed,
        grid=report.grid,
        requested_pipeline=report.requested_pipeline,
        seconds=report.seconds,
        songs=len(table.songs),
        segments=len(table.X),
        fingerprint=fingerprint(table, genres),
        versions={"python": platform.python_version(), **{n: version(n) for n in LIBRARIES}},
        date=datetime.now().astimezone().isoformat(timespec="seconds"),
        accuracy=report.headline().accuracy,
        majority=report.headline().majority,
    )


def fingerprint(table: Table, genres: Sequence[str]) -> str:
    """Return a digest of what was trained on: songs, their genres, and their features' values."""
    digest = hashlib.sha256(repr((table.features, table.version, table.columns)).encode())
    order = np.argsort(table.songs["song_id"].to_numpy(dtype=str), kind="stable")
    for number in order:
        song = table.songs.iloc[int(number)]
        own = sorted(set(song["genres"]) & set(genres))
        digest.update(repr((song["song_id"], own)).encode())
        digest.update(np.ascontiguousarray(table.X[table.song == number], dtype="<f4").tobytes())
    return digest.hexdigest()
