"""A home in one file: library, genres, models and dropped songs, backed up and restored.

The file is a zip archive with a manifest that holds the size and the digest of everything in it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

from genrefit import jobs
from genrefit.collecting.collector import lock_collection
from genrefit.config import Home
from genrefit.errors import JobError, LibraryError
from genrefit.learning import model_store
from genrefit.library import database, open_library, restoring
from genrefit.library.genre_tables import FILE as GENRES
from genrefit.library.migrations import APPLICATION_ID, SCHEMA_VERSION
from genrefit.records import Progress
from genrefit.storage import erase, whole_file, work_folder

FORMAT = 1
MANIFEST = "manifest.json"
LIBRARY = "data/library.sqlite"
FOLDERS = ("models", "data/dropped")
MOST_MANIFEST_BYTES = 50_000_000
PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What a backup held, and where what it replaced is kept (None where there was nothing)."""

    songs: int
    models: int
    date: str
    kept: Path | None


def backup(home: Home, file: Path, *, on_progress: Callable[[Progress], None] | None = None) -> int:
    """Write a home's library, genres, models and dropped songs into one file; return its bytes.

    Others may go on working: the library is taken as it is at one moment. The file appears whole
    or not at all. LibraryError where there is no library, or it cannot be read.
    """
    if not home.library.exists():
        raise LibraryError(f"there is no library at {home.library}: nothing to back up")
    open_library(home, create=False).close()
    with work_folder(home.work) as work, whole_file(file, parents=False) as part:
        copy = work / "library.sqlite"
        database.copy(home.library, copy)
        files: dict[str, dict[str, Any]] = {}
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with model_store.models_lock(home):
                contents = {LIBRARY: copy, **_contents(home)}
                for done, (name, path) in enumerate(contents.items()):
                    if on_progress:
                        on_progress(Progress("backing up", done, len(contents), note=name))
                    with archive.open(name, "w", force_zip64=True) as target:
                        files[name] = _digest(path, target)
            manifest = {
                "format": FORMAT,
                "genrefit": version("genrefit"),
                "date": datetime.now().astimezone().isoformat(timespec="seconds"),
                "home": str(home.path),
                "files": files,
            }
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return file.stat().st_size


def _contents(home: Home) -> dict[str, Path]:
    found = {f"data/{GENRES}": home.genres} if home.genres.is_file() else {}
    chosen = home.models / model_store.IN_USE
    folders = [home.models / name for name in model_store.saved_names(home)] + [home.dropped]
    paths = [path for folder in folders for path in sorted(folder.rglob("*"))]
    for path in [chosen, *paths]:
        if path.is_file() and not path.is_symlink():
            found[path.relative_to(home.path).as_posix()] = path
    return found


def _digest(path: Path, target: IO[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while piece := source.read(PIECE_BYTES):
            target.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}


def restore(
    home: Home, file: Path, *, on_progress: Callable[[Progress], None] | None = None
) -> Restored:
    """Put a backup in the place of a home's library, genres, models and dropped songs.

    It is unpacked aside and checked before anything is replaced, and what it replaces is kept in
    the home's folder `replaced`. Killed at any moment, all is as it was or as it was backed up.
    LibraryError where the file is no whole backup, JobError while a job or a collection is at work.
    """
    with suppress(LibraryError):  # a library that is lost or damaged has no job at work
        if running := jobs.running(home):
            raise JobError(f"a {running[0].kind} job is at work: wait for it, or cancel it first")
    with lock_collection(home), model_store.models_lock(home):
        staged = home.data / restoring.STAGED
        erase(staged, within=home.data)
        try:
            manifest = _unpack(file, staged, on_progress)
            songs = _check_library(staged / LIBRARY, file)
        except BaseException:
            erase(staged, within=home.data)
            raise
        if manifest.get("home") != str(home.path):
            _follow_move(staged, str(manifest.get("home")), home)
        models = len(list((staged / "models").glob(f"*/{model_store.CARD}")))
        replaced = list(_replaced(home))
        name = datetime.now().strftime("%Y-%m-%d_%H%M%S.%f")
        kept = restoring.plan(home, replaced=replaced, name=name)
        restoring.finish(home)
    open_library(home, create=False).close()
    return Restored(songs, models, str(manifest.get("date")), kept if kept.exists() else None)


def _replaced(home: Home) -> Iterator[str]:
    for path in (f"{LIBRARY}-wal", f"{LIBRARY}-shm", LIBRARY, f"data/{GENRES}", "data/dropped"):
        if (home.path / path).exists():
            yield path
    for name in [*model_store.saved_names(home), model_store.IN_USE]:
        if (home.models / name).exists():
            yield f"models/{name}"


def _unpack(
    file: Path, staged: Path, on_progress: Callable[[Progress], None] | None
) -> Mapping[str, Any]:
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive, file)
            files = manifest["files"]
            total = sum(int(entry["bytes"]) for entry in files.values())
            staged.mkdir(parents=True)
            if total > shutil.disk_usage(staged).free:
                raise LibraryError(f"there is no room for the {total / 1e6:,.0f} MB of {file}")
            for done, (name, entry) in enumerate(files.items()):
                if on_progress:
                    on_progress(Progress("checking the backup", done, len(files), note=name))
                _unpack_one(archive, name, entry, staged / name, file)
    except FileNotFoundError as error:
        raise LibraryError(f"there is no file {file}: give a backup of genrefit") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError,
            KeyError, TypeError, AttributeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]  # fmt: skip
        raise LibraryError(f"{file} is no whole backup of genrefit ({error})") from error
    return manifest


def _manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    info = archive.getinfo(MANIFEST)
    if info.file_size > MOST_MANIFEST_BYTES:
        raise LibraryError(f"{file} is no backup of genrefit: its manifest is too large")
    manifest: dict[str, Any] = json.loads(archive.read(info))
    if manifest["format"] > FORMAT:
        raise LibraryError(f"{file} was written by a newer genrefit: update genrefit")
    names = sorted(entry.filename for entry in archive.infolist())
    if names != sorted([MANIFEST, *manifest["files"]]) or LIBRARY not in names:
        raise LibraryError(f"{file} is no whole backup of genrefit: files lack or are too many")
    for name in manifest["files"]:
        path = PurePosixPath(name)
        inside = name in (LIBRARY, f"data/{GENRES}") or any(
            name.startswith(f"{folder}/") for folder in FOLDERS
        )
        if not inside or ".." in path.parts or "\\" in name or "\0" in name or str(path) != name:
            raise LibraryError(f"{file} is no backup of genrefit: it holds {name[:100]!r}")
    return manifest


def _unpack_one(
    archive: zipfile.ZipFile, name: str, entry: Mapping[str, Any], target: Path, file: Path
) -> None:
    """Unpack one file, no more bytes than the manifest says, and check its digest."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), int(entry["bytes"])
    with archive.open(name) as source, whole_file(target) as part, part.open("wb") as out:
        while piece := source.read(min(PIECE_BYTES, left + 1)):
            left -= len(piece)
            if left < 0:
                break
            digest.update(piece)
            out.write(piece)
    if left or digest.hexdigest() != entry["sha256"]:
        raise LibraryError(f"{file} is damaged: {name} is not what was backed up")


def _check_library(path: Path, file: Path) -> int:
    """Return how many songs an unpacked library has; LibraryError where it is none of ours."""
    with database.errors_as_sentences(path), closing(sqlite3.connect(path)) as db:
        application = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if application != APPLICATION_ID:
            raise LibraryError(f"{file} holds no library of genrefit")
        if version > SCHEMA_VERSION:
            raise LibraryError(f"{file} was written by a newer genrefit: update genrefit")
        if (state := db.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise LibraryError(f"the library in {file} is damaged: {state}")
        return int(db.execute("SELECT COUNT(*) FROM songs").fetchone()[0])


def _follow_move(staged: Path, before: str, home: Home) -> None:
    """Let songs that were dropped be found in the home that they are restored to."""
    old, new = str(Home(Path(before)).dropped), str(home.dropped)
    with closing(sqlite3.connect(staged / LIBRARY)) as db, db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
        if "genres" in tables and (staged / "data/dropped").is_dir():
            texts = [json.dumps(path)[1:-1] for path in (old, new)]
            db.execute("UPDATE genres SET sources = replace(sources, ?, ?)", texts)
            db.execute("UPDATE songs SET address = replace(address, ?, ?)", (old, new))
            db.execute("DELETE FROM written_files")
            erase(staged / "data" / GENRES, within=staged)
