"""Which model answers: it changes by the user's word only, or where there was none before."""

from __future__ import annotations

from genrefit.config import Home
from genrefit.errors import ModelError
from genrefit.learning import built_in, model_store


def names(home: Home) -> list[str]:
    """Return the saved models' names, the newest first, then those of the built-in models.

    Of these `names` is there as soon as two genres are defined; both need the ear.
    """
    model_store.undo_interrupted(home)
    dated = [(model_store.saved_date(home, name), name) for name in model_store.saved_names(home)]
    newest_first = [name for _, name in sorted(dated, reverse=True)]
    return newest_first + built_in.names(home)


def in_use(home: Home) -> str | None:
    """Return the model that songs are scored with: the chosen one, else the newest, else `names`
    where two genres are defined, else `tags`; None without a model and without the ear."""
    listed = names(home)
    chosen = model_store.chosen_name(home)
    if chosen in listed:
        return chosen
    return listed[0] if listed else None


def name_or_in_use(home: Home, name: str | None) -> str:
    """Return `name`, or else the model in use; ModelError where there is no model at all."""
    name = name or in_use(home)
    if name is None:
        raise ModelError(
            "there is no model yet: fetch the pretrained ear (genrefit ear) for answers without "
            "training, or train one (genrefit train)"
        )
    return name


def to_stay_in_use(home: Home) -> str | None:
    """Return the model that a newly saved one does not replace by itself.

    None where no model of the user's answers, and the user chose no built-in one either: then the
    first model that is trained comes into use.
    """
    name = in_use(home)
    if name in built_in.MODELS and model_store.chosen_name(home) != name:
        return None
    return name
