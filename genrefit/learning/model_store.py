"""The folders of saved models: read with their digests checked, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from genrefit.config import Home
from genrefit.errors import ModelError
from genrefit.learning import bounded_files
from genrefit.learning.model import TRUSTED
from genrefit.learning.report import ModelCard
from genrefit.library import open_library, restoring
from genrefit.storage import OLD, PART, erase, restore_folder, swap_folder, write_whole

FORMAT = 1
MODEL, CARD, REPORT = "model.skops", "card.json", "report.json"
OUT_OF_FOLD, OUT_OF_FOLD_SEGMENTS = "out_of_fold.json", "out_of_fold_segments.npz"
IN_USE = "in_use.json"
LOCK = ".lock"
RESERVED = frozenset({"names", "tags", "ear"})
"""Names of the built-in models and of the ear's folder, which no trained model can have."""


def saved_names(home: Home) -> list[str]:
    """Return the names of the saved models, ascending."""
    if not home.models.is_dir():
        return []
    return sorted(
        folder.name
        for folder in home.models.iterdir()
        if folder.name.casefold() not in RESERVED
        and not folder.name.startswith(".")
        and not folder.name.endswith((PART, OLD))
        and (folder / CARD).is_file()
    )


def saved_date(home: Home, name: str) -> str:
    """Return when a model was trained, "" where its card cannot be read."""
    return str(_card_values(home, name).get("date", ""))


def stamp(home: Home, name: str) -> tuple[object, ...]:
    """Return what tells one version of a saved model from the next; () where there is none."""
    try:
        status = (home.models / name / CARD).stat()
    except OSError:
        return ()
    return (status.st_mtime_ns, status.st_size)


def model_folder(home: Home, name: str) -> Path:
    """Return a saved model's folder; ModelError where there is none of that name."""
    saved = saved_names(home)
    if name not in saved:
        listed = f"there are {', '.join(saved)}" if saved else "none has been trained yet"
        raise ModelError(f"there is no model {name!r}: {listed}")
    return home.models / name


def open_model(home: Home, name: str) -> tuple[Path, ModelCard]:
    """Return a model's folder and card; ModelError where either is not as it should be."""
    undo_interrupted(home)
    folder = model_folder(home, name)
    values = _card_values(home, name)
    if missing := {"format", "genres", "features", "version", "columns", "sha256"} - set(values):
        raise ModelError(
            f"the card of the model {name!r} at {folder / CARD} is damaged (no "
            f"{', '.join(sorted(missing))}): delete the model and train it again"
        )
    if not isinstance(values["format"], int) or values["format"] > FORMAT:
        raise ModelError(f"the model {name!r} was saved by a newer genrefit: update genrefit")
    try:
        return folder, replace(ModelCard.from_json(values), name=name, built_in=False)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"the card of the model {name!r} at {folder / CARD} is damaged ({error}): delete the "
            "model and train it again"
        ) from error


def read_file(folder: Path, file: str, card: ModelCard) -> bytes:
    """Return a file's content, checked against the card's digest."""
    path = folder / file
    if not path.is_file():
        raise ModelError(f"{path} is missing: delete the model and train it again")
    content = bounded_files.read(path)
    if hashlib.sha256(content).hexdigest() != (card.sha256 or {}).get(file):
        raise ModelError(
            f"{path} is not what was saved: it was changed or damaged; put back a copy, or delete "
            "the model and train it again"
        )
    if path.suffix in (".skops", ".npz"):
        bounded_files.check_archive(content, path)
    elif path.suffix == ".json":
        bounded_files.read_json(content, path)
    return content


def read_state(folder: Path, card: ModelCard) -> dict[str, Any]:
    """Return a model's parameters, loaded without pickle; ModelError for foreign types."""
    from skops import io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        state: dict[str, Any] = io.loads(read_file(folder, MODEL, card), trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise ModelError(
            f"the model {folder.name!r} holds types that genrefit does not trust ({error}): do "
            "not use it; train a model of your own"
        ) from error
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"the model {folder.name!r} cannot be loaded ({type(error).__name__}): its file is "
            "damaged; delete it and train it again"
        ) from error
    return state


def write_folder(home: Home, name: str, files: Mapping[str, bytes], card: ModelCard) -> None:
    """Write a model's files and its card with their digests; call it within `models_lock`."""
    digests = {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
    card = replace(card, name=None, built_in=None, format=FORMAT, sha256=digests)
    part = home.models / f"{name}{PART}"
    erase(part, within=home.models)
    part.mkdir()
    for file, content in {**files, CARD: json_bytes(card.to_json())}.items():
        write_whole(part / file, content)
    swap_folder(part, home.models / name)


def remove_folder(home: Home, name: str) -> None:
    """Delete a saved model, so that it can be undone; call it within `models_lock`."""
    folder = model_folder(home, name)
    with open_library(home) as library, library.change(f"deleted the model {name}"):
        library.discard_file(folder, trash=home.models)


def rename_folder(home: Home, name: str, new: str) -> None:
    """Rename a saved model, so that it can be undone; call it within `models_lock`."""
    folder = model_folder(home, name)
    with open_library(home) as library, library.change(f"renamed the model {name} to {new}"):
        library.move_file(folder, home.models / new)
    follow_rename(home, name, new)


def follow_rename(home: Home, name: str, new: str) -> None:
    """Keep a model in use that was chosen before it was renamed."""
    if chosen_name(home) == name:
        write_chosen(home, new)


def undo_interrupted(home: Home) -> None:
    """Bring back a model whose replacement was interrupted between two renames.

    A model that was called `names` before that became a built-in model's name is "names-1" now.
    """
    restoring.finish(home)
    if (home.models / "names" / CARD).is_file():
        _free_name(home, "names")
    for old in home.models.glob(f".*{OLD}"):
        with models_lock(home):
            restore_folder(home.models / old.name[1 : -len(OLD)])


def _free_name(home: Home, name: str) -> None:
    """Give a model whose name is now reserved another; it stays in use if it was chosen."""
    with models_lock(home):
        number = 1
        while (home.models / (new := f"{name}-{number}")).exists():
            number += 1
        if chosen_name(home) == name:
            write_chosen(home, new)
        (home.models / name).replace(home.models / new)


def chosen_name(home: Home) -> str | None:
    """Return the name of the model that the user chose, None where none was chosen."""
    path = home.models / IN_USE
    if not path.is_file():
        return None
    try:
        return str(bounded_files.read_json(bounded_files.read(path), path)["model"])
    except (ModelError, KeyError) as error:
        raise ModelError(f"{path} is damaged: delete it, or choose a model anew") from error


def write_chosen(home: Home, name: str) -> None:
    """Record which model the user chose; call it within `models_lock`."""
    write_whole(home.models / IN_USE, json_bytes({"model": name}))


def json_bytes(content: Mapping[str, Any]) -> bytes:
    """Return a file of JSON."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


@contextmanager
def models_lock(home: Home) -> Iterator[None]:
    """Let one process at a time change the saved models."""
    from filelock import FileLock

    home.models.mkdir(parents=True, exist_ok=True)
    with FileLock(home.models / LOCK):
        yield


def _card_values(home: Home, name: str) -> dict[str, Any]:
    """Return what a card holds as it stands, {} where it cannot be read."""
    try:
        path = home.models / name / CARD
        return bounded_files.read_json(bounded_files.read(path), path)
    except ModelError:
        return {}
