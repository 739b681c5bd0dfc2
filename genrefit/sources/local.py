"""The user's own audio files: found in folders, described, and never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from genrefit.audio import frames
from genrefit.audio.tags import collect_tags
from genrefit.errors import AudioError, SourceError
from genrefit.metadata import settle
from genrefit.sources.songs import ListedSong
from genrefit.sources.urls import AUDIO_ENDINGS, parse_address


def audio_files(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the audio in a folder and all folders below, and notes on what cannot be read.

    Hidden files and folders are left out; links are followed, though never in circles.
    """
    notes: list[str] = []
    paths: dict[str, Path] = {}
    seen: set[str] = set()

    def note_unreadable(error: OSError) -> None:
        notes.append(f"{error.filename} cannot be read ({error.strerror})")

    for root, inner, names in os.walk(folder, onerror=note_unreadable, followlinks=True):
        real = os.path.realpath(root)
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        if real in seen:
            inner.clear()
            continue
        seen.add(real)
        for name in sorted(names):
            path = Path(root) / name
            if path.suffix.lower() in AUDIO_ENDINGS and not name.startswith("."):
                paths.setdefault(os.path.realpath(path), path)
    return list(paths.values()), notes


def describe_file(
    path: Path, *, listed: tuple[str | None, str] = (None, ""), seconds: float | None = None
) -> ListedSong:
    """Describe a file by its tags, what a list says of it, and its name, without decoding it."""
    tags, claimed = read_tags(path)
    artist, title = settle(tags, listed=listed, name=path.stem)
    return ListedSong(parse_address(str(path)), title, artist, claimed or seconds)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file; SourceError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(
            f"the file cannot be read ({reason}): put it back, or remove its source",
            kind="missing",
            retry=True,
        ) from error


def read_tags(path: Path) -> tuple[dict[str, str], float | None]:
    """Return a file's tags (lower-case names) and the length in seconds that it claims."""
    import av

    try:
        with frames.open_audio(path, timeout=10) as container:
            found = [dict(container.metadata)]
            found += [dict(stream.metadata) for stream in container.streams.audio[:1]]
            claimed = container.duration
    except (AudioError, av.FFmpegError, OSError, ValueError):
        return {}, None  # decoding will say what is wrong with it
    tags = collect_tags(path, *found)
    return tags, claimed / av.time_base if claimed and claimed > 0 else None
