"""How long, how much and how politely songs are fetched."""

from __future__ import annotations

from dataclasses import dataclass

from genrefit.errors import SourceError

YOUTUBE_PAUSE_SECONDS = 12.0
"""YouTube lets a guest have about 300 videos an hour."""
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how much and how politely to fetch.

    `deadline_seconds` and `max_bytes` are for one song, retries included. A song longer than
    `longest_seconds` is not fetched. `pause_seconds` is the least time between two songs of one
    site (None: 12 s for YouTube, 1 s elsewhere); `bytes_per_second` holds for each download (None:
    no limit). What may pass is tried again `retries` times, after `backoff_seconds`, then twice
    that, and so on. A site is silent for at most `answer_seconds`; a source is listed within
    `listing_seconds` and lists at most `most_songs`.
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

    def pause(self, site: str) -> float:
        """Return the seconds to leave between two songs of a site; none for local files ("")."""
        if not site:
            return 0.0
        if self.pause_seconds is not None:
            return self.pause_seconds
        return YOUTUBE_PAUSE_SECONDS if site == "youtube.com" else PAUSE_SECONDS

    def note_cut(self, count: int) -> list[str]:
        """Return a note where a source of `count` songs holds more than may be taken."""
        if count <= self.most_songs:
            return []
        return [f"only its first {self.most_songs} songs are taken of the {count} or more it has"]


DEFAULT = Limits()


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
