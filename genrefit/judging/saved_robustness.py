"""The last horse test of each model, kept in the home."""

from __future__ import annotations

import json
from pathlib import Path

from genrefit.config import Home
from genrefit.judging.robustness import Robustness
from genrefit.learning import registry
from genrefit.storage import write_whole


def save(home: Home, tested: Robustness) -> None:
    """Keep a model's horse test until the model changes."""
    stamp = list(registry.stamp(home, tested.model))
    content = {"stamp": stamp, "robustness": tested.to_json()}
    write_whole(_path(home, tested.model), json.dumps(content, ensure_ascii=False))


def load(home: Home, model: str) -> Robustness | None:
    """Return the horse test of a model as it is now, None where there is none."""
    try:
        content = json.loads(_path(home, model).read_bytes())
        if content["stamp"] != list(registry.stamp(home, model)):
            return None
        return Robustness.from_json(content["robustness"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # none, or written by another version: it is made anew on demand


def _path(home: Home, model: str) -> Path:
    return home.data / "robustness" / f"{model}.json"
