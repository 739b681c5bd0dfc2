"""Folders and constants; the environment is read at call time so that tests can move the home."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

SR = 22_050
"""Sample rate in Hz at which hand-made features are computed."""
SEGMENT_SECONDS = 10.0
"""Length of a segment."""
SHORTEST_SEGMENT_SECONDS = 5.0
"""A tail, and hence a song, shorter than this is not used."""
SONG_SECONDS = 240.0
"""Only the first four minutes of a song are listened to."""

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent
"""The folder that holds the package; only where IN_CHECKOUT is it a checkout."""
IN_CHECKOUT = (CHECKOUT / "pyproject.toml").is_file() and (CHECKOUT / "app.py").is_file()
"""Whether this runs from a checkout, or from an installed package."""
DASHBOARD = CHECKOUT if IN_CHECKOUT else PACKAGE / "dashboard"
"""The folder of app.py, pages/ and .streamlit/; the wheel holds them inside the package."""
EXAMPLE_GENRES = DASHBOARD / "data" / "genres.example.json"


@dataclass(frozen=True, slots=True)
class Home:
    """Where a user's genres, library and models live; `path` may be given as a text."""

    path: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", Path(self.path).expanduser())

    @property
    def data(self) -> Path:
        """Folder of genres.json and the library."""
        return self.path / "data"

    @property
    def genres(self) -> Path:
        """The genre definitions, kept by hand or by program."""
        return self.data / "genres.json"

    @property
    def library(self) -> Path:
        """The SQLite file of songs, features, failures, jobs and situations."""
        return self.data / "library.sqlite"

    @property
    def dropped(self) -> Path:
        """Songs that were dropped onto a genre; kept until their source is removed."""
        return self.data / "dropped"

    @property
    def work(self) -> Path:
        """Audio in hand while a song is collected or scored; emptied after each song."""
        return self.data / "work"

    @property
    def logs(self) -> Path:
        """Log files of jobs and of errors shown in the dashboard."""
        return self.data / "logs"

    @property
    def models(self) -> Path:
        """Saved models, a folder each."""
        return self.path / "models"

    @property
    def ear(self) -> Path:
        """The pretrained ear's network."""
        return self.models / "ear"


def is_hosted() -> bool:
    """Tell whether this program serves strangers (GENREFIT_HOSTED=1): see docs/trust.md."""
    return os.environ.get("GENREFIT_HOSTED", "").strip().lower() in ("1", "true", "yes", "on")


def home(path: str | os.PathLike[str] | None = None) -> Home:
    """Return the home at `path`, else at GENREFIT_HOME, else the default. Creates no folder."""
    chosen = path or os.environ.get("GENREFIT_HOME")
    return Home(Path(chosen).expanduser().resolve()) if chosen else default_home()


def default_home() -> Home:
    """Return the checkout as home, or the user's data folder where there is no checkout."""
    if IN_CHECKOUT:
        return Home(CHECKOUT)
    from platformdirs import user_data_path

    return Home(user_data_path("genrefit", appauthor=False))
