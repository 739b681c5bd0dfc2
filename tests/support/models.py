"""Saved and trained models, changed for a test."""

from __future__ import annotations

import dataclasses
import json

import numpy as np

from genrefit.learning import (
    pipeline_fitting,
    registry,
)


def own_names(home):
    return [name for name in registry.names(home) if name != registry.BUILT_IN]


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
