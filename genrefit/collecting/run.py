"""One run of a collection: tasks go to the workers, what comes back is stored and reported."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from genrefit.cluster_workers import ClusterWorkers
from genrefit.collecting.fetch_queue import FAILURES_IN_A_ROW, FetchQueue, PlannedSong
from genrefit.collecting.planner import SOURCE_KEY, GenresBySource, Plan
from genrefit.collecting.result import CollectionResult as CollectionResult
from genrefit.collecting.storing import store_song
from genrefit.collecting.tasks import CollectedSong, FetchTask, ListTask, LookTask
from genrefit.collecting.work_loop import results_of
from genrefit.config import Home
from genrefit.errors import Cancelled
from genrefit.faults import failure_of_trace
from genrefit.library import Library
from genrefit.processes import CRASHED, KILLED, OVERRUN, Workers, WorkResult
from genrefit.records import FailedSong, Failure, FileState, Progress
from genrefit.sources import Limits, ListedSong, Listing
from genrefit.storage import erase

EXTRA_SECONDS = 120.0
"""A worker is killed so long after a song's deadline, which leaves time to decode it."""


class CollectionRun:
    """Lists sources and fetches songs in `workers`, for one call of `collect`."""

    def __init__(
        self,
        library: Library,
        workers: Workers | ClusterWorkers,
        limits: Limits,
        home: Home,
        folder: Path,
        log: Path,
        on_progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
        *,
        any_sound: bool = False,
    ) -> None:
        self._any_sound = any_sound
        self._library, self._workers, self._limits = library, workers, limits
        self._home, self._folder, self._log = home, folder, log
        self._on_progress, self._cancelled = on_progress, cancelled
        self._started = time.monotonic()
        self._notes: list[str] = []
        self._done = self._failed = self._skipped = self._failed_sources = 0
        self._planned: dict[str, PlannedSong] = {}
        self._finished_at: deque[float] = deque(maxlen=40)
        self._of_genre: dict[str, tuple[int, int]] = {}

    def list_sources(self, by_source: GenresBySource) -> dict[str, Listing]:
        """List sources in the workers, so that one that hangs can be stopped.

        One that cannot be listed is stored as failed, and lacks in the result.
        """
        listings: dict[str, Listing] = {}
        answered = 0

        def report() -> None:
            self._raise_if_cancelled()
            failed = answered - len(listings)
            self._report("listing", answered, len(by_source), failed=failed)

        # Listing keeps its own deadline; this one is for what even that cannot stop.
        seconds = 2 * self._limits.listing_seconds + EXTRA_SECONDS
        tasks = [ListTask(source, self._limits) for source in by_source]
        for outcome in results_of(self._workers, tasks, seconds=seconds, between=report):
            answered += 1
            source = outcome.item.source
            if isinstance(outcome.result, Listing):
                listings[source] = outcome.result
                self._library.forget_failure(SOURCE_KEY + source)
            else:
                self._store_failed_source(source, by_source[source], self._failure(outcome))
        report()
        return listings

    def look_at_files(self, songs: Sequence[ListedSong]) -> dict[str, FileState]:
        """Read files of the user's own in the workers; those that cannot be read lack."""
        states: dict[str, FileState] = {}
        looked = 0

        def report() -> None:
            self._raise_if_cancelled()
            self._report("looking at files", looked, len(songs))

        tasks = [LookTask(song) for song in songs]
        for outcome in results_of(self._workers, tasks, seconds=EXTRA_SECONDS, between=report):
            looked += 1
            if isinstance(outcome.result, FileState):
                states[outcome.item.song.key] = outcome.result
        return states

    def fetch(self, plan: Plan, chosen: Iterable[str]) -> CollectionResult:
        """Fetch the planned songs, and store each as soon as it is there."""
        self._planned, self._skipped = plan.songs, plan.skipped
        self._notes += plan.notes
        queue = FetchQueue(plan.songs.values(), self._limits)
        self._count_by_genre(chosen)
        self._report("collecting", 0, len(self._planned))
        while queue or self._workers.busy:
            self._raise_if_cancelled()
            while self._workers.free and (song := queue.next_song()):
                self._start_fetch(song)
            for outcome in self._workers.wait(0.1 if queue else 0.25):
                self._finish_fetch(outcome, queue)
                self._report("collecting", self._done, len(self._planned), failed=self._failed)
        notes = tuple(dict.fromkeys([*self._notes, *self._workers.notes]))
        seconds = time.monotonic() - self._started
        return CollectionResult(
            self._done, self._failed, self._skipped, notes, seconds, self._failed_sources
        )

    def _start_fetch(self, song: PlannedSong) -> None:
        folder = self._folder / song.listed.song_id
        folder.mkdir()
        content = song.stored.content if song.stored else None
        task = FetchTask(
            song.listed,
            song.sets,
            self._home,
            folder,
            self._limits,
            content,
            song.every_set,
            any_sound=self._any_sound or song.stored is not None,
        )
        self._workers.submit(task, seconds=self._limits.deadline_seconds + EXTRA_SECONDS)

    def _finish_fetch(self, outcome: WorkResult, queue: FetchQueue) -> None:
        """Store a song, or why it failed."""
        # Empty, unless the worker was killed during a download.
        erase(outcome.item.folder, within=self._folder)
        song = self._planned[outcome.item.song.key]
        self._finished_at.append(time.monotonic())
        if isinstance(outcome.result, CollectedSong):
            self._store_song(song, outcome.result)
            self._done += 1
            queue.record(song, None)
            return
        failure = self._failure(outcome)
        self._failed += 1
        listed = song.listed
        self._store_failure(
            listed.key, listed.address.text, listed.title, listed.artist, song.genres, failure
        )
        dropped = queue.record(song, failure.kind)
        if dropped:
            self._skipped += dropped
            self._notes.append(
                f"{song.site} failed {FAILURES_IN_A_ROW} times in a row ({failure.reason}): "
                f"{dropped} more songs of it are left for the next run"
            )

    def _store_song(self, planned: PlannedSong, collected: CollectedSong) -> None:
        with self._library.transaction():
            store_song(self._library, planned, collected)
        for name in planned.genres & set(self._of_genre):
            done, total = self._of_genre[name]
            self._of_genre[name] = (done + 1, total)

    def _store_failed_source(self, source: str, names: set[str], failure: Failure) -> None:
        self._failed_sources += 1
        named = failure.reason.startswith(source)
        self._notes.append(failure.reason if named else f"{source}: {failure.reason}")
        self._store_failure(SOURCE_KEY + source, source, source, None, names, failure)

    def _store_failure(
        self,
        key: str,
        address: str,
        title: str,
        artist: str | None,
        names: set[str],
        failure: Failure,
    ) -> None:
        in_genres = tuple(sorted(names))
        reason, kind, retry = failure.reason, failure.kind, failure.retry
        self._library.record_failure(
            FailedSong(key, address, title, artist, in_genres, reason, kind, retry)
        )

    def _failure(self, outcome: WorkResult) -> Failure:
        """Return why a worker has no result."""
        about = outcome.item.about
        if isinstance(outcome.result, Failure):
            return outcome.result
        if outcome.failure and outcome.failure.kind == OVERRUN:
            reason = "it took too long and was stopped: try again later"
            return Failure(about, reason, "too slow", retry=True)
        if outcome.failure and outcome.failure.kind == CRASHED:
            reason = "reading it crashed the reader: the file is damaged"
            return Failure(about, reason, "crash", retry=False)
        if outcome.failure and outcome.failure.kind == KILLED:
            reason = "its worker was killed, maybe for lack of memory: try again later"
            return Failure(about, reason, "killed", retry=True)
        return failure_of_trace(outcome.traceback, about=about, log=self._log)

    def _raise_if_cancelled(self) -> None:
        if self._cancelled and self._cancelled():
            raise Cancelled(
                f"stopped after {self._done} of {len(self._planned)} songs: a next run goes on "
                "from there"
            )

    def _count_by_genre(self, names: Iterable[str]) -> None:
        """Count for each genre the songs that are done, and all of them."""
        planned = self._planned.values()
        waiting = Counter(name for song in planned for name in song.genres)
        stored = Counter(name for song in self._library.songs() for name in song.genres)
        if any(song.stored for song in planned):
            stored.subtract(waiting)  # songs that are fetched again are stored, and not done
        self._of_genre = {name: (stored[name], stored[name] + waiting[name]) for name in names}

    def _report(self, stage: str, done: int, total: int, *, failed: int = 0) -> None:
        """Call `on_progress`; the rate is that of the last 40 songs."""
        if not self._on_progress:
            return
        rate = left = None
        finished = done + failed if stage == "collecting" else done
        if len(self._finished_at) > 1:
            spent = max(time.monotonic() - self._finished_at[0], 1e-3)
            rate = (len(self._finished_at) - 1) / spent * 60
            left = max(total - finished, 0) / rate * 60
        by_genre, where = dict(self._of_genre) if stage == "collecting" else {}, self._workers.where
        self._on_progress(Progress(stage, done, total, failed, rate, left, where, by_genre))
