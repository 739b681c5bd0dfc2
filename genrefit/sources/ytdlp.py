"""Everything that is fetched over a network, through yt-dlp as a library (no ffmpeg program)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from genrefit.errors import Cancelled, SourceError
from genrefit.metadata import artist_and_title
from genrefit.records import Listed
from genrefit.sources import urls
from genrefit.sources.failures import PASSING, PAUSE, explain
from genrefit.sources.limits import Limits, refuse_unfit
from genrefit.sources.playlists import kind_of
from genrefit.sources.urls import canonical, completed, song_id

PAGE_BYTES = 8_000_000
"""A page or playlist longer than this is read so far and no further."""
PIECE_BYTES = 256
"""Responses are read in pieces so small that one that trickles in is noticed in time."""
_MISSING_VIDEOS = ("[private video]", "[deleted video]", "[unavailable video]")


def page(url: str, limits: Limits) -> tuple[bytes, str, str]:
    """Return the first bytes of what is at an address, its type and its final address.

    All of it where it is text; only the beginning of anything else, which is taken for audio.
    """
    watch = _Watch(limits.listing_seconds, limits)
    try:
        with _youtube_dl(limits, watch) as ydl:
            response = ydl.urlopen(url)
            content_type = (response.headers.get("Content-Type") or "").lower()
            data = b""
            while len(data) < PAGE_BYTES:
                piece = response.read(PIECE_BYTES)
                data += piece
                if not piece or _is_sound(data, content_type):
                    break
            response.close()
            return data, content_type, response.url
    except Exception as error:
        raise explain(error) from error


def _is_sound(data: bytes, content_type: str) -> bool:
    """Tell by the beginning of a response whether there is no text to read on for."""
    if b"\0" in data[:4096]:
        return True
    said = content_type.startswith(("audio/", "video/")) and "url" not in content_type
    return said and len(data) >= 1024 and kind_of(data, "") is None


class _Watch:
    """Raises once a deadline or the user says so; yt-dlp is made to ask it again and again."""

    def __init__(
        self, seconds: float, limits: Limits, cancelled: Callable[[], bool] | None = None
    ) -> None:
        self.seconds, self.limits, self.cancelled = seconds, limits, cancelled
        self.until = time.monotonic() + seconds

    def __call__(self) -> None:
        if self.cancelled and self.cancelled():
            raise Cancelled("the download was stopped")
        if time.monotonic() > self.until:
            raise SourceError(
                f"it took longer than {self.seconds:.0f} s: try again when the connection is "
                "better",
                kind="too slow",
                retry=True,
            )

    def pause(self, seconds: float) -> None:
        """Sleep, unless stopped."""
        end = min(time.monotonic() + seconds, self.until)
        while (left := end - time.monotonic()) > 0:
            self()
            time.sleep(min(left, 0.5))

    def check_size(self, size: int) -> None:
        """Refuse what is larger than a song may be."""
        if size > self.limits.max_bytes:
            raise SourceError(
                f"it is larger than {self.limits.max_bytes / 1e6:.0f} MB: take a shorter copy",
                kind="too big",
            )

    def progress(self, progress: Mapping[str, Any]) -> None:
        """Be yt-dlp's progress hook."""
        self()
        self.check_size(
            max(progress.get("downloaded_bytes") or 0, progress.get("total_bytes") or 0)
        )

    def guard(self, response: Any) -> Any:
        """Make a response ask before each piece, and read to its end in small pieces.

        Else a page that trickles in would never end: the socket's own timeout only bounds the
        silence between two bytes.
        """
        read = response.read

        def watched(amount: int | None = None) -> bytes:
            self()
            if amount is not None:
                return read(amount)
            pieces, size = [], 0
            while piece := read(PIECE_BYTES):
                self()
                size += len(piece)
                self.check_size(size)
                pieces.append(piece)
            return b"".join(pieces)

        response.read = watched
        return response


class _Silent:
    """yt-dlp's messages: errors come as exceptions, and the rest is not for the user."""

    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


def _youtube_dl(limits: Limits, watch: _Watch, **options: Any) -> Any:
    from yt_dlp import YoutubeDL

    class Watched(YoutubeDL):
        def urlopen(self, request: Any) -> Any:
            watch()
            return watch.guard(super().urlopen(request))

    return Watched(
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


def known(url: str) -> bool:
    """Tell whether yt-dlp knows the site, so that its page need not be looked at."""
    from yt_dlp.extractor import gen_extractor_classes

    return any(ie.suitable(url) and ie.IE_NAME != "generic" for ie in gen_extractor_classes())


def videos(url: str, limits: Limits) -> tuple[list[Listed], list[str]]:
    """List a playlist, channel or page without visiting its videos; songs, and notes.

    SourceError where it cannot be read or lists nothing.
    """
    try:
        watch = _Watch(limits.listing_seconds, limits)
        options = {"extract_flat": "in_playlist", "playlistend": limits.most_songs + 1}
        with _youtube_dl(limits, watch, **options) as ydl:
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
    return list(songs.values()), notes + limits.note_cut(len(there))


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
        address = inner if urls.ending(inner) in urls.AUDIO else address
    key = canonical(address)
    artist, title = credits(info)
    title = title or urls.stem(address)
    seconds = float(info.get("duration") or 0) or None
    return Listed(song_id(key), key, address, title, artist, seconds, _live(info))


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


def download(
    address: str, folder: Path, limits: Limits, cancelled: Callable[[], bool] | None
) -> tuple[Path, Mapping[str, Any]]:
    """Fetch one song into a folder; return its file and what yt-dlp says about it.

    What may pass is tried again with back-off, all before one deadline. SourceError or Cancelled
    where there is no file in the end; parts of it may then lie in the folder.
    """
    watch = _Watch(limits.deadline_seconds, limits, cancelled)
    attempt = 0
    before: SourceError | None = None
    while True:
        try:
            return _attempt(address, folder, limits, watch)
        except SourceError as error:
            if before and error.kind == "too slow":
                raise before from error  # there was no time for a retry; the reason stays
            before = error
            wait = limits.backoff_seconds * 2**attempt
            attempt += 1
            passing = error.kind in PASSING or error.kind == PAUSE
            if not passing or attempt > limits.retries or time.monotonic() + wait > watch.until:
                raise
        watch.pause(wait)


def _attempt(
    address: str, folder: Path, limits: Limits, watch: _Watch
) -> tuple[Path, Mapping[str, Any]]:
    """Let yt-dlp fetch the best sound; a part left by an earlier attempt is continued."""

    def check(info: Mapping[str, Any], *, incomplete: bool = False) -> None:
        refuse_unfit(_live(info), info.get("duration"), limits)

    options = {
        "format": "bestaudio/best",
        "outtmpl": str(folder).replace("%", "%%") + "/song.%(ext)s",
        "noplaylist": True,
        "playlistend": 1,
        "retries": 0,  # download() does it, and so renews an address that has expired
        "fragment_retries": limits.retries,
        "ratelimit": limits.bytes_per_second,
        "buffersize": 8192,
        "noresizebuffer": True,  # small pieces, so that the hook is called in time
        "progress_hooks": [watch.progress],
        "match_filter": check,
    }
    try:
        with _youtube_dl(limits, watch, **options) as ydl:
            info = ydl.extract_info(address, download=True)
    except Cancelled:
        raise
    except Exception as error:
        raise explain(error) from error
    return _downloaded(info or {})


def _live(info: Mapping[str, Any]) -> bool:
    return info.get("live_status") in ("is_live", "is_upcoming") or bool(info.get("is_live"))


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
