"""Saved and trained models, changed for a test, and drawn likelihoods."""

from __future__ import annotations

import dataclasses
import json

import numpy as np

from genrefit.learning import (
    pipeline_fitting,
    registry,
)


def own_names(home):
    return [name for name in registry.names(home) if not registry.is_built_in(name)]


def model_with_pipeline(trained, name):
    """The trained model, with a pipeline of another kind in it."""
    table, result = trained
    y = np.array([genres == ("rock",) for genres in table.songs["genres"]])[table.song].astype(int)
    pipeline = pipeline_fitting.fit(
        name,
        table.X,
        y,
        weight=np.ones(len(y)),
        member=np.eye(2, dtype=bool)[y],
        group=table.song,
        columns=table.columns,
        drop=("tempo",),
    )
    return dataclasses.replace(result.model, pipeline=pipeline)


def change_card(home, name, **changes):
    path = home.models / name / "card.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))


def random_guesses(n=200, seed=0, genres=4, weak=True):
    rng = np.random.default_rng(seed)
    y = rng.choice(genres, n, p=np.arange(1, genres + 1) / np.arange(1, genres + 1).sum())
    P = rng.dirichlet(np.ones(genres), n)
    if weak:
        P[np.arange(n), y] += rng.random(n)
    P /= P.sum(1, keepdims=True)
    return y, P, np.eye(genres, dtype=bool)[y]
