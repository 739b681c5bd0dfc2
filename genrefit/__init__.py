"""genrefit learns what your genres sound like from playlists and tells how well songs fit them.

The verbs of docs/api.md are imported when they are first used, so that `import genrefit` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genrefit.collecting.collector import CollectionResult as CollectionResult
    from genrefit.config import Home as Home
    from genrefit.errors import AudioError as AudioError
    from genrefit.errors import Cancelled as Cancelled
    from genrefit.errors import ClusterError as ClusterError
    from genrefit.errors import EarError as EarError
    from genrefit.errors import GenreError as GenreError
    from genrefit.errors import GenrefitError as GenrefitError
    from genrefit.errors import JobError as JobError
    from genrefit.errors import LibraryError as LibraryError
    from genrefit.errors import ModelError as ModelError
    from genrefit.errors import QueryError as QueryError
    from genrefit.errors import SourceError as SourceError
    from genrefit.errors import SplitError as SplitError
    from genrefit.errors import TrainError as TrainError
    from genrefit.interface import add_genre as add_genre
    from genrefit.interface import collect as collect
    from genrefit.interface import find as find
    from genrefit.interface import score as score
    from genrefit.interface import train as train
    from genrefit.learning.report import Report as Report
    from genrefit.records import Failure as Failure
    from genrefit.records import Progress as Progress
    from genrefit.scoring import ScoredSong as ScoredSong
    from genrefit.search import Hit as Hit

__version__ = "0.1.0"

_MODULES = {
    "genrefit.interface": ("add_genre", "collect", "find", "score", "train"),
    "genrefit.config": ("Home",),
    "genrefit.records": ("Failure", "Progress"),
    "genrefit.collecting.collector": ("CollectionResult",),
    "genrefit.learning.report": ("Report",),
    "genrefit.scoring": ("ScoredSong",),
    "genrefit.search": ("Hit",),
    "genrefit.errors": (
        "AudioError",
        "Cancelled",
        "ClusterError",
        "EarError",
        "GenreError",
        "GenrefitError",
        "JobError",
        "LibraryError",
        "ModelError",
        "QueryError",
        "SourceError",
        "SplitError",
        "TrainError",
    ),
}
_DEFINED_IN = {name: module for module, names in _MODULES.items() for name in names}

__all__ = ["__version__", *sorted(_DEFINED_IN)]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _DEFINED_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_DEFINED_IN[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
