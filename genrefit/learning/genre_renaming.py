"""Renaming a genre in saved models: their cards, reports and out-of-fold tables, each as a whole.

A model's own parameters know genres by their number only, so they stay as they are.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from genrefit.config import Home
from genrefit.errors import ModelError
from genrefit.learning import model_store
from genrefit.learning.model_store import CARD
from genrefit.learning.report import ModelCard

_KEYED_BY_GENRE = frozenset(
    {"genres", "class_weights", "likelihoods", "taken_for", "biases", "unknown"}
)
"""Keys of JSON whose value is a map by genre, or a list of genres."""
_NAMES_A_GENRE = frozenset({"truth", "guess"})


def rename_genre(home: Home, old: str, new: str) -> list[str]:
    """Give a genre another name in every saved model that knows it; return those models' names.

    A model appears with all its files renamed or stays as it was, whenever the process ends;
    called again it goes on with the models that are left. With the names swapped it undoes itself.
    A model that knows a genre of the new name already keeps both, and one whose files are damaged
    stays as it is.
    """
    model_store.undo_interrupted(home)
    renamed = []
    with model_store.models_lock(home):
        for name in model_store.saved_names(home):
            try:
                folder, card = model_store.open_model(home, name)
                if old not in card.genres or new in card.genres:
                    continue
                files = {
                    file: _renamed_file(file, model_store.read_file(folder, file, card), old, new)
                    for file in card.sha256 or {}
                }
            except ModelError:
                continue
            model_store.write_folder(home, name, files, _renamed_card(folder, card, old, new))
            renamed.append(name)
    return renamed


def _renamed_card(folder: Path, card: ModelCard, old: str, new: str) -> ModelCard:
    values = json.loads((folder / CARD).read_bytes())
    return replace(ModelCard.from_json(renamed_json(values, old, new)), name=card.name)


def _renamed_file(file: str, content: bytes, old: str, new: str) -> bytes:
    if file.endswith(".json"):
        return model_store.json_bytes(renamed_json(json.loads(content), old, new))
    return _renamed_arrays(content, old, new) if file.endswith(".npz") else content


def _renamed_arrays(content: bytes, old: str, new: str) -> bytes:
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        arrays = dict(stored)
    genres = [new if genre == old else str(genre) for genre in arrays["genres"]]
    file = io.BytesIO()
    np.savez_compressed(file, **{**arrays, "genres": np.array(genres, dtype=str)})
    return file.getvalue()


def renamed_json(value: Any, old: str, new: str) -> Any:
    """Return the content of a card, report or table with a genre's name changed where it is one.

    A title, an artist or a key of the report's own that is spelt like the genre stays.
    """
    if isinstance(value, list):
        return [renamed_json(item, old, new) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _renamed_field(value, key, old, new) for key in value}


def _renamed_field(record: Mapping[str, Any], key: str, old: str, new: str) -> Any:
    value = record[key]
    if key in _NAMES_A_GENRE and isinstance(value, str):
        return new if value == old else value
    if key == "warnings" and isinstance(value, list):
        return [line.replace(repr(old), repr(new)) for line in value]
    if key == "labels" and isinstance(value, dict):  # of trained_on.json, by song
        return {
            song: [_renamed(genre, old, new) for genre in genres] for song, genres in value.items()
        }
    if key == "segments" and "song_id" in record and isinstance(value, dict):
        return {
            _renamed(truth, old, new): {_renamed(guess, old, new): at for guess, at in row.items()}
            for truth, row in value.items()
        }
    if key in _KEYED_BY_GENRE and isinstance(value, dict):
        return {
            _renamed(genre, old, new): renamed_json(item, old, new) for genre, item in value.items()
        }
    if key in _KEYED_BY_GENRE and isinstance(value, list):
        return [_renamed(item, old, new) if isinstance(item, str) else item for item in value]
    return renamed_json(value, old, new)


def _renamed(genre: str, old: str, new: str) -> str:
    return new if genre == old else genre
