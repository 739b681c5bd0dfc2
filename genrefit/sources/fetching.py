"""From a listed song to its file: the user's own where it lies, or a download."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genrefit import isolated
from genrefit.metadata import settle
from genrefit.sources import local, ytdlp
from genrefit.sources.file_state import read_state
from genrefit.sources.limits import DEFAULT_LIMITS, Limits, refuse_unfit
from genrefit.sources.songs import FetchedSong, ListedSong
from genrefit.storage import erase

SPARE_SECONDS = 30.0
"""A process that does not keep the deadline of a download by itself is killed so much later."""


@contextmanager
def fetch_song(
    song: ListedSong,
    *,
    folder: Path,
    limits: Limits = DEFAULT_LIMITS,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[FetchedSong]:
    """Yield a song's file: the user's own where it lies, or a download under `folder`.

    The download is erased on leaving, whatever happened; the user's own files are never touched.

    Raises
    ------
    SourceError
        if the song cannot be fetched, is live, too long or too big.
    Cancelled
        if `cancelled()` is true during the download.
    """
    if not song.address.is_remote:
        yield _local_song(song)
        return
    refuse_unfit(song.live, song.seconds, limits)
    download_folder = Path(tempfile.mkdtemp(dir=folder))
    try:
        if isolated.is_worker():
            path, info = ytdlp.download(song.address.text, download_folder, limits, cancelled)
        else:
            path, info = isolated.call(
                _download,
                (song.address.text, download_folder, limits),
                seconds=limits.deadline_seconds + SPARE_SECONDS,
                fetches=True,
                cancelled=cancelled,
            )
        yield _downloaded_song(song, path, info)
    finally:
        erase(download_folder, within=folder)


def _download(task: tuple[str, Path, Limits]) -> tuple[Path, dict[str, Any]]:
    """Download in a process of its own; of what yt-dlp reports, the plain values are returned."""
    path, info = ytdlp.download(*task, None)
    plain = {k: v for k, v in info.items() if isinstance(v, str | int | float | None)}
    texts = {k: list(map(str, info[k])) for k in ("artists", "creators") if info.get(k)}
    return path, plain | texts


def _local_song(song: ListedSong) -> FetchedSong:
    """Describe a local file by its own tags, else by its list, else by its name."""
    path = song.address.path
    state = read_state(path)
    own = local.describe_file(path, listed=(song.artist, song.title), seconds=song.seconds)
    return FetchedSong(path, own.title, own.artist, own.seconds, state.content, state)


def _downloaded_song(song: ListedSong, path: Path, info: Mapping[str, Any]) -> FetchedSong:
    """Describe a download by its tags where it is a plain file, else by what its site says."""
    tags, claimed_seconds = local.read_tags(path)
    if info.get("extractor_key") == "Generic":
        artist, title = settle(tags, listed=(song.artist, song.title))
    else:
        artist, title = ytdlp.artist_and_title_of(info)
    return FetchedSong(
        path,
        title or song.title,
        artist or song.artist,
        info.get("duration") or claimed_seconds or song.seconds,
        local.file_digest(path),
    )
