"""The verb `collect`: from the sources of the genres to songs and features in the library."""

from __future__ import annotations

import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from genrefit import features, sources
from genrefit.collecting.fetch_queue import STRIKES, Queue, Todo, site_of
from genrefit.collecting.tasks import Heard, ToFetch, ToList, work
from genrefit.config import Home
from genrefit.errors import Cancelled, GenreError, GenrefitError, JobError
from genrefit.library import Library, genres, open_library
from genrefit.metadata import artist_and_title
from genrefit.processes import Outcome, Workers
from genrefit.records import FailedSong, Failure, Genre, Progress, Song
from genrefit.sources import Limits
from genrefit.storage import work_folder

AFTER_SECONDS = 120.0
"""What a worker may take beyond a song's deadline, to decode and hear it, before it is killed."""
_SOURCE = "source:"


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection did: songs added or refreshed, failed, and left alone because they were
    there already or had failed before; and what the user should know, a sentence each."""

    done: int
    failed: int
    skipped: int
    problems: tuple[str, ...]
    seconds: float


def collect(
    home: Home,
    *,
    genres: Iterable[str] | None = None,
    sets: Sequence[str] | None = None,
    jobs: int | None = None,
    retry_failed: bool = False,
    refresh: bool = False,
    limits: Limits = sources.DEFAULT,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Collected:
    """Collect every song of the genres that is not in the library yet.

    `genres` None means all; `sets` None the default feature sets; `jobs` None every core. With
    `retry_failed` only what failed before and may pass now is tried; with `refresh` only songs
    that lack one of the sets, or have an older version of it, are fetched again.

    Songs that fail are remembered with the reason and the others go on. What was collected is
    kept whatever happens: a next run goes on where this one stopped.

    Raises
    ------
    JobError
        if another collection is at work on the same home.
    GenreError
        if there is no such genre, or none at all.
    Cancelled
        if `cancelled()` said so.
    """
    chosen = _chosen(home, genres)
    wanted = tuple(sets or features.default_sets())
    _check_sets(wanted)
    with (
        _alone(home),
        work_folder(home.work) as folder,
        open_library(home) as library,
        Workers(work, n_jobs=jobs, log=_log(home)) as workers,
    ):
        run = _Run(
            library, chosen, wanted, limits, folder, workers, _log(home), on_progress, cancelled
        )
        if refresh:
            run.plan_refresh()
        elif retry_failed:
            run.plan_failed()
        else:
            run.plan_listed(chosen)
        return run.fetch()


def _chosen(home: Home, names: Iterable[str] | None) -> dict[str, Genre]:
    known = genres.read(home)
    if not known:
        raise GenreError("there are no genres yet: add one with a source (genrefit genres add)")
    if names is None:
        return known
    found = [genres.find(known, name) for name in names]
    return {genre.name: genre for genre in found}


def _check_sets(wanted: Iterable[str]) -> None:
    for name in wanted:
        if name not in features.FEATURE_SETS:
            known = ", ".join(features.FEATURE_SETS)
            raise GenrefitError(f"there is no feature set {name!r}; there are {known}")
        if not features.available(name):
            raise GenrefitError(
                f"the feature set {name!r} cannot be computed here yet: `genrefit doctor` says "
                "what is missing"
            )


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One collection at a time in a home; the system lets go of the lock when we die."""
    home.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.data / "collect.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise JobError(
            f"another collection is at work in {home.path}: wait until it is done, or cancel it"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _log(home: Home) -> Path:
    home.logs.mkdir(parents=True, exist_ok=True)
    return home.logs / "collect.log"


class _Run:
    """One collection: what is to be done, and how far it is."""

    def __init__(
        self,
        library: Library,
        chosen: Mapping[str, Genre],
        sets: tuple[str, ...],
        limits: Limits,
        folder: Path,
        workers: Workers,
        log: Path,
        on_progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.library, self.chosen, self.sets, self.limits = library, chosen, sets, limits
        self.folder, self.workers, self.log = folder, workers, log
        self.on_progress, self.cancelled = on_progress, cancelled
        self.known = library.keys()
        self.genres_of = {song.song_id: set(song.genres) for song in library.songs()}
        self.todo: dict[str, Todo] = {}
        self.problems: list[str] = []
        self.skipped = self.done = self.failed = 0
        self.begun = time.monotonic()
        self.recent: deque[float] = deque(maxlen=40)
        self.of_genre: dict[str, tuple[int, int]] = {}

    # What to do

    def plan_listed(self, chosen: Mapping[str, Genre]) -> None:
        """List every source; songs that are there already get the genres that are new for them."""
        by_source: dict[str, set[str]] = {}
        for genre in chosen.values():
            if not genre.sources:
                self.problems.append(f"{genre.name} has no sources yet")
            for source in genre.sources:
                by_source.setdefault(source, set()).add(genre.name)
        failed_before = {failure.key for failure in self.library.failures()}
        listed = self._listings(by_source)
        kept_out = self.library.kept_out()
        for key, item in self._merged(by_source, listed).items():
            item.genres.difference_update([g for g in item.genres if (key, g) in kept_out])
            if self._known(key, item) or key in failed_before or not item.genres:
                self.skipped += 1
            else:
                self.todo[key] = item
        self._say_what_lacks()

    def plan_failed(self) -> None:
        """Try what failed before and may pass now, and list again what could not be listed."""
        by_source: dict[str, set[str]] = {}
        for failure in self.library.failures():
            names = set(failure.genres) & set(self.chosen)
            if not names:
                continue
            if not failure.retry:
                self.skipped += 1
            elif failure.key.startswith(_SOURCE):
                by_source[failure.address] = names
            else:
                artist, title = artist_and_title(failure.title)
                listed = sources.ListedSong(sources.parse_address(failure.address), title, artist)
                self.todo[failure.key] = Todo(listed, names, self.sets)
        hopeless = {failure.key for failure in self.library.failures() if not failure.retry}
        for key, item in self._merged(by_source, self._listings(by_source)).items():
            if self._known(key, item) or key in hopeless:
                self.skipped += 1
            else:
                self.todo.setdefault(key, item).genres.update(item.genres)

    def plan_refresh(self) -> None:
        """Fetch again the songs that lack a feature set or have an older version of it."""
        for song, lacking in self._lacking():
            address = replace(sources.parse_address(song.address), key=song.key)
            listed = sources.ListedSong(address, song.title, song.artist)
            self.todo[song.key] = Todo(listed, set(song.genres), lacking, song)
        if self.todo:
            self.problems.append(
                f"{len(self.todo)} songs were fetched again, for they lacked a feature set in "
                f"its current version ({', '.join(self.sets)})"
            )

    def _lacking(self) -> list[tuple[Song, tuple[str, ...]]]:
        stored = self.library.sets()
        found = []
        for song in self.library.songs():
            if song.key.startswith("import:"):
                continue  # there is nowhere to fetch it from
            has = stored.get(song.song_id, {})
            lacking = tuple(
                name for name in self.sets if has.get(name) != features.FEATURE_SETS[name].version
            )
            if lacking and set(song.genres) & set(self.chosen):
                found.append((song, lacking))
        return found

    def _say_what_lacks(self) -> None:
        lacking = self._lacking()
        if lacking:
            names = sorted({name for _, names in lacking for name in names})
            self.problems.append(
                f"{len(lacking)} songs that are in already lack the feature set "
                f"{' and '.join(names)} in its current version: `genrefit collect --refresh` "
                "fetches them again"
            )

    def _known(self, key: str, item: Todo) -> bool:
        """Tell whether a song is in already; if so, it gets the genres that are new for it."""
        song_id = self.known.get(key)
        if song_id is None:
            return False
        for name in item.genres - self.genres_of.get(song_id, set()):
            self.library.put_in(song_id, name)
        return True

    def _listings(self, by_source: Mapping[str, set[str]]) -> dict[str, sources.Listing]:
        """List all sources in the workers, so that one that hangs can be stopped."""
        waiting = deque(by_source)
        found: dict[str, sources.Listing] = {}
        answered = 0
        while waiting or self.workers.busy:
            self._refuse_cancelled()
            while waiting and self.workers.free:
                task = ToList(waiting.popleft(), self.limits)
                # Listing minds its own time; this is for what even that cannot stop.
                self.workers.give(task, seconds=2 * self.limits.listing_seconds + AFTER_SECONDS)
            self._tell("listing", answered, len(by_source), failed=answered - len(found))
            for outcome in self.workers.wait(0.25):
                answered += 1
                source = outcome.item.source
                if isinstance(outcome.result, sources.Listing):
                    found[source] = outcome.result
                    self.library.forgive(_SOURCE + source)
                else:
                    refused = self._refusal(outcome)
                    named = refused.reason.startswith(source)
                    self.problems.append(refused.reason if named else f"{source}: {refused.reason}")
                    key = _SOURCE + source
                    self._fail(key, source, source, by_source[source], refused)
        self._tell("listing", answered, len(by_source), failed=answered - len(found))
        return found

    def _merged(
        self, by_source: Mapping[str, set[str]], listed: Mapping[str, sources.Listing]
    ) -> dict[str, Todo]:
        """Songs by key, each once, with the genres of all the sources that list it."""
        merged: dict[str, Todo] = {}
        for source, names in by_source.items():
            if source not in listed:
                continue
            self.problems += [f"{source}: {note}" for note in listed[source].notes]
            for song in listed[source].songs:
                merged.setdefault(song.key, Todo(song, set(), self.sets)).genres.update(names)
        return merged

    # Doing it

    def fetch(self) -> Collected:
        """Fetch what was planned, and store it song by song."""
        queue = Queue(self.todo, self.limits)
        self._count_genres()
        self._tell("collecting", 0, len(self.todo))
        while queue or self.workers.busy:
            self._refuse_cancelled()
            while self.workers.free and (item := queue.ready()):
                self._give(item)
            for outcome in self.workers.wait(0.1 if queue else 0.25):
                self._settle(outcome, queue)
                self._tell("collecting", self.done, len(self.todo), failed=self.failed)
        problems = tuple(dict.fromkeys(self.problems))
        seconds = time.monotonic() - self.begun
        return Collected(self.done, self.failed, self.skipped, problems, seconds)

    def _give(self, item: Todo) -> None:
        content: str | None = None
        every: tuple[str, ...] = ()
        if item.song:
            content = item.song.content
            every = tuple({*self.sets, *self.library.sets().get(item.song.song_id, {})})
        folder = self.folder / item.listed.song_id
        folder.mkdir()
        task = ToFetch(item.listed, item.sets, folder, self.limits, content, every)
        self.workers.give(task, seconds=self.limits.deadline_seconds + AFTER_SECONDS)

    def _settle(self, outcome: Outcome, queue: Queue) -> None:
        """Store a song, or why there is none."""
        # Empty, unless the worker was killed with a download in its hands.
        shutil.rmtree(outcome.item.folder)
        item = self.todo[outcome.item.song.key]
        self.recent.append(time.monotonic())
        if isinstance(outcome.result, Heard):
            self._store(item, outcome.result)
            self.done += 1
            queue.note(item, None)
            return
        refused = self._refusal(outcome)
        self.failed += 1
        listed = item.listed
        title = f"{listed.artist} - {listed.title}" if listed.artist else listed.title
        self._fail(listed.key, listed.address.text, title, item.genres, refused)
        given_up = queue.note(item, refused.kind)
        if given_up:
            self.skipped += given_up
            self.problems.append(
                f"{site_of(item)} failed {STRIKES} times in a row ({refused.reason}): "
                f"{given_up} more songs of it are left for the next run"
            )

    def _store(self, item: Todo, heard: Heard) -> None:
        if item.song:
            self.library.add_features(item.song.song_id, heard.features)
            self.library.forgive(item.song.key)
        else:
            song = replace(heard.song, genres=tuple(sorted(item.genres)))
            self.library.add(song, heard.features)
        for name in item.genres & set(self.of_genre):
            there, total = self.of_genre[name]
            self.of_genre[name] = (there + 1, total)

    def _fail(self, key: str, address: str, title: str, names: set[str], failure: Failure) -> None:
        self.library.fail(
            FailedSong(
                key,
                address,
                title,
                None,
                tuple(sorted(names)),
                failure.reason,
                failure.kind,
                failure.retry,
            )
        )

    def _refusal(self, outcome: Outcome) -> Failure:
        """Return why a worker has no result."""
        about = outcome.item.about
        if isinstance(outcome.result, Failure):
            return outcome.result
        if outcome.lost == "overrun":
            return Failure(
                about, "it took too long and was stopped: try again later", "too slow", True
            )
        if outcome.lost == "crashed":
            return Failure(
                about, "reading it crashed the reader: the file is damaged", "crash", False
            )
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"{outcome.item}\n{outcome.trace}\n")
        what = outcome.trace.strip().splitlines()[-1]
        return Failure(
            about,
            f"genrefit itself stumbled ({what}): please report it, with {self.log}",
            "bug",
            retry=True,
        )

    # Telling

    def _refuse_cancelled(self) -> None:
        if self.cancelled and self.cancelled():
            raise Cancelled(
                f"stopped after {self.done} of {len(self.todo)} songs: a next run goes on from "
                "there"
            )

    def _count_genres(self) -> None:
        """Note for each genre how many of its songs are done, and how many there are."""
        waiting = Counter(name for item in self.todo.values() for name in item.genres)
        there = Counter(name for song in self.library.songs() for name in song.genres)
        if any(item.song for item in self.todo.values()):
            there.subtract(waiting)  # songs that are refreshed are in, and not done
        self.of_genre = {name: (there[name], there[name] + waiting[name]) for name in self.chosen}

    def _tell(self, stage: str, done: int, total: int, *, failed: int = 0) -> None:
        if not self.on_progress:
            return
        rate = left = None
        settled = done + failed if stage == "collecting" else done
        if len(self.recent) > 1:
            spent = max(time.monotonic() - self.recent[0], 1e-3)
            rate = (len(self.recent) - 1) / spent * 60
            left = max(total - settled, 0) / rate * 60
        genres = self.of_genre if stage == "collecting" else {}
        self.on_progress(Progress(stage, done, total, failed, rate, left, "", dict(genres)))
