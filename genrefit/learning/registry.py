"""Saved models: a folder each under models/, whole or not there, checked before use.

models/<name>/ holds model.skops (loaded with our own list of trusted types, never by pickle),
card.json (what it is, and the digests of the others), report.json (how good it is) and
out_of_fold.json (what it says of its own training songs without having heard them).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from genrefit.config import Home
from genrefit.errors import ModelError
from genrefit.features import FEATURE_SETS, ear_is_ready
from genrefit.learning.model import TRUSTED, GenreModel
from genrefit.storage import OLD, PART, restore_folder, swap_folder, write_whole

if TYPE_CHECKING:
    from genrefit.learning.tag_model import TagModel

BUILT_IN = "tags"
FORMAT = 1
MODEL, CARD, REPORT, OUT_OF_FOLD = "model.skops", "card.json", "report.json", "out_of_fold.json"
IN_USE = "in_use.json"
_RESERVED = {BUILT_IN, "ear"}
_NAME = re.compile(r"[^\W_][\w .,+-]{0,63}")


def names(home: Home) -> list[str]:
    """Return the saved models' names, the newest first, then `tags` where the ear is ready."""
    _recover(home)
    found = [(_card(home, name).get("date", ""), name) for name in _saved(home)]
    newest_first = [name for _, name in sorted(found, reverse=True)]
    return newest_first + ([BUILT_IN] if ear_is_ready(home) else [])


def listing(home: Home) -> list[dict[str, Any]]:
    """Return every model's name, whether it is in use, and its card, as the command line and the
    HTTP interface show them; a model that cannot be read has an `error` in place of a card.
    """
    chosen = in_use(home)
    found = []
    for name in names(home):
        row: dict[str, Any] = {"name": name, "in_use": name == chosen}
        try:
            row |= {
                key: value
                for key, value in card(home, name).items()
                if key not in ("sha256", "columns")
            }
        except ModelError as error:
            row["error"] = str(error)
        found.append(row)
    return found


def load(home: Home, name: str) -> GenreModel | TagModel:
    """Return a model ready for use.

    ModelError where there is none of that name, its files are damaged or hold foreign types, or
    it was trained on another version of its features.
    """
    if name == BUILT_IN:
        return _tags()
    folder, card = _known(home, name)
    chosen = FEATURE_SETS.get(card["features"])
    if chosen is None or chosen.version != card["version"]:
        now = "is not there any more" if chosen is None else f"has version {chosen.version} now"
        raise ModelError(
            f"the model {name!r} was trained on version {card['version']} of the features "
            f"{card['features']!r}, which {now}: train it again"
        )
    if tuple(card["columns"]) != tuple(chosen.columns):
        raise ModelError(
            f"the model {name!r} was trained on other columns of {card['features']!r}: "
            "train it again"
        )
    return GenreModel.from_state(
        _state(_read(folder, MODEL, card), name),
        genres=card["genres"],
        features=card["features"],
        version=card["version"],
        columns=card["columns"],
    )


def card(home: Home, name: str) -> dict[str, Any]:
    """Return what a model is: genres, features, pipeline, data, versions, date."""
    if name == BUILT_IN:
        model = _tags()
        return {
            "name": BUILT_IN,
            "built_in": True,
            "genres": list(model.genres),
            "features": model.features,
            "version": model.version,
            "what": "a general ear, not trained on your playlists",
        }
    return {**_known(home, name)[1], "name": name, "built_in": False}


def report(home: Home, name: str) -> dict[str, Any]:
    """Return how good a model is, as training wrote it."""
    if name == BUILT_IN:
        raise ModelError(
            "'tags' is a general ear, not trained on your playlists, so there is no report on it: "
            "train a model of your own"
        )
    folder, about = _known(home, name)
    return {**json.loads(_read(folder, REPORT, about)), "model": name}


def out_of_fold(home: Home, name: str) -> pd.DataFrame:
    """Return likelihoods of the training songs, each from a fit that had not heard it.

    A row a song (index song_id), a column a genre; empty for `tags`.
    """
    if name == BUILT_IN:
        genres, songs = list(_tags().genres), {}
    else:
        folder, about = _known(home, name)
        content = json.loads(_read(folder, OUT_OF_FOLD, about))
        genres, songs = content["genres"], content["songs"]
    index = pd.Index(list(songs), name="song_id", dtype=object)
    return pd.DataFrame(list(songs.values()), index=index, columns=genres, dtype=float)


def save(
    home: Home,
    *,
    name: str,
    model: GenreModel,
    card: Mapping[str, Any],
    report: Mapping[str, Any],
    out_of_fold: pd.DataFrame,
    replace: bool = False,
) -> str:
    """Save a model as a whole and return its name. ModelError where the name is taken."""
    from skops import io

    files = {
        MODEL: io.dumps(model.state(), compression=8),
        REPORT: _json({**report, "model": name}),
        OUT_OF_FOLD: _json(
            {
                "genres": list(out_of_fold.columns),
                "songs": {
                    song_id: [float(f"{p:.6g}") for p in row]
                    for song_id, row in zip(out_of_fold.index, out_of_fold.to_numpy(), strict=True)
                },
            }
        ),
    }
    about = {
        **card,
        "format": FORMAT,
        "genres": list(model.genres),
        "features": model.features,
        "version": model.version,
        "columns": list(model.columns),
        "sha256": {file: hashlib.sha256(content).hexdigest() for file, content in files.items()},
    }
    with _locked(home):
        check_name(home, name, replace=replace)
        part = home.models / f"{name}{PART}"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for file, content in {**files, CARD: _json(about)}.items():
            write_whole(part / file, content)
        swap_folder(part, home.models / name)
    return name


def check_name(home: Home, name: str, *, replace: bool = False) -> None:
    """ModelError where a model cannot have this name, or another has it and stays."""
    if not _NAME.fullmatch(name) or name.endswith((PART, OLD, ".", " ")):
        raise ModelError(
            f"{name!r} cannot name a model: use up to 64 letters, digits, spaces and . , + - _, "
            "starting with a letter or digit"
        )
    if name.casefold() in _RESERVED:
        raise ModelError(f"the name {name!r} is genrefit's own: choose another")
    if not replace and (home.models / name).exists():
        raise ModelError(
            f"there is a model {name!r} already: choose another name, or replace it (--replace)"
        )


def fresh_name(home: Home, genres: Sequence[str], features: str) -> str:
    """Return a readable name that is not taken, such as "jazz-rock-ear-2027-03-01"."""
    few = [re.sub(r"[^\w]+", "_", genre).strip("_").lower() for genre in genres]
    what = "-".join(few) if len(genres) <= 3 else f"{len(genres)}-genres"
    if len(what) > 40 or not _NAME.fullmatch(what):
        what = f"{len(genres)}-genres"
    base = f"{what}-{features}-{datetime.now().astimezone():%Y-%m-%d}"
    taken = {name.casefold() for name in _saved(home)} | _RESERVED
    number = 1
    while (name := base if number == 1 else f"{base}-{number}").casefold() in taken:
        number += 1
    return name


def delete(home: Home, name: str) -> None:
    """Delete a saved model."""
    _own(name, "deleted")
    _recover(home)
    with _locked(home):
        folder = _folder(home, name)
        gone = home.models / f".{name}{PART}"
        folder.replace(gone)  # at once out of sight, then at leisure off the disk
        shutil.rmtree(gone)


def rename(home: Home, name: str, new: str) -> None:
    """Give a saved model another name; it stays in use if it was chosen."""
    _own(name, "renamed")
    _recover(home)
    with _locked(home):
        folder = _folder(home, name)
        check_name(home, new)
        chosen = _chosen(home) == name
        folder.replace(home.models / new)
        if chosen:
            write_whole(home.models / IN_USE, _json({"model": new}))


def in_use(home: Home) -> str | None:
    """Return the model that songs are scored with: the chosen one, else the newest, else `tags`
    where the ear is ready, else None."""
    there = names(home)
    chosen = _chosen(home)
    if chosen in there:
        return chosen
    return there[0] if there else None


def use(home: Home, name: str) -> None:
    """Choose the model that songs are scored with."""
    if name != BUILT_IN:
        _known(home, name)
    with _locked(home):
        write_whole(home.models / IN_USE, _json({"model": name}))


def _tags() -> TagModel:
    from genrefit.learning.tag_model import TagModel

    return TagModel()


def _state(content: bytes, name: str) -> dict[str, Any]:
    from skops import io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        return io.loads(content, trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise ModelError(
            f"the model {name!r} holds types that genrefit does not trust ({error}): do not use "
            "it; train a model of your own"
        ) from error


def _known(home: Home, name: str) -> tuple[Path, dict[str, Any]]:
    """Return a model's folder and card; ModelError where either is not as it should be."""
    _recover(home)
    folder = _folder(home, name)
    about = _card(home, name)
    if missing := {"format", "genres", "features", "version", "columns", "sha256"} - set(about):
        raise ModelError(
            f"the card of the model {name!r} at {folder / CARD} is damaged (no "
            f"{', '.join(sorted(missing))}): delete the model and train it again"
        )
    if about["format"] > FORMAT:
        raise ModelError(f"the model {name!r} was saved by a newer genrefit: update genrefit")
    return folder, about


def _read(folder: Path, file: str, about: Mapping[str, Any]) -> bytes:
    """Return a file's content, checked against the card."""
    path = folder / file
    if not path.is_file():
        raise ModelError(f"{path} is missing: delete the model and train it again")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != about["sha256"].get(file):
        raise ModelError(
            f"{path} is not what was saved: it was changed or damaged; put back a copy, or delete "
            "the model and train it again"
        )
    return content


def _card(home: Home, name: str) -> dict[str, Any]:
    """Return a saved model's card as it stands, {} where it cannot be read."""
    try:
        found = json.loads((home.models / name / CARD).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _folder(home: Home, name: str) -> Path:
    there = _saved(home)
    if name not in there:
        listed = f"there are {', '.join(there)}" if there else "none has been trained yet"
        raise ModelError(f"there is no model {name!r}: {listed}")
    return home.models / name


def _saved(home: Home) -> list[str]:
    if not home.models.is_dir():
        return []
    return sorted(
        folder.name
        for folder in home.models.iterdir()
        if folder.name.casefold() not in _RESERVED
        and not folder.name.startswith(".")
        and not folder.name.endswith((PART, OLD))
        and (folder / CARD).is_file()
    )


def _recover(home: Home) -> None:
    """Bring back a model whose replacement was interrupted between two renames."""
    for old in home.models.glob(f".*{OLD}"):
        folder = home.models / old.name[1 : -len(OLD)]
        if not folder.exists():
            with _locked(home):
                restore_folder(folder)


def _chosen(home: Home) -> str | None:
    path = home.models / IN_USE
    if not path.is_file():
        return None
    try:
        return str(json.loads(path.read_bytes())["model"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is damaged: delete it, or choose a model anew") from error


def _own(name: str, what: str) -> None:
    if name == BUILT_IN:
        raise ModelError(f"the built-in model 'tags' cannot be {what}")


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    from filelock import FileLock

    home.models.mkdir(parents=True, exist_ok=True)
    with FileLock(home.models / ".lock"):
        yield
