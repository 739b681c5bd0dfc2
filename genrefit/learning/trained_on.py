"""What a saved model was trained on: the recipe, and the labels that its songs had then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from genrefit.config import Home
from genrefit.learning import built_in, model_store
from genrefit.learning.model_names import next_name
from genrefit.learning.recipe import Recipe
from genrefit.records import Table

FILE = "trained_on.json"


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """The recipe as it was asked for, and each song's genres by song_id.

    `exact` is false for a model of an earlier version, which kept no labels: then the genres of
    each song are unknown (empty).
    """

    recipe: Recipe
    labels: Mapping[str, tuple[str, ...]]
    exact: bool = True

    def to_file(self) -> bytes:
        """Return the content of the file beside the model."""
        labels = {song_id: list(genres) for song_id, genres in self.labels.items()}
        return model_store.json_bytes({"recipe": self.recipe.to_json(), "labels": labels})


def of_training(table: Table, recipe: Recipe) -> TrainedOn:
    """Return what a training on a table by a recipe is trained on."""
    songs = zip(table.songs["song_id"], table.songs["genres"], strict=True)
    labels = {str(song_id): tuple(genres) for song_id, genres in songs if genres}
    return TrainedOn(replace(recipe, name=None, replace=False), labels)


def read(home: Home, name: str) -> TrainedOn | None:
    """Return what a saved model was trained on, None for a built-in one; ModelError as by card.

    For a model of an earlier version it is told from its card and its out-of-fold likelihoods.
    """
    if name in built_in.MODELS:
        return None
    folder, card = model_store.open_model(home, name)
    if FILE in (card.sha256 or {}):
        values = json.loads(model_store.read_file(folder, FILE, card))
        labels = {song_id: tuple(genres) for song_id, genres in values["labels"].items()}
        return TrainedOn(Recipe.from_json(values["recipe"]), labels)
    recipe = Recipe(
        genres=card.genres,
        features=card.features,
        drop=card.dropped or (),
        pipeline=card.requested_pipeline or card.pipeline or "auto",
        protocol=card.protocol or "artist",
        grid=bool(card.grid),
        seed=card.seed or 0,
    )
    content = json.loads(model_store.read_file(folder, model_store.OUT_OF_FOLD, card))
    return TrainedOn(recipe, dict.fromkeys(content["songs"], ()), exact=False)


def again(home: Home, name: str) -> Recipe:
    """Return the recipe that trains a saved model again the same way, under a name beside it.

    ModelError for a built-in model, which was never trained.
    """
    trained_on = read(home, name)
    if trained_on is None:
        from genrefit.errors import ModelError

        raise ModelError(
            f"{name!r} was not trained on your songs, so it cannot be trained again: train a "
            "model of your own (genrefit train)"
        )
    return replace(trained_on.recipe, name=next_name(home, name))
