"""Videos and files from the network through yt-dlp as a library, without an ffmpeg program."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from genrefit.errors import Cancelled, SourceError
from genrefit.metadata import artist_and_title
from genrefit.sources.failures import PASSING, PAUSE, explain
from genrefit.sources.limits import Deadline, Limits, refuse_unfit
from genrefit.sources.restricted import open_yt_dlp
from genrefit.sources.songs import ListedSong
from genrefit.sources.urls import AUDIO_ENDINGS, ending, parse_address

_MISSING_VIDEOS = ("[private video]", "[deleted video]", "[unavailable video]")


def knows_site(url: str) -> bool:
    """Tell whether yt-dlp knows the site, so that its page need not be looked at."""
    from yt_dlp.extractor import gen_extractor_classes

    return any(ie.suitable(url) and ie.IE_NAME != "generic" for ie in gen_extractor_classes())


def list_videos(url: str, limits: Limits) -> tuple[list[ListedSong], list[str]]:
    """List a playlist, channel or page without visiting its videos; songs, and notes.

    SourceError where it cannot be read or lists nothing.
    """
    try:
        deadline = Deadline(limits.listing_seconds, limits)
        options = {"extract_flat": "in_playlist", "playlistend": limits.most_songs + 1}
        with open_yt_dlp(limits, deadline, **options) as ydl:
            info = ydl.extract_info(url, download=False)
            videos = list(_single_videos(ydl, info or {}, depth=0))
    except Exception as error:
        raise explain(error) from error
    public = [v for v in videos if str(v.get("title")).casefold() not in _MISSING_VIDEOS]
    missing = len(videos) - len(public)
    notes = [f"{missing} private or deleted videos were left out"] if missing else []
    songs: dict[str, ListedSong] = {}
    for video in public[: limits.most_songs]:
        song = _listed_song(video, url)
        songs.setdefault(song.key, song)
    if not songs:
        raise SourceError("; ".join(["it lists no songs", *notes]), kind="empty", retry=True)
    return list(songs.values()), notes + limits.notes_on_cut(len(public))


def _single_videos(ydl: Any, info: Mapping[str, Any], *, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield the single videos of a result, in which a channel's tabs are lists within a list."""
    if "entries" not in info:
        yield info
        return
    for entry in info["entries"] or ():
        if not entry:
            continue
        address = str(entry.get("url") or "")
        is_list = str(entry.get("ie_key") or "").endswith(("Tab", "Playlist", "Album"))
        if "entries" in entry:
            yield from _single_videos(ydl, entry, depth=depth)
        elif is_list and depth < 2:
            if not address.rstrip("/").endswith(("/shorts", "/streams")):
                inner = ydl.extract_info(address, download=False)
                yield from _single_videos(ydl, inner or {}, depth=depth + 1)
        else:
            yield entry


def _listed_song(info: Mapping[str, Any], source: str) -> ListedSong:
    from yt_dlp.utils import unsmuggle_url

    address = str(info.get("webpage_url") or info.get("url") or source)
    address = unsmuggle_url(address)[0]
    if info.get("ie_key") == "Youtube" or info.get("extractor_key") == "Youtube":
        address = f"youtube:{info['id']}"
    elif info.get("extractor_key") == "Generic" and info.get("_type", "video") == "video":
        # Audio inside a page: its own address where that is a plain file, else the page's.
        inner = unsmuggle_url(str(info.get("url") or ""))[0]
        address = inner if ending(inner) in AUDIO_ENDINGS else address
    parsed = parse_address(address)
    artist, title = artist_and_title_of(info)
    seconds = float(info.get("duration") or 0) or None
    return ListedSong(parsed, title or parsed.stem, artist, seconds, _is_live(info))


def artist_and_title_of(info: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return artist and title by what yt-dlp reports of a video.

    The site's own artist and track where it has them; else the channel where it is an artist's
    ("NAME - Topic"); else "Artist - Title" in the title; else whoever uploaded it, which is an
    artist often enough, and otherwise keeps one uploader's songs together, which is the safe side
    when songs are split by artist.
    """
    title = str(info.get("title") or "")
    named = info.get("artists") or info.get("creators")
    artist = "; ".join(named) if named else info.get("artist") or info.get("creator")
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
    """Fetch one song into a folder; return its file and what yt-dlp reports of it.

    What may pass is tried again with back-off, all before one deadline. SourceError or Cancelled
    where there is no file in the end; parts of it may then lie in the folder.
    """
    deadline = Deadline(limits.deadline_seconds, limits, cancelled)
    attempt = 0
    previous: SourceError | None = None
    while True:
        try:
            return _download_once(address, folder, limits, deadline)
        except SourceError as error:
            if previous and error.kind == "too slow":
                raise previous from error  # there was no time for a retry: report the first reason
            previous = error
            wait = limits.backoff_seconds * 2**attempt
            attempt += 1
            may_pass = error.kind in PASSING or error.kind == PAUSE
            if not may_pass or attempt > limits.retries or time.monotonic() + wait > deadline.until:
                raise
        deadline.sleep(wait)


def _download_once(
    address: str, folder: Path, limits: Limits, deadline: Deadline
) -> tuple[Path, Mapping[str, Any]]:
    """Let yt-dlp fetch the best audio; a part left by an earlier attempt is continued."""

    def refuse(info: Mapping[str, Any], *, incomplete: bool = False) -> None:
        refuse_unfit(_is_live(info), info.get("duration"), limits)

    options = {
        "format": "bestaudio/best",
        "outtmpl": str(folder).replace("%", "%%") + "/song.%(ext)s",
        "noplaylist": True,
        "playlistend": 1,
        "retries": 0,  # download() retries, which also renews an address that has expired
        "fragment_retries": limits.retries,
        "ratelimit": limits.bytes_per_second,
        "buffersize": 8192,
        "noresizebuffer": True,  # small pieces, so that the hook is called often
        "progress_hooks": [deadline.on_progress],
        "match_filter": refuse,
    }
    try:
        with open_yt_dlp(limits, deadline, **options) as ydl:
            info = ydl.extract_info(address, download=True)
    except Cancelled:
        raise
    except Exception as error:
        raise explain(error) from error
    return _downloaded_file(info or {})


def _is_live(info: Mapping[str, Any]) -> bool:
    return info.get("live_status") in ("is_live", "is_upcoming") or bool(info.get("is_live"))


def _downloaded_file(info: Mapping[str, Any]) -> tuple[Path, Mapping[str, Any]]:
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
