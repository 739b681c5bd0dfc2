"""Names of models: which are allowed, and a readable one where none is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from genrefit.config import Home
from genrefit.errors import ModelError
from genrefit.learning import model_store
from genrefit.learning.model_store import RESERVED
from genrefit.storage import OLD, PART

_NAME = re.compile(r"[^\W_][\w .,+-]{0,63}")


def check_name(home: Home, name: str, *, replace: bool = False) -> None:
    """ModelError where a model cannot have this name, or another has it and stays."""
    if not _NAME.fullmatch(name) or name.endswith((PART, OLD, ".", " ")):
        raise ModelError(
            f"{name!r} cannot name a model: use up to 64 letters, digits, spaces and . , + - _, "
            "starting with a letter or digit"
        )
    if name.casefold() in RESERVED:
        raise ModelError(f"the name {name!r} is genrefit's own: choose another")
    if not replace and (home.models / name).exists():
        raise ModelError(
            f"there is a model {name!r} already: choose another name, or replace it (--replace)"
        )


def next_name(home: Home, name: str) -> str:
    """Return the name for a model that is trained again as `name` was: "mine-2" after "mine"."""
    base = re.sub(r"-[2-9]\d*$", "", name)
    taken = {each.casefold() for each in model_store.saved_names(home)} | RESERVED
    number = 2
    while (new := f"{base[: 63 - len(str(number))]}-{number}").casefold() in taken:
        number += 1
    return new


def fresh_name(home: Home, genres: Sequence[str], features: str) -> str:
    """Return a readable name that is not taken, such as "jazz-rock-ear-2027-03-01"."""
    words = [re.sub(r"[^\w]+", "_", genre).strip("_").lower() for genre in genres]
    what = "-".join(words) if len(genres) <= 3 else f"{len(genres)}-genres"
    if len(what) > 40 or not _NAME.fullmatch(what):
        what = f"{len(genres)}-genres"
    base = f"{what}-{features}-{datetime.now().astimezone():%Y-%m-%d}"
    taken = {name.casefold() for name in model_store.saved_names(home)} | RESERVED
    number = 1
    while (name := base if number == 1 else f"{base}-{number}").casefold() in taken:
        number += 1
    return name
