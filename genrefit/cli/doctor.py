"""What this machine has and lacks for genrefit."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from genrefit import __version__
from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.features import EarStatus, ear_status, second_ear_status
from genrefit.formatting import count
from genrefit.library import open_library
from genrefit.library.genres import read

PACKAGES = ("streamlit", "scikit-learn", "numpy", "scipy", "pandas", "av", "onnxruntime", "yt-dlp")
LEAST_FREE_BYTES = 1_000_000_000
OLD_DAYS = 90
"""Sites change: a yt-dlp older than this often fails on some, if there is a newer one."""
TOO_OLD_DAYS = 270
"""A yt-dlp older than this is called old even where the package index cannot be asked."""
ASK_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is well, its state in words, and what to do if it is not."""

    what: str
    well: bool
    state: str
    needed: bool = False
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the check with the keys of `genrefit doctor --json`."""
        return {
            "what": self.what,
            "well": self.well,
            "found": self.state,
            "needed": self.needed,
            "mend": self.remedy,
        }


@dataclass(frozen=True, slots=True)
class Examination:
    """Versions and checks of one home on this machine."""

    home: Path
    versions: Mapping[str, str]
    checks: tuple[Check, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the form of `genrefit doctor --json`."""
        return {
            "genrefit": __version__,
            "python": platform.python_version(),
            "home": str(self.home),
            "versions": dict(self.versions),
            "checks": [check.to_json() for check in self.checks],
        }


def examine(home: Home) -> Examination:
    """Look at versions, disk, yt-dlp, JavaScript runtime, ear, genres and library."""
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return Examination(
        home.path,
        versions,
        (
            _versions(home, versions),
            _disk(home),
            yt_dlp_age(versions["yt-dlp"], date.today(), newest_release),
            _javascript(),
            _network("pretrained ear", ear_status(home), megabytes=29),
            _network("second ear", second_ear_status(home), megabytes=7),
            _genres(home),
            _library(home),
        ),
    )


def _versions(home: Home, versions: Mapping[str, str]) -> Check:
    packages = ", ".join(f"{name} {version}" for name, version in versions.items())
    python = platform.python_version()
    return Check(
        "versions", True, f"genrefit {__version__}, Python {python}, {packages}; home {home.path}"
    )


def _disk(home: Home) -> Check:
    existing: Path = home.path
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    return Check(
        "free disk",
        free > LEAST_FREE_BYTES,
        f"{free / 1e9:.1f} GB",
        needed=True,
        remedy="free some space, or put the home on another disk (--home)",
    )


def yt_dlp_age(version: str, today: date, newest: Callable[[str], str | None]) -> Check:
    """Judge a version of yt-dlp, which is its date.

    One older than OLD_DAYS is called old only where `newest` knows of a newer one: the newest
    there is cannot be renewed. Where `newest` returns None, TOO_OLD_DAYS decides.
    """
    year, month, day = (int(part) for part in version.split(".")[:3])
    age = (today - date(year, month, day)).days
    latest = newest("yt-dlp") if age > OLD_DAYS else version
    well = age <= TOO_OLD_DAYS if latest is None else latest == version
    newer = f", {latest} is the newest" if latest not in (None, version) else ""
    return Check(
        "yt-dlp's age",
        well,
        f"{age} days ({version}{newer})",
        remedy="sites change: update genrefit, or run "
        f"{sys.executable} -m pip install -U 'yt-dlp[default,deno]'",
    )


def newest_release(package: str) -> str | None:
    """Return the newest version of an installed package, None where pip cannot tell."""
    command = [
        sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--upgrade",
        "--retries", "0", "--timeout", "5", "--disable-pip-version-check", "--report", "-", package,
    ]  # fmt: skip
    try:
        report = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=ASK_SECONDS
        )
        newer = json.loads(report.stdout)["install"]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return None
    installed = importlib.metadata.version(package)
    return str(newer[0]["metadata"]["version"]) if newer else installed


def _javascript() -> Check:
    from deno import find_deno_bin

    remedy = "YouTube needs it: run make setup again"
    try:
        return Check("JavaScript runtime", True, str(find_deno_bin()))
    except FileNotFoundError:
        return Check("JavaScript runtime", False, "deno is missing", remedy=remedy)


def _network(what: str, status: EarStatus, *, megabytes: int) -> Check:
    return Check(
        what,
        status.ready,
        status.missing or f"{status.network}, in {status.folder}",
        remedy=f"genrefit ear fetches it ({megabytes} MB); all else works without",
    )


def _genres(home: Home) -> Check:
    try:
        number = len(read(home))
    except GenrefitError as error:
        return Check("genres", False, str(error), needed=True, remedy="mend the file")
    return Check(
        "genres", number > 0, f"{number} defined", remedy="genrefit genres add NAME FOLDER"
    )


def _library(home: Home) -> Check:
    if not home.library.exists():
        return Check("library", False, "none yet", remedy="genrefit collect makes it")
    try:
        with open_library(home) as library:
            summary = library.summary()
    except GenrefitError as error:
        return Check("library", False, str(error), needed=True, remedy="see above")
    return Check(
        "library",
        True,
        f"{count(summary['songs'], 'song')}, {count(summary['segments'], 'segment')}, "
        f"{len(summary['failed'])} failed",
    )
