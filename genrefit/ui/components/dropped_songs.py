"""Songs dropped onto a genre: copied into genrefit's own folder until they are removed.

They lie in home.dropped/<genre>/, and that folder is a source of the genre.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from genrefit import isolated
from genrefit.config import Home
from genrefit.errors import AudioError, GenrefitError
from genrefit.library import genres as definitions
from genrefit.library.genre_tables import is_dropped
from genrefit.records import Failure, Genre
from genrefit.sources.urls import AUDIO_ENDINGS, PLAYLIST_ENDINGS
from genrefit.storage import whole_file

MOST_FILES = 200
"""So many files are taken at once: an upload lies in memory until it is stored."""
MOST_MB = 50
PROBE_SECONDS = 10.0
"""So much of a file is decoded to tell whether it is audio at all."""
DECODE_SECONDS = 20.0


class Upload(Protocol):
    """What Streamlit's uploader gives for a file."""

    name: str

    def getvalue(self) -> bytes:
        """Return the content."""
        ...


@dataclass(slots=True)
class StoredFiles:
    """The sources that dropped files make, how many songs they are, and the refused files."""

    sources: list[str] = field(default_factory=list)
    songs: int = 0
    refused: list[Failure] = field(default_factory=list)


def store_files(
    home: Home,
    known: Mapping[str, Genre],
    genre: str,
    uploads: Iterable[Upload],
    *,
    on_file: Callable[[int], None] | None = None,
) -> StoredFiles:
    """Keep dropped audio and playlist files for a genre; what is neither is refused in words.

    A file that is there already, by its content, is kept once. The sources to add are returned.
    """
    folder = genre_folder(home, known, genre)
    stored = StoredFiles()
    for number, upload in enumerate(uploads):
        if on_file:
            on_file(number)
        if number >= MOST_FILES:
            reason = f"only {MOST_FILES} files are taken at once: drop it again"
            stored.refused.append(Failure(upload.name, reason))
            continue
        try:
            path = _store_file(folder, upload.name, upload.getvalue())
        except GenrefitError as error:
            stored.refused.append(Failure(upload.name, str(error)))
            continue
        song = path.suffix in AUDIO_ENDINGS
        stored.songs += song
        source = str(folder if song else path)
        if source not in stored.sources:
            stored.sources.append(source)
    return stored


def genre_folder(home: Home, known: Mapping[str, Genre], genre: str) -> Path:
    """Return the genre's folder of dropped songs, or where a new one would be; none is made."""
    name = definitions.fold(genre)
    own = [s for g in known.values() if definitions.fold(g.name) == name for s in g.sources]
    for source in own:
        if is_dropped(home, source) and Path(source).parent == home.dropped:
            return Path(source)
    # A genre of that name may have been renamed since and still have its folder.
    taken = {source for g in known.values() for source in g.sources}
    base = home.dropped / safe_name(name, "genre")
    tries = [base, *(base.with_name(f"{base.name} {n}") for n in range(2, 1000))]
    return next(path for path in tries if str(path) not in taken)


def safe_name(name: str, other: str) -> str:
    """Return a file name without anything but letters, digits and plain signs, still legible."""
    name = unicodedata.normalize("NFC", name)
    name = re.sub(r"[^\w .,'&()+!-]", "_", name).strip(" .")
    return name[:100].strip(" .") or other


def _store_file(folder: Path, name: str, content: bytes) -> Path:
    """Write one file whole and return its path; GenrefitError where it cannot be used."""
    upload_path = PurePosixPath(name.replace("\\", "/"))
    ending = upload_path.suffix.lower()
    if ending not in AUDIO_ENDINGS | PLAYLIST_ENDINGS:
        raise GenrefitError(
            f"{ending or 'a file without an ending'} is neither audio nor a playlist: "
            "give mp3, m4a, webm, ogg, opus, flac, wav, or m3u, pls, xspf"
        )
    if not content:
        raise GenrefitError("the file is empty")
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    stem = safe_name(upload_path.stem, "song")
    for number in range(1, 1000):
        path = folder / (f"{stem}{ending}" if number == 1 else f"{stem} ({number}){ending}")
        if not path.exists():
            return _write_checked(path, content)
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return path
    raise GenrefitError("there are too many files of this name already")


def _probe(path: Path) -> None:
    """Decode the beginning of a file; AudioError where it is no audio."""
    from genrefit.audio.decode import decode

    decode(path, seconds=PROBE_SECONDS, timeout=DECODE_SECONDS)


def _write_checked(path: Path, content: bytes) -> Path:
    try:
        with whole_file(path) as part:
            part.write_bytes(content)
            if path.suffix in AUDIO_ENDINGS:
                isolated.call(_probe, part, seconds=2 * DECODE_SECONDS)
    except AudioError as error:
        raise AudioError(str(error).replace(repr(part.name), "the file")) from error
    except OSError as error:
        raise GenrefitError(f"it cannot be kept: {error.strerror}") from error
    return path
