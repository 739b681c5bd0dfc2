"""Saved models by name: listed, loaded, saved, renamed, deleted, and which one is in use.

models/<name>/ holds model.skops (loaded with our own list of trusted types, never by pickle),
card.json (what it is, and the digests of the others), report.json (how good it is), and
out_of_fold.json and out_of_fold_segments.npz (likelihoods of its training songs and of their
segments, each from a fit that never heard the song).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from genrefit.config import Home
from genrefit.errors import ModelError
from genrefit.features import FEATURE_SETS
from genrefit.learning import built_in, model_names, model_store, trained_on
from genrefit.learning import out_of_fold as files
from genrefit.learning.genre_renaming import rename_genre as rename_genre
from genrefit.learning.model import GenreModel
from genrefit.learning.model_in_use import in_use as in_use
from genrefit.learning.model_in_use import name_or_in_use as name_or_in_use
from genrefit.learning.model_in_use import names as names
from genrefit.learning.model_in_use import to_stay_in_use
from genrefit.learning.model_store import MODEL, OUT_OF_FOLD, OUT_OF_FOLD_SEGMENTS, REPORT
from genrefit.learning.report import ModelCard, Report
from genrefit.learning.trained_on import TrainedOn

if TYPE_CHECKING:
    from genrefit.learning.names_model import NamesModel
    from genrefit.learning.tag_model import TagModel

    Model = GenreModel | NamesModel | TagModel

NAMES, TAGS = built_in.NAMES, built_in.TAGS


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model in a list: its card, or an `error` in place of a card that cannot be read."""

    name: str
    in_use: bool
    card: ModelCard | None
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what `genrefit models --json` and the HTTP interface show."""
        row: dict[str, Any] = {"name": self.name, "in_use": self.in_use}
        if self.card is not None:
            row |= replace(self.card, name=None, sha256=None, columns=None).to_json()
        return row if self.error is None else row | {"error": self.error}


def is_built_in(name: str | None) -> bool:
    """Tell whether a model needs no training: `names` and `tags`."""
    return name in built_in.MODELS


def stamp(home: Home, name: str) -> tuple[object, ...]:
    """Return what tells one version of a model from the next; it can be hashed."""
    if is_built_in(name):
        return built_in.stamp(home, name)
    return model_store.stamp(home, name)


def listing(home: Home) -> list[ListedModel]:
    """Return every model with its card, the newest first."""
    chosen = in_use(home)
    rows = []
    for name in names(home):
        try:
            rows.append(ListedModel(name, name == chosen, card(home, name)))
        except ModelError as error:
            rows.append(ListedModel(name, name == chosen, None, str(error)))
    return rows


def load(home: Home, name: str) -> Model:
    """Return a model ready for use.

    ModelError where there is none of that name, its files are damaged or hold foreign types, or
    it was trained on another version of its features.
    """
    if is_built_in(name):
        return built_in.load(home, name)
    folder, card = model_store.open_model(home, name)
    feature_set = FEATURE_SETS.get(card.features)
    if feature_set is None or feature_set.version != card.version:
        now = (
            "is not there any more"
            if feature_set is None
            else f"has version {feature_set.version} now"
        )
        raise ModelError(
            f"the model {name!r} was trained on version {card.version} of the features "
            f"{card.features!r}, which {now}: train it again"
        )
    if card.columns != tuple(feature_set.columns):
        raise ModelError(
            f"the model {name!r} was trained on other columns of {card.features!r}: train it again"
        )
    return GenreModel.from_state(
        model_store.read_state(folder, card),
        genres=card.genres,
        features=card.features,
        version=card.version,
        columns=card.columns,
        taken_for=card.taken_for,
    )


def card(home: Home, name: str) -> ModelCard:
    """Return what a model is: genres, features, pipeline, data, versions, date."""
    if is_built_in(name):
        return built_in.card(home, name)
    return model_store.open_model(home, name)[1]


def report(home: Home, name: str) -> Report:
    """Return how good a model is, as training wrote it."""
    if is_built_in(name):
        raise ModelError(
            f"{name!r} was not trained on your songs, so there is no report on it: train a model "
            "of your own"
        )
    folder, card = model_store.open_model(home, name)
    values = json.loads(model_store.read_file(folder, REPORT, card))
    try:
        return replace(Report.from_json(values), model=name)
    except (TypeError, ValueError, AttributeError) as error:
        raise ModelError(
            f"the report on the model {name!r} is damaged ({error}): train it again"
        ) from error
    except KeyError as error:
        raise ModelError(
            f"the report on the model {name!r} has no {error.args[0]!r}, as another version of "
            "genrefit wrote it: train it again"
        ) from error


def out_of_fold(home: Home, name: str) -> pd.DataFrame:
    """Return likelihoods of the training songs, each from a fit that had not heard it.

    A row a song (index song_id), a column a genre; empty for a built-in model.
    """
    if is_built_in(name):
        return files.no_songs(built_in.load(home, name).genres)
    folder, card = model_store.open_model(home, name)
    return files.songs_from_file(model_store.read_file(folder, OUT_OF_FOLD, card))


def out_of_fold_segments(home: Home, name: str) -> pd.DataFrame:
    """Return likelihoods of the training songs' segments, each from a fit that had not heard it.

    A row a segment (index song_id and start in seconds), a column a genre; empty for a built-in
    model, and for one that an earlier version trained.
    """
    if is_built_in(name):
        return files.no_segments(built_in.load(home, name).genres)
    folder, card = model_store.open_model(home, name)
    if OUT_OF_FOLD_SEGMENTS not in (card.sha256 or {}):
        return files.no_segments(card.genres)
    return files.segments_from_file(model_store.read_file(folder, OUT_OF_FOLD_SEGMENTS, card))


def save(
    home: Home,
    *,
    name: str,
    model: GenreModel,
    card: ModelCard,
    report: Report,
    out_of_fold: pd.DataFrame,
    out_of_fold_segments: pd.DataFrame,
    replace_saved: bool = False,
    learned: TrainedOn | None = None,
) -> str:
    """Save a model as a whole and return its name. ModelError where the name is taken.

    `learned` is what it was trained on, which tells later on whether it is up to date.
    It comes into use only where no model was (see `model_in_use`): `use` is for the user's word.
    """
    from skops import io

    content = {
        MODEL: io.dumps(model.state(), compression=8),
        REPORT: model_store.json_bytes(replace(report, model=name).to_json()),
        OUT_OF_FOLD: files.songs_to_file(out_of_fold),
        OUT_OF_FOLD_SEGMENTS: files.segments_to_file(out_of_fold_segments),
    }
    if learned is not None:
        content[trained_on.FILE] = learned.to_file()
    card = replace(
        card,
        genres=model.genres,
        features=model.features,
        version=model.version,
        columns=model.columns,
    )
    stays = to_stay_in_use(home)
    with model_store.models_lock(home):
        model_names.check_name(home, name, replace=replace_saved)
        model_store.write_folder(home, name, content, card)
        model_store.write_chosen(home, stays or name)
    return name


def delete(home: Home, name: str) -> None:
    """Delete a saved model; undoing it brings the model back."""
    built_in.check_is_none(name, "deleted")
    model_store.undo_interrupted(home)
    with model_store.models_lock(home):
        model_store.remove_folder(home, name)


def rename(home: Home, name: str, new: str) -> None:
    """Give a saved model another name; it stays in use if it was chosen."""
    built_in.check_is_none(name, "renamed")
    model_store.undo_interrupted(home)
    with model_store.models_lock(home):
        model_store.model_folder(home, name)
        model_names.check_name(home, new)
        model_store.rename_folder(home, name, new)


def use(home: Home, name: str) -> None:
    """Choose the model that songs are scored with."""
    card(home, name)
    with model_store.models_lock(home):
        model_store.write_chosen(home, name)
