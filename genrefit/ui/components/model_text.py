"""What pages say of the models that need no training."""

from __future__ import annotations

from genrefit.config import Home
from genrefit.learning import registry
from genrefit.ui import cache
from genrefit.ui.layout import escape

KNOWS = {
    registry.NAMES: "any of your genres",
    registry.TAGS: "any genre that the general ear knows",
}
"""What a song is unlike that a built-in model finds unlike all of its genres."""
WHOSE = {
    registry.NAMES: "by what your genres' names stand for, not yet by your songs",
    registry.TAGS: "by a general ear, not trained on your playlists",
}
"""By what a built-in model answers."""


LABELS = {registry.NAMES: "from your genres' names", registry.TAGS: "a general ear"}
"""What a picker says beside a built-in model's name."""


def label(name: str, *, in_use: bool) -> str:
    """Return a model's name for a picker, with what a built-in one is, and whether it is in use."""
    notes = [LABELS[name]] if name in LABELS else []
    notes += ["in use"] if in_use else []
    return f"{name} ({', '.join(notes)})" if notes else name


def said_by(name: str) -> str:
    """Return in a sentence of Markdown which model has spoken."""
    if name in WHOSE:
        return f"Said by **{name}**: {WHOSE[name]}."
    return f"Said by your model **{escape(name)}**."


def introduction(home: Home, name: str) -> str:
    """Return in a sentence of Markdown what a model is that needs no training; "" for others."""
    what = cache.card(home, name).what if name in WHOSE else None
    return f"{escape(what[0].upper() + what[1:])}." if what else ""
