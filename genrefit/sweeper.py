"""What killed processes left in a home, erased at the next start: the one place that does.

A part belongs to the process whose id or lock it bears; what belongs to a living one stays.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from genrefit import history
from genrefit.collecting.collector import lock_collection
from genrefit.config import Home
from genrefit.errors import GenrefitError, JobError
from genrefit.learning import model_store
from genrefit.library import database, genres, restoring
from genrefit.library.genre_tables import is_dropped
from genrefit.library.journal_files import ORPHANS, TRASH
from genrefit.library.lost import BACKUPS
from genrefit.storage import DEAD, OLD, PART, erase, erase_dead_parts, restore_folder, sweep

log = logging.getLogger(__name__)

ORPHAN_DAYS = 30
"""So long dropped songs that no genre has are kept in the trash: a genre may want them back."""


def sweep_home(home: Home) -> None:
    """Erase what killed processes left in a home; what cannot be swept now is left and logged."""
    steps: tuple[Callable[[Home], None], ...] = (
        _work,
        _parts,
        _unfinished,
        _models,
        _renamed,
        _dropped,
    )
    for step in steps:
        try:
            step(home)
        except (GenrefitError, OSError) as error:  # a start must not fail for what is left over
            log.warning("leftovers in %s were not swept: %s", home.path, error)


def _work(home: Home) -> None:
    """Audio in hand: downloads and their parts, uploads of requests and pages."""
    if home.work.is_dir():
        sweep(home.work)


def _parts(home: Home) -> None:
    """Files that were being written, songs that were being dropped among them."""
    dropped = home.dropped.iterdir() if home.dropped.is_dir() else ()
    for folder in (home.data, home.data / BACKUPS, home.models, *dropped):
        if folder.is_dir():
            erase_dead_parts(folder)


def _unfinished(home: Home) -> None:
    """Libraries that were being made, and a backup that was being unpacked."""
    for folder in database.unfinished(home.data):
        erase(folder, within=home.data)
    restoring.finish(home)
    if (home.data / restoring.STAGED).is_dir():
        with suppress(JobError), lock_collection(home):  # else it is being unpacked just now
            erase(home.data / restoring.STAGED, within=home.data)


def _models(home: Home) -> None:
    """Models that were being saved or replaced; what was replaced never comes back."""
    if not home.models.is_dir():
        return
    left = [f for end in (PART, OLD, OLD + DEAD) for f in home.models.glob(f"*{end}")]
    if not left:
        return
    try:
        with FileLock(home.models / model_store.LOCK).acquire(timeout=0):
            for folder in home.models.glob(f".*{OLD}"):
                restore_folder(home.models / folder.name[1 : -len(OLD)])
            for folder in home.models.glob(f".*{OLD}{DEAD}"):
                erase(folder, within=home.models)
            for folder in home.models.glob(f"*{PART}"):
                if folder.is_dir() and not _is_in_hand(folder):
                    erase(folder, within=home.models)
    except Timeout:
        return  # a model is being saved just now


def _renamed(home: Home) -> None:
    """Genres that a change renamed in the library, but not in the models any more."""
    if home.library.exists():
        with suppress(GenrefitError):  # a library that cannot be opened is said where it is used
            history.finish(home)


def _is_in_hand(part: Path) -> bool:
    """Tell whether a part is an ear that is being built: those have locks of their own."""
    lock = part.with_name(f".{part.name[: -len(PART)]}{model_store.LOCK}")
    if not lock.exists():
        return False
    try:
        with FileLock(lock).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _dropped(home: Home) -> None:
    """Put aside what was dropped onto a genre that never got it for a source."""
    aside = home.data / TRASH / ORPHANS
    if not home.dropped.is_dir() and not aside.is_dir():
        return
    try:
        with dropping(home, timeout=0):
            sources = [s for genre in genres.read(home).values() for s in genre.sources]
            used = {Path(source) for source in sources if is_dropped(home, source)}
            _put_aside(home, used, aside)
    except Timeout:
        return  # songs are being dropped just now


def _put_aside(home: Home, used: set[Path], aside: Path) -> None:
    for folder in (
        [f for f in home.dropped.iterdir() if f.is_dir()] if home.dropped.is_dir() else []
    ):
        if folder not in used and not any(folder in path.parents for path in used):
            erase(aside / folder.name, within=home.data)
            aside.mkdir(parents=True, exist_ok=True)
            shutil.move(folder, aside / folder.name)
            os.utime(aside / folder.name)
    for folder in _folders(aside):
        back = home.dropped / folder.name
        if not back.exists() and any(back in (path, *path.parents) for path in used):
            home.dropped.mkdir(exist_ok=True)
            shutil.move(folder, back)
        elif time.time() - folder.stat().st_mtime > ORPHAN_DAYS * 86_400:
            erase(folder, within=aside)


def _folders(path: Path) -> list[Path]:
    return [entry for entry in path.iterdir() if entry.is_dir()] if path.is_dir() else []


@contextmanager
def dropping(home: Home, *, timeout: float = -1) -> Iterator[None]:
    """Hold off the sweeper while songs are dropped, until their genre has them for a source."""
    home.data.mkdir(parents=True, exist_ok=True)
    with FileLock(home.data / "dropped.lock").acquire(timeout=timeout):
        yield
