"""Songs and sources that could not be collected, with the reason and how often they were tried."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from genrefit.formatting import count
from genrefit.library.journal import Journal
from genrefit.records import FailedSong


class Failures(Journal):
    """The part of a Library that holds failed songs."""

    def record_failure(self, failure: FailedSong) -> None:
        """Remember that a song or source could not be collected; counts its attempts."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO failures (key, address, title, artist, genres, reason, kind, retry, "
                "attempts, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO "
                "UPDATE SET address = excluded.address, title = excluded.title, "
                "artist = excluded.artist, genres = excluded.genres, "
                "reason = excluded.reason, kind = excluded.kind, "
                "retry = excluded.retry, attempts = attempts + 1, at = excluded.at",
                (
                    failure.key,
                    failure.address,
                    failure.title,
                    failure.artist,
                    json.dumps(list(failure.genres)),
                    failure.reason,
                    failure.kind,
                    int(failure.retry),
                    failure.attempts,
                    time.time(),
                ),
            )

    def failures(self) -> list[FailedSong]:
        """Return what could not be collected, the latest last."""
        rows = self.rows(
            "SELECT key, address, title, artist, genres, reason, kind, retry, attempts "
            "FROM failures "
            "ORDER BY at, key"
        )
        return [
            FailedSong(
                key, address, title, artist, tuple(json.loads(genres)), reason, kind, bool(retry), n
            )
            for key, address, title, artist, genres, reason, kind, retry, n in rows
        ]

    def forget_failure(self, key: str) -> None:
        """Forget a failure."""
        self.forget_failures([key])

    def forget_failures(self, keys: Sequence[str]) -> None:
        """Forget failures, so that the next collection tries these songs again."""
        with self.change(f"forgot {count(len(keys), 'failure')}") as db:
            db.executemany("DELETE FROM failures WHERE key = ?", [(key,) for key in keys])
