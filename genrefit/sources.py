"""From a source to its songs, and from a song to its bytes: the only way out to the network.

A source is a folder, an audio file, a playlist file (M3U, PLS, XSPF, RSS, Atom, HTML), or the
address of such a file, of audio, or of anything that yt-dlp knows (YouTube and some thousand
other sites).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genrefit import addresses, playlists
from genrefit.addresses import canonical, completed, host, is_url, song_id
from genrefit.audio import CONTAINERS
from genrefit.errors import Cancelled, SourceError
from genrefit.faults import PASSING, PAUSE, explain
from genrefit.names import artist_and_title
from genrefit.records import Listed

__all__ = ["Fetched", "Limits", "Listing", "canonical", "fetched", "host", "listing", "song_id"]

YOUTUBE_PAUSE_SECONDS = 12.0
"""YouTube lets a guest have about 300 videos an hour."""
PAUSE_SECONDS = 1.0
PAGE_BYTES = 8_000_000
"""A page or playlist longer than this is read so far and no further."""
_NOBODY = ("unknown artist", "unknown", "<unknown>", "various artists", "various", "va")
_MISSING_VIDEOS = ("[private video]", "[deleted video]", "[unavailable video]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how much and how politely to fetch.

    `deadline_seconds` and `max_bytes` are for one song, retries included. A song longer than
    `longest_seconds` is not fetched. `pause_seconds` is the least time between two songs of one
    site (None: 12 s for YouTube, 1 s elsewhere); `bytes_per_second` holds for each download (None:
    no limit). What may pass is tried again `retries` times, after `backoff_seconds`, then twice
    that, and so on. `most_songs` is the most that one source may list.
    """

    deadline_seconds: float = 300.0
    max_bytes: int = 200_000_000
    longest_seconds: float = 900.0
    pause_seconds: float | None = None
    bytes_per_second: int | None = 2_000_000
    retries: int = 3
    backoff_seconds: float = 2.0
    answer_seconds: float = 20.0
    listing_seconds: float = 300.0
    most_songs: int = 5000

    def pause(self, site: str) -> float:
        """Return the seconds to leave between two songs of a site; none for local files ("")."""
        if not site:
            return 0.0
        if self.pause_seconds is not None:
            return self.pause_seconds
        return YOUTUBE_PAUSE_SECONDS if site == "youtube.com" else PAUSE_SECONDS


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Listing:
    """The songs of a source, each once, and notes on what was left out and why."""

    songs: tuple[Listed, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A song's file, there until the context that gave it ends. `content` is its SHA-256."""

    path: Path
    title: str
    artist: str | None
    seconds: float | None
    content: str


def listing(source: str, *, limits: Limits = DEFAULT) -> Listing:
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
        return _local(Path(source).expanduser(), limits)
    except SourceError as error:
        if str(error).startswith(given):
            raise
        raise SourceError(f"{given}: {error}", retry=error.retry, kind=error.kind) from error


@contextmanager
def fetched(
    song: Listed,
    *,
    folder: Path,
    limits: Limits = DEFAULT,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Fetched]:
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
        yield _own(song)
        return
    _refuse_unfit(song.live, song.seconds, limits)
    mine = Path(tempfile.mkdtemp(dir=folder))
    try:
        path, info = _tried(song, mine, limits, cancelled)
        yield _described(song, path, info)
    finally:
        shutil.rmtree(mine)


# Local files


def _local(path: Path, limits: Limits) -> Listing:
    try:
        if path.is_dir():
            return _folder(path, limits)
        if not path.is_file():
            raise SourceError(
                "there is no such file or folder, and it is no web address (which would begin "
                "with https://): check its spelling",
                kind="missing",
                retry=True,
            )
        if path.suffix.lower() in addresses.PLAYLISTS:
            data = path.read_bytes()
            return _playlist(data, playlists.kind_of(data, str(path)), str(path), limits)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"it cannot be read ({reason})", kind="missing", retry=True) from error
    return Listing((_file(path),))


def _folder(folder: Path, limits: Limits) -> Listing:
    """List the audio in a folder and all folders below, hidden ones left out."""
    notes: list[str] = []
    found: dict[str, Path] = {}
    seen: set[str] = set()

    def unreadable(error: OSError) -> None:
        notes.append(f"{error.filename} cannot be read ({error.strerror})")

    for root, inner, names in os.walk(folder, onerror=unreadable, followlinks=True):
        real = os.path.realpath(root)
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        if real in seen:
            inner.clear()  # a link that leads back here
            continue
        seen.add(real)
        for name in sorted(names):
            path = Path(root) / name
            if path.suffix.lower() in addresses.AUDIO and not name.startswith("."):
                found.setdefault(canonical(str(path)), path)
    if not found:
        notes.append("it holds no audio files (mp3, m4a, ogg, opus, webm, flac, wav ...)")
        raise SourceError("; ".join(notes), kind="empty", retry=True)
    songs = [_file(path) for path in list(found.values())[: limits.most_songs]]
    return Listing(tuple(songs), tuple(notes + _cut(len(found), limits)))


def _file(path: Path) -> Listed:
    tags, seconds = _said_by_file(path)
    artist, title = _from_tags(tags, path.stem)
    key = canonical(str(path))
    return Listed(song_id(key), key, str(path), title, artist, seconds)


def _own(song: Listed) -> Fetched:
    path = Path(song.address).expanduser()
    try:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(
            f"the file cannot be read ({reason}): put it back, or remove its source",
            kind="missing",
            retry=True,
        ) from error
    return Fetched(path, song.title, song.artist, song.seconds, content)


def _said_by_file(path: Path) -> tuple[dict[str, str], float | None]:
    """Return a file's tags (lower-case names) and the length in seconds that it claims."""
    import av

    try:
        with av.open(
            f"file:{path}",
            container_options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"},
            metadata_errors="replace",
            timeout=10,
        ) as container:
            tags = {name.lower(): text.strip() for name, text in container.metadata.items()}
            for stream in container.streams.audio[:1]:
                tags = {k.lower(): v.strip() for k, v in stream.metadata.items()} | tags
            claimed = container.duration
    except (av.FFmpegError, OSError, ValueError):
        return {}, None  # decoding will say what is wrong with it
    return tags, claimed / av.time_base if claimed and claimed > 0 else None


def _from_tags(tags: Mapping[str, str], name: str) -> tuple[str | None, str]:
    """Settle artist and title by tags first, then by a name such as "Artist - Title"."""
    artist, title = artist_and_title(name)
    tagged = tags.get("artist") or tags.get("album_artist")
    if tagged and tagged.casefold() not in _NOBODY:
        artist = tagged
    return artist, tags.get("title") or title


# Playlists and pages


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
    return Listing(tuple(kept), tuple(notes + _cut(len(songs), limits)))


def _entry(entry: playlists.Entry) -> Listed:
    key = canonical(entry.address)
    artist, title = entry.artist, entry.title
    if not title and not is_url(entry.address) and Path(entry.address).is_file():
        return _file(Path(entry.address))
    if not title:
        artist, title = artist_and_title(addresses.stem(entry.address))
    return Listed(song_id(key), key, entry.address, title, artist, entry.seconds)


def _cut(count: int, limits: Limits) -> list[str]:
    if count <= limits.most_songs:
        return []
    return [f"only the first {limits.most_songs} songs are taken of the {count} or more there are"]


def _remote(url: str, limits: Limits) -> Listing:
    video = addresses.youtube_id(url)
    if video and "list=" not in url:
        key = canonical(url)
        return Listing((Listed(song_id(key), key, completed(key), f"YouTube video {video}"),))
    if _known_site(url):
        return _flat(url, limits)
    data, content_type, final = _page(url, limits)
    kind = playlists.kind_of(data, final)
    if kind is None and "mpegurl" in content_type:
        kind = "m3u"
    if kind in playlists.KINDS and playlists.parse(kind, data, base=final):
        return _playlist(data, kind, final, limits)
    if kind is None or kind == "hls":
        return Listing((_entry(playlists.Entry(url)),))
    try:
        return _flat(url, limits)
    except SourceError as error:
        if error.kind != "unsupported":
            raise
        raise SourceError(
            "no link to audio was found there: give a playlist, a video, a feed, a page that "
            "links to audio, or an audio file",
            kind="unsupported",
        ) from error


def _page(url: str, limits: Limits) -> tuple[bytes, str, str]:
    """Return the first bytes of what is at an address, its type and its final address.

    All of it where it is text; only the beginning of anything else, which is taken for audio.
    """
    until = time.monotonic() + limits.listing_seconds
    try:
        with _youtube_dl(limits) as ydl:
            response = ydl.urlopen(url)
            data = b""
            while len(data) < PAGE_BYTES:
                piece = response.read(4096)
                data += piece
                if not piece or b"\0" in data[:4096]:
                    break
                if time.monotonic() > until:
                    raise SourceError(
                        f"it took longer than {limits.listing_seconds:.0f} s to read",
                        kind="timeout",
                        retry=True,
                    )
            content_type = (response.headers.get("Content-Type") or "").lower()
            response.close()
            return data, content_type, response.url
    except Exception as error:
        raise explain(error) from error


# yt-dlp


class _Silent:
    """yt-dlp's messages: errors come as exceptions, and the rest is not for the user."""

    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


def _youtube_dl(limits: Limits, **options: Any) -> Any:
    from yt_dlp import YoutubeDL

    return YoutubeDL(
        {
            "quiet": True,
            "noprogress": True,
            "logger": _Silent(),
            "color": "never",
            "socket_timeout": limits.answer_seconds,
            "fixup": "never",  # fixups need an ffmpeg program
            "updatetime": False,
            **options,
        }
    )


def _known_site(url: str) -> bool:
    """Tell whether yt-dlp knows the site, so that its page need not be looked at."""
    from yt_dlp.extractor import gen_extractor_classes

    return any(ie.suitable(url) and ie.IE_NAME != "generic" for ie in gen_extractor_classes())


def _flat(url: str, limits: Limits) -> Listing:
    try:
        with _youtube_dl(
            limits, extract_flat="in_playlist", playlistend=limits.most_songs + 1
        ) as ydl:
            info = ydl.extract_info(url, download=False)
            found = list(_videos(ydl, info or {}, depth=0))
    except Exception as error:
        raise explain(error) from error
    there = [v for v in found if str(v.get("title")).casefold() not in _MISSING_VIDEOS]
    missing = len(found) - len(there)
    notes = [f"{missing} private or deleted videos were left out"] if missing else []
    songs: dict[str, Listed] = {}
    for video in there[: limits.most_songs]:
        song = _video(video, url)
        songs.setdefault(song.key, song)
    if not songs:
        raise SourceError("; ".join(["it lists no songs", *notes]), kind="empty", retry=True)
    return Listing(tuple(songs.values()), tuple(notes + _cut(len(there), limits)))


def _videos(ydl: Any, info: Mapping[str, Any], *, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield the single videos of a result; a channel's tabs are lists within a list."""
    if "entries" not in info:
        yield info
        return
    for entry in info["entries"] or ():
        if not entry:
            continue
        address = str(entry.get("url") or "")
        of_lists = str(entry.get("ie_key") or "").endswith(("Tab", "Playlist", "Album"))
        if "entries" in entry:
            yield from _videos(ydl, entry, depth=depth)
        elif of_lists and depth < 2:
            if not address.rstrip("/").endswith(("/shorts", "/streams")):
                inner = ydl.extract_info(address, download=False)
                yield from _videos(ydl, inner or {}, depth=depth + 1)
        else:
            yield entry


def _video(info: Mapping[str, Any], source: str) -> Listed:
    from yt_dlp.utils import unsmuggle_url

    address = str(info.get("webpage_url") or info.get("url") or source)
    address = unsmuggle_url(address)[0]
    if info.get("ie_key") == "Youtube" or info.get("extractor_key") == "Youtube":
        address = completed(f"youtube:{info['id']}")
    elif info.get("extractor_key") == "Generic" and info.get("_type", "video") == "video":
        # Sound inside a page: its own address where that is a plain file, else the page's.
        inner = unsmuggle_url(str(info.get("url") or ""))[0]
        address = inner if addresses.ending(inner) in addresses.AUDIO else address
    key = canonical(address)
    artist, title = credits(info)
    seconds = info.get("duration")
    live = info.get("live_status") in ("is_live", "is_upcoming") or bool(info.get("is_live"))
    title = title or addresses.stem(address)
    return Listed(song_id(key), key, address, title, artist, float(seconds or 0) or None, live)


def credits(info: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return artist and title by what yt-dlp says of a video.

    The site's own artist and track where it has them; else the channel where it is an artist's
    ("NAME - Topic"); else "Artist - Title" in the title; else whoever uploaded it, which is an
    artist often enough, and otherwise keeps one uploader's songs together, which is the safe side
    when songs are split by artist.
    """
    title = str(info.get("title") or "")
    named = info.get("artists") or info.get("creators")
    artist = ", ".join(named) if named else info.get("artist") or info.get("creator")
    if artist:
        in_title = artist_and_title(title)
        plain = in_title[1] if in_title[0] == artist else title
        return str(artist), str(info.get("track") or plain)
    uploader = str(info.get("channel") or info.get("uploader") or "")
    if uploader.endswith(" - Topic"):
        return uploader.removesuffix(" - Topic"), title
    artist, plain = artist_and_title(title)
    return artist or re.sub(r"VEVO$", "", uploader).strip() or None, plain


def _refuse_unfit(live: bool, seconds: float | None, limits: Limits) -> None:
    if live:
        raise SourceError("it is a live broadcast, which is no song", kind="live")
    if seconds and seconds > limits.longest_seconds:
        raise SourceError(
            f"it lasts {seconds / 60:.0f} minutes; the longest allowed is "
            f"{limits.longest_seconds / 60:.0f}",
            kind="too long",
        )


def _tried(
    song: Listed, folder: Path, limits: Limits, cancelled: Callable[[], bool] | None
) -> tuple[Path, Mapping[str, Any]]:
    """Download with retries and back-off for what may pass, all before one deadline."""
    until = time.monotonic() + limits.deadline_seconds
    attempt = 0
    while True:
        try:
            return _download(song, folder, limits, until, cancelled)
        except SourceError as error:
            wait = limits.backoff_seconds * 2**attempt
            attempt += 1
            passing = error.kind in PASSING or error.kind == PAUSE
            if not passing or attempt > limits.retries or time.monotonic() + wait > until:
                raise
        waited = time.monotonic() + wait
        while (left := waited - time.monotonic()) > 0:
            _refuse_cancelled(cancelled)
            time.sleep(min(left, 0.5))


def _refuse_cancelled(cancelled: Callable[[], bool] | None) -> None:
    if cancelled and cancelled():
        raise Cancelled("the download was stopped")


def _download(
    song: Listed,
    folder: Path,
    limits: Limits,
    until: float,
    cancelled: Callable[[], bool] | None,
) -> tuple[Path, Mapping[str, Any]]:
    """Let yt-dlp fetch the best sound; a part left by an earlier attempt is continued."""

    def watch(progress: Mapping[str, Any]) -> None:
        _refuse_cancelled(cancelled)
        if time.monotonic() > until:
            raise SourceError(
                f"it took longer than {limits.deadline_seconds:.0f} s: try again when the "
                "connection is better",
                kind="too slow",
                retry=True,
            )
        size = max(progress.get("downloaded_bytes") or 0, progress.get("total_bytes") or 0)
        if size > limits.max_bytes:
            raise SourceError(
                f"it is larger than {limits.max_bytes / 1e6:.0f} MB: take a shorter copy",
                kind="too big",
            )

    def fits(info: Mapping[str, Any], *, incomplete: bool = False) -> None:
        live = info.get("live_status") in ("is_live", "is_upcoming") or bool(info.get("is_live"))
        _refuse_unfit(live, info.get("duration"), limits)

    try:
        with _youtube_dl(
            limits,
            format="bestaudio/best",
            outtmpl=str(folder / "song.%(ext)s")
            .replace("%(ext)s", "\0")
            .replace("%", "%%")
            .replace("\0", "%(ext)s"),
            noplaylist=True,
            playlistend=1,
            retries=0,  # ours, which also renew an address that has expired
            fragment_retries=limits.retries,
            ratelimit=limits.bytes_per_second,
            buffersize=8192,
            noresizebuffer=True,  # small pieces, so that the hook is called in time
            progress_hooks=[watch],
            match_filter=fits,
        ) as ydl:
            info = ydl.extract_info(song.address, download=True)
    except Cancelled:
        raise
    except Exception as error:
        raise explain(error) from error
    return _downloaded(info or {})


def _downloaded(info: Mapping[str, Any]) -> tuple[Path, Mapping[str, Any]]:
    if "entries" in info:
        entries = [entry for entry in info["entries"] or () if entry]
        if len(entries) != 1 or (info.get("playlist_count") or 1) > 1:
            raise SourceError(
                "it is a list of songs, not a song: add it as a source of its own", kind="list"
            )
        info = entries[0]
    files: Iterable[Mapping[str, Any]] = info.get("requested_downloads") or ()
    for file in files:
        path = Path(str(file.get("filepath")))
        if path.is_file():
            with path.open("rb") as opened:
                head = opened.read(512).lstrip().lower()
            if head.startswith((b"<!doctype html", b"<html")):
                raise SourceError("the site sent a web page, not audio", kind="not audio")
            return path, info
    raise SourceError("the site sent nothing", kind="not audio", retry=True)


def _described(song: Listed, path: Path, info: Mapping[str, Any]) -> Fetched:
    """Settle artist and title: the site's, then the file's tags, then the list's."""
    tags, claimed = _said_by_file(path)
    if info.get("extractor_key") == "Generic":
        artist, title = _from_tags(tags, "")
    else:
        artist, title = credits(info)
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return Fetched(
        path,
        title or song.title,
        artist or song.artist,
        info.get("duration") or claimed or song.seconds,
        content,
    )
