"""How long, how much and how politely songs are fetched, and what holds a fetch to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from genrefit.errors import Cancelled, SourceError

YOUTUBE_PAUSE_SECONDS = 12.0
"""YouTube lets a guest have about 300 videos an hour."""
PAUSE_SECONDS = 1.0
PIECE_BYTES = 256
"""Responses are read in pieces so small that one that trickles in is noticed in time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how much and how politely to fetch.

    `deadline_seconds` and `max_bytes` are for one song, retries included. A song longer than
    `longest_seconds` is not fetched. `pause_seconds` is the least time between two songs of one
    site (None: 12 s for YouTube, 1 s elsewhere); `bytes_per_second` holds for each download (None:
    no limit). What may pass is tried again `retries` times, after `backoff_seconds`, then twice
    that, and so on. A site is silent for at most `answer_seconds`; a source is listed within
    `listing_seconds` and lists at most `most_songs`. A list on this computer may name files below
    its own folder and below `music_folders`.
    """

    deadline_seconds: float = 300.0
    max_bytes: int = 200_000_000
    longest_seconds: float = 900.0
    pause_seconds: float | None = None
    bytes_per_second: int | None = 2_000_000
    retries: int = 3
    backoff_seconds: float = 2.0
    answer_seconds: float = 20.0
    listing_seconds: float = 180.0
    most_songs: int = 5000
    music_folders: tuple[str, ...] = ()

    def pause(self, site: str) -> float:
        """Return the seconds to leave between two songs of a site; none for local files ("")."""
        if not site:
            return 0.0
        if self.pause_seconds is not None:
            return self.pause_seconds
        return YOUTUBE_PAUSE_SECONDS if site == "youtube.com" else PAUSE_SECONDS

    def notes_on_cut(self, count: int) -> list[str]:
        """Return a note where a source of `count` songs holds more than may be taken."""
        if count <= self.most_songs:
            return []
        return [f"only its first {self.most_songs} songs are taken of the {count} or more it has"]


DEFAULT_LIMITS = Limits()


def refuse_unfit(live: bool, seconds: float | None, limits: Limits) -> None:
    """Raise SourceError for what is no song, or too long a one."""
    if live:
        raise SourceError("it is a live broadcast, which is no song", kind="live")
    if seconds and seconds > limits.longest_seconds:
        raise SourceError(
            f"it lasts {seconds / 60:.0f} minutes; the longest allowed is "
            f"{limits.longest_seconds / 60:.0f}",
            kind="too long",
        )


class Deadline:
    """Ends a fetch that takes too long, grows too big, or is cancelled, by raising an exception.

    yt-dlp has no such limits of its own, so it is made to call this before every piece it reads.
    """

    def __init__(
        self, seconds: float, limits: Limits, cancelled: Callable[[], bool] | None = None
    ) -> None:
        self.seconds, self.limits, self.cancelled = seconds, limits, cancelled
        self.until = time.monotonic() + seconds

    def check(self) -> None:
        """Raise SourceError once the time is up, Cancelled once the user stopped the fetch."""
        if self.cancelled and self.cancelled():
            raise Cancelled("the download was stopped")
        if time.monotonic() > self.until:
            raise SourceError(
                f"it took longer than {self.seconds:.0f} s: try again when the connection is "
                "better",
                kind="too slow",
                retry=True,
            )

    def sleep(self, seconds: float) -> None:
        """Sleep, at most to the deadline; raise as `check` does."""
        end = min(time.monotonic() + seconds, self.until)
        while (left := end - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, 0.5))

    def check_size(self, size: int) -> None:
        """Raise SourceError where a song has more bytes than it may have."""
        if size > self.limits.max_bytes:
            raise SourceError(
                f"it is larger than {self.limits.max_bytes / 1e6:.0f} MB: take a shorter copy",
                kind="too big",
            )

    def on_progress(self, progress: Mapping[str, Any]) -> None:
        """Check time and size; yt-dlp's progress hook."""
        self.check()
        self.check_size(
            max(progress.get("downloaded_bytes") or 0, progress.get("total_bytes") or 0)
        )

    def limit_response(self, response: Any) -> Any:
        """Make a response check the deadline before each piece, and read in small pieces.

        Otherwise a page that trickles in never ends: the socket's own timeout only bounds the
        silence between two bytes.
        """
        read = response.read

        def read_checked(amount: int | None = None) -> bytes:
            self.check()
            if amount is not None:
                return bytes(read(amount))
            pieces, size = [], 0
            while piece := read(PIECE_BYTES):
                self.check()
                size += len(piece)
                self.check_size(size)
                pieces.append(piece)
            return b"".join(pieces)

        response.read = read_checked
        return response
