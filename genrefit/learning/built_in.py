"""The models that need no training: `names`, over the user's genres, and `tags`, a fixed list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genrefit.config import Home
from genrefit.errors import GenrefitError, ModelError
from genrefit.features import ear_is_ready, second_ear_is_ready
from genrefit.features.side_by_side import columns_of
from genrefit.learning.likeness import likeness
from genrefit.learning.names import NamePrior
from genrefit.learning.report import ModelCard

if TYPE_CHECKING:
    from genrefit.learning.names_model import NamesModel
    from genrefit.learning.tag_model import TagModel

    Model = NamesModel | TagModel

NAMES, TAGS = "names", "tags"
MODELS = (NAMES, TAGS)
"""The names of the built-in models, which no trained model can have."""


def names(home: Home) -> list[str]:
    """Return the names of the built-in models that can answer in this home, the best first."""
    if not ear_is_ready(home):
        return []
    try:
        named = len(prior(home).genres) >= 2
    except GenrefitError:  # whoever reads the genres says what is wrong with them
        named = False
    return [NAMES, TAGS] if named else [TAGS]


def prior(home: Home) -> NamePrior:
    """Return what the names of a home's genres tell: taken as a person chose, or by the table."""
    from genrefit.library import genres

    defined = genres.written(home).values()
    return NamePrior(
        tuple(genre.name for genre in defined), tuple(likeness(genre).tags for genre in defined)
    )


def load(home: Home, name: str) -> Model:
    """Return a built-in model; ModelError where it has nothing to tell apart."""
    from genrefit.learning.names_model import NamesModel
    from genrefit.learning.tag_model import TagModel, prior_of_both

    if name == TAGS:
        return NamesModel(prior_of_both()) if second_ear_is_ready(home) else TagModel()
    of_names = prior(home)
    if len(of_names.genres) < 2:
        raise ModelError(
            f"the model {NAMES!r} answers from your genres' names once there are two: define them "
            "with genrefit genres add NAME"
        )
    return NamesModel(of_names)


def card(home: Home, name: str) -> ModelCard:
    """Return what a built-in model is: its genres, and what each is taken for."""
    model = load(home, name)
    prior_of = getattr(model, "prior", None)
    taken_for = prior_of and dict(zip(prior_of.genres, prior_of.tags, strict=True))
    return ModelCard(
        name=name,
        built_in=True,
        genres=model.genres,
        features=model.features,
        version=model.version,
        sets=model.sets,
        taken_for=taken_for,
        what=_what(home, name, model),
    )


def check_is_none(name: str, what: str) -> None:
    """ModelError where a model that is to be deleted or renamed (`what`) is built in."""
    if name in MODELS:
        raise ModelError(f"the built-in model {name!r} cannot be {what}")


def stamp(home: Home, name: str) -> tuple[object, ...]:
    """Return what tells one state of a built-in model from the next."""
    of_names = prior(home) if name == NAMES else None
    return (second_ear_is_ready(home), of_names and (of_names.genres, of_names.tags))


def _what(home: Home, name: str, model: Model) -> str:
    """Return in a sentence what a built-in model hears, and what it has no word for."""
    from genrefit.learning.names_model import NamesModel
    from genrefit.learning.tag_model import GENRES, prior_of_both

    if name == NAMES and isinstance(model, NamesModel):
        what = "what your genres' names stand for, not your songs"
        columns = columns_of(model.sets if second_ear_is_ready(home) else model.sets[:1])
        unknown = " and ".join(repr(genre) for genre in model.prior.unknown(columns))
        return f"{what}; no word is known for {unknown}: an even share each" if unknown else what
    lacking = [genre for genre in prior_of_both().genres if genre not in GENRES]
    what = "a general ear, not trained on your playlists; it has no tag for "
    if isinstance(model, NamesModel):
        return what + "styles of one country or time, such as schlager, bossa nova or baroque"
    return what + ", ".join(lacking) + " (the second ear has: genrefit ear)"
