"""From a source to its songs, and from a song to its bytes: the only way out to the network.

A source is a folder, an audio file, a playlist file (M3U, PLS, XSPF, RSS, Atom, HTML), or the
address of such a file, of audio, or of anything that yt-dlp knows (YouTube and some thousand
other sites).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genrefit.errors import SourceError
from genrefit.metadata import artist_and_title
from genrefit.records import Listed
from genrefit.sources import local, playlists, urls, ytdlp
from genrefit.sources.limits import DEFAULT, Limits, refuse_unfit
from genrefit.sources.urls import canonical, completed, host, is_url, song_id

__all__ = [
    "DEFAULT",
    "FetchedSong",
    "Limits",
    "Listing",
    "canonical",
    "fetch_song",
    "host",
    "list_songs",
    "song_id",
]


@dataclass(frozen=True, slots=True)
class Listing:
    """The songs of a source, each once, and notes on what was left out and why."""

    songs: tuple[Listed, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchedSong:
    """A song's file, there until the context that gave it ends. `content` is its SHA-256."""

    path: Path
    title: str
    artist: str | None
    seconds: float | None
    content: str


def list_songs(source: str, *, limits: Limits = DEFAULT) -> Listing:
    """Return what a source holds, without fetching any song.

    A single YouTube video is listed without asking YouTube (its title comes when it is fetched).

    Raises
    ------
    SourceError
        if the source cannot be reached or read, or holds no song.
    """
    given, source = source, completed(source)
    try:
        if is_url(source):
            return _remote(source, limits)
        if "://" in source:
            raise SourceError(
                "only http:// and https:// addresses, folders and files can be read",
                kind="unsupported",
            )
        return _local(source, limits)
    except SourceError as error:
        if str(error).startswith(given):
            raise
        raise SourceError(f"{given}: {error}", retry=error.retry, kind=error.kind) from error


@contextmanager
def fetch_song(
    song: Listed,
    *,
    folder: Path,
    limits: Limits = DEFAULT,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[FetchedSong]:
    """Yield a song's file: the user's own where it lies, or a download under `folder`.

    The download is erased on leaving, whatever happened; the user's own files are never touched.

    Raises
    ------
    SourceError
        if the song cannot be had, is live, too long or too big.
    Cancelled
        if `cancelled()` said so during the download.
    """
    if not is_url(song.address):
        path = Path(song.address).expanduser()
        content = local.digest(path)
        own = local.listed(path)
        artist = song.artist or own.artist
        title = song.title if song.artist or not own.artist else own.title
        yield FetchedSong(path, title, artist, own.seconds, content)
        return
    refuse_unfit(song.live, song.seconds, limits)
    mine = Path(tempfile.mkdtemp(dir=folder))
    try:
        path, info = ytdlp.download(song.address, mine, limits, cancelled)
        yield _described(song, path, info)
    finally:
        shutil.rmtree(mine)


def _local(source: str, limits: Limits) -> Listing:
    try:
        path = Path(source).expanduser().absolute()
        if path.is_dir():
            return _folder(path, limits)
        if not path.is_file():
            raise SourceError(
                "there is no such file or folder, and it is no web address (which would begin "
                "with https://): check its spelling",
                kind="missing",
                retry=True,
            )
        if path.suffix.lower() in urls.PLAYLISTS:
            data = path.read_bytes()
            return _playlist(data, playlists.kind_of(data, str(path)), str(path), limits)
        return Listing((local.listed(path),))
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"it cannot be read ({reason})", kind="missing", retry=True) from error


def _folder(folder: Path, limits: Limits) -> Listing:
    paths, notes = local.in_folder(folder)
    if not paths:
        notes.append("it holds no audio files (mp3, m4a, ogg, opus, webm, flac, wav ...)")
        raise SourceError("; ".join(notes), kind="empty", retry=True)
    songs = [local.listed(path) for path in paths[: limits.most_songs]]
    return Listing(tuple(songs), tuple(notes + limits.note_cut(len(paths))))


def _playlist(data: bytes, kind: str | None, base: str, limits: Limits) -> Listing:
    if kind not in playlists.KINDS:
        raise SourceError("it is no list of songs that can be read", kind="unsupported")
    entries = playlists.parse(kind, data, base=base)
    if not entries:
        raise SourceError("it names no songs", kind="empty", retry=True)
    notes: list[str] = []
    songs: dict[str, Listed] = {}
    for entry in entries:
        try:
            song = _entry(entry)
        except SourceError as error:
            notes.append(f"left out: {error}")
            continue
        songs.setdefault(song.key, song)
    kept = list(songs.values())[: limits.most_songs]
    return Listing(tuple(kept), tuple(notes + limits.note_cut(len(songs))))


def _entry(entry: playlists.Entry) -> Listed:
    key = canonical(entry.address)
    artist, title = entry.artist, entry.title
    if not title and not is_url(entry.address) and Path(entry.address).is_file():
        return local.listed(Path(entry.address))
    if not title:
        artist, title = artist_and_title(urls.stem(entry.address))
    return Listed(song_id(key), key, entry.address, title, artist, entry.seconds)


def _remote(url: str, limits: Limits) -> Listing:
    video = urls.youtube_id(url)
    if video and "list=" not in url:
        key = canonical(url)
        return Listing((Listed(song_id(key), key, completed(key), f"YouTube video {video}"),))
    if ytdlp.known(url):
        return _videos(url, limits)
    data, content_type, final = ytdlp.page(url, limits)
    kind = playlists.kind_of(data, final)
    if kind is None and "mpegurl" in content_type:
        kind = "m3u"
    if kind in playlists.KINDS and playlists.parse(kind, data, base=final):
        return _playlist(data, kind, final, limits)
    if kind is None or kind == "hls":
        return Listing((_entry(playlists.Entry(url)),))
    try:
        return _videos(url, limits)
    except SourceError as error:
        if error.kind != "unsupported":
            raise
        raise SourceError(
            "no link to audio was found there: give a playlist, a video, a feed, a page that "
            "links to audio, or an audio file",
            kind="unsupported",
        ) from error


def _videos(url: str, limits: Limits) -> Listing:
    songs, notes = ytdlp.videos(url, limits)
    return Listing(tuple(songs), tuple(notes))


def _described(song: Listed, path: Path, info: Mapping[str, Any]) -> FetchedSong:
    """Settle artist and title: the site's, then the file's tags, then the list's."""
    tags, claimed = local.said_by(path)
    if info.get("extractor_key") == "Generic":
        artist, title = local.from_tags(tags, "")
    else:
        artist, title = ytdlp.credits(info)
    return FetchedSong(
        path,
        title or song.title,
        artist or song.artist,
        info.get("duration") or claimed or song.seconds,
        local.digest(path),
    )
