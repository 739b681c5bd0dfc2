"""What this machine has and lacks for genrefit."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from genrefit import __version__
from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.features import musicnn
from genrefit.library import open_library
from genrefit.library.genres import read

PACKAGES = ("streamlit", "scikit-learn", "numpy", "scipy", "pandas", "av", "onnxruntime", "yt-dlp")
LEAST_FREE_BYTES = 1_000_000_000
OLD_DAYS = 90
"""Sites change: a yt-dlp older than this often fails on some."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `mend` says what to do where it is not well."""

    what: str
    well: bool
    found: str
    needed: bool = False
    mend: str = ""


def examine(home: Home) -> dict[str, Any]:
    """Return versions and checks, with the keys of `genrefit doctor --json`."""
    checks = [
        _disk(home),
        _yt_dlp(date.today()),
        _javascript(),
        _ear(),
        _genres(home),
        _library(home),
    ]
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {
        "genrefit": __version__,
        "python": platform.python_version(),
        "home": str(home.path),
        "versions": versions,
        "checks": [_about(home, versions), *map(asdict, checks)],
    }


def _about(home: Home, versions: dict[str, str]) -> dict[str, Any]:
    packages = ", ".join(f"{name} {version}" for name, version in versions.items())
    text = (
        f"genrefit {__version__}, Python {platform.python_version()}, {packages}; home {home.path}"
    )
    return asdict(Check("versions", True, text))


def _disk(home: Home) -> Check:
    there: Path = home.path
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    return Check(
        "free disk",
        free > LEAST_FREE_BYTES,
        f"{free / 1e9:.1f} GB",
        needed=True,
        mend="free some space, or put the home on another disk (--home)",
    )


def _yt_dlp(today: date) -> Check:
    version = importlib.metadata.version("yt-dlp")
    year, month, day = (int(part) for part in version.split(".")[:3])
    age = (today - date(year, month, day)).days
    return Check(
        "yt-dlp's age",
        age <= OLD_DAYS,
        f"{age} days ({version})",
        mend="sites change: update genrefit, or run .venv/bin/python -m pip install -U yt-dlp",
    )


def _javascript() -> Check:
    from deno import find_deno_bin

    mend = "YouTube needs it: run make setup again"
    try:
        return Check("JavaScript runtime", True, str(find_deno_bin()))
    except FileNotFoundError:
        return Check("JavaScript runtime", False, "deno is missing", mend=mend)


def _ear() -> Check:
    state = musicnn.state()
    return Check(
        "pretrained ear",
        state["ready"],
        state["missing"] or f"{state['network']}, in {state['folder']}",
        mend="genrefit ear fetches it (29 MB); all else works without",
    )


def _genres(home: Home) -> Check:
    try:
        count = len(read(home))
    except GenrefitError as error:
        return Check("genres", False, str(error), needed=True, mend="mend the file")
    return Check("genres", count > 0, f"{count} defined", mend="genrefit genres add NAME FOLDER")


def _library(home: Home) -> Check:
    if not home.library.exists():
        return Check("library", False, "none yet", mend="genrefit collect makes it")
    try:
        with open_library(home) as library:
            found = library.summary()
    except GenrefitError as error:
        return Check("library", False, str(error), needed=True, mend="see above")
    text = (
        f"{found['songs']:,} songs, {found['segments']:,} segments, {len(found['failed'])} failed"
    )
    return Check("library", True, text)
