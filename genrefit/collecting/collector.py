"""Collecting: from the sources of genres to songs and features in the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from genrefit import features, sources
from genrefit.cluster import Cluster, connect
from genrefit.cluster_workers import ClusterWorkers
from genrefit.collecting.planner import Planner
from genrefit.collecting.run import CollectionResult, CollectionRun
from genrefit.collecting.tasks import run_task, run_task_elsewhere
from genrefit.config import Home
from genrefit.errors import GenreError, GenrefitError, JobError
from genrefit.isolated import MEMORY_BYTES
from genrefit.library import genres, open_library
from genrefit.library.genres import music_folders
from genrefit.processes import Workers
from genrefit.records import Genre, Progress
from genrefit.sources import Limits
from genrefit.storage import work_folder

__all__ = ["CollectionResult", "collect", "lock_collection"]


def collect(
    home: Home,
    *,
    genres: Iterable[str] | None = None,
    sets: Sequence[str] | None = None,
    jobs: int | None = None,
    retry_failed: bool = False,
    refresh: bool = False,
    any_sound: bool = False,
    cluster: Cluster | None = None,
    drop_vanished: bool = False,
    limits: Limits = sources.DEFAULT_LIMITS,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> CollectionResult:
    """Collect every song of the genres that is not in the library yet.

    `genres` None means all; `sets` None the default feature sets; `jobs` None every core. With
    `retry_failed` only what failed before and may pass now is tried; with `refresh` only songs
    that lack one of the sets, or have an older version of it, are fetched again. A song that
    fails is stored with its reason; what was collected stays, and a next run goes on from there.
    Files of the user's own that were retagged, moved or replaced since are noticed; songs whose
    files are gone stay, unless `drop_vanished`. Speech, silence and noise are refused where the
    second ear is there, unless `any_sound`.
    A `cluster` lists and fetches instead of processes of this machine; this one alone stores.

    Raises JobError if another collection is at work on the same home, GenreError if there is no
    such genre or none at all, ClusterError if no cluster answers, Cancelled if `cancelled()`.
    """
    chosen, wanted = _find_genres(home, genres), _chosen_sets(home, sets)
    limits = replace(limits, music_folders=music_folders(home))
    with (
        lock_collection(home),
        work_folder(home.work) as folder,
        open_library(home) as library,
        _workers(home, jobs, cluster) as workers,
    ):
        told = _log_file(home), on_progress, cancelled
        run = CollectionRun(library, workers, limits, home, folder, *told, any_sound=any_sound)
        again = features.SOUND_KINDS if any_sound else ()
        planner = Planner(library, chosen, wanted, run, again=again, drop_vanished=drop_vanished)
        plan_songs = planner.plan_failed if retry_failed else planner.plan_new
        return run.fetch(planner.plan_refresh() if refresh else plan_songs(), chosen)


@contextmanager
def _workers(
    home: Home, jobs: int | None, cluster: Cluster | None
) -> Iterator[Workers | ClusterWorkers]:
    """Yield processes of this machine, or of a cluster."""
    if cluster is None:
        with Workers(run_task, n_jobs=jobs, log=_log_file(home), memory=MEMORY_BYTES) as workers:
            yield workers
        return
    log = _log_file(home)
    with (
        connect(cluster) as client,
        ClusterWorkers(
            client, run_task_elsewhere, work_here=run_task, n_jobs=jobs, log=log
        ) as workers,
    ):
        yield workers


def _find_genres(home: Home, names: Iterable[str] | None) -> dict[str, Genre]:
    defined = genres.read(home)
    if not defined:
        raise GenreError("there are no genres yet: add one with a source (genrefit genres add)")
    if names is None:
        return defined
    chosen = [genres.find(defined, name) for name in names]
    return {genre.name: genre for genre in chosen}


def _chosen_sets(home: Home, sets: Sequence[str] | None) -> tuple[str, ...]:
    """Return the sets to compute, by default all that can be."""
    names = tuple(sets or features.default_sets(home))
    for name in names:
        if name not in features.FEATURE_SETS:
            known = ", ".join(features.FEATURE_SETS)
            raise GenrefitError(f"there is no feature set {name!r}; there are {known}")
        if not features.available(home, name):
            raise GenrefitError(
                f"the feature set {name!r} cannot be computed here yet: `genrefit doctor` says "
                "what is missing"
            )
    return names


@contextmanager
def lock_collection(home: Home) -> Iterator[None]:
    """Hold the home's lock on collecting; JobError where another process holds it.

    The system releases it when this process dies.
    """
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


def _log_file(home: Home) -> Path:
    home.logs.mkdir(parents=True, exist_ok=True)
    return home.logs / "collect.log"
