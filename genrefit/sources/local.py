"""The user's own audio files: found in folders, described, and never changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from genrefit.audio import frames
from genrefit.errors import AudioError, SourceError
from genrefit.metadata import artist_and_title, names_an_artist
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


def describe_file(path: Path) -> ListedSong:
    """Describe a file by its tags and name, without decoding it."""
    tags, seconds = read_tags(path)
    artist, title = artist_and_title_from_tags(tags, path.stem)
    return ListedSong(parse_address(str(path)), title, artist, seconds)


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
            tags = {name.lower(): text.strip() for name, text in container.metadata.items()}
            for stream in container.streams.audio[:1]:
                tags = {k.lower(): v.strip() for k, v in stream.metadata.items()} | tags
            claimed = container.duration
    except (AudioError, av.FFmpegError, OSError, ValueError):
        return {}, None  # decoding will say what is wrong with it
    return tags, claimed / av.time_base if claimed and claimed > 0 else None


def artist_and_title_from_tags(tags: Mapping[str, str], name: str) -> tuple[str | None, str]:
    """Settle artist and title by tags first, then by a name such as "Artist - Title"."""
    artist, title = artist_and_title(name)
    tagged = tags.get("artist") or tags.get("album_artist")
    if tagged and names_an_artist(tagged):
        artist = tagged
    return artist, tags.get("title") or title
