"""The user's own audio files: found in folders, described, and never changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from genrefit.audio import frames
from genrefit.audio.tags import collect_tags
from genrefit.errors import AudioError, SourceError
from genrefit.metadata import settle
from genrefit.regular_files import open_regular
from genrefit.sources.folders import shown
from genrefit.sources.songs import ListedSong
from genrefit.sources.urls import parse_address


def describe_file(
    path: Path, *, listed: tuple[str | None, str] = (None, ""), seconds: float | None = None
) -> ListedSong:
    """Describe a file by its tags, what a list says of it, and its name, without decoding it."""
    tags, claimed = read_tags(path)
    artist, title = settle(tags, listed=listed, name=shown(path.stem))
    address = parse_address(str(path))
    return ListedSong(address, title, artist, claimed or seconds, stamp=file_stamp(path))


def file_stamp(path: Path) -> tuple[int, int] | None:
    """Return a file's size in bytes and its time of change in nanoseconds, None without one."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file; SourceError where it cannot be read."""
    with open_regular(path) as file:
        try:
            return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SourceError(
                f"the file cannot be read ({error.strerror}): put it back, or remove its source",
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
