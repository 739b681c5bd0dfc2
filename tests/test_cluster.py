"""A cluster of two worker processes does what one process does, whatever dies."""

from __future__ import annotations

import os
import signal
import time
from functools import partial

import numpy as np
import psutil
import pytest

from genrefit import parallel
from genrefit.cluster import Cluster, computing_at, computing_on, connect, local_cluster
from genrefit.cluster_workers import ClusterWorkers
from genrefit.collecting.collector import collect
from genrefit.config import Home
from genrefit.errors import ClusterError
from genrefit.library import genres, open_library
from tests.support import songs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster():
    with local_cluster(workers=2, port=0, host="127.0.0.1") as cluster:
        yield cluster


@pytest.fixture
def client(cluster):
    with connect(Cluster(cluster.scheduler_address)) as client:
        yield client


def add(n: int, to: int = 1) -> int:
    return n + to


def slow(n: int) -> int:
    time.sleep(0.5)
    return n


def fail(n: int) -> int:
    raise ValueError(f"number {n}")


def hang(n: int) -> int:
    time.sleep(600)
    return n


def everything(workers: ClusterWorkers, numbers: list[int], *, seconds: float = 60.0) -> list:
    waiting, results = list(numbers), []
    while waiting or workers.busy:
        while waiting and workers.free:
            workers.submit(waiting.pop(), seconds=seconds)
        results += workers.wait(0.25)
    return results


def test_everything_is_done_once(client):
    with ClusterWorkers(client, add) as workers:
        assert "2 cores" in workers.where
        results = everything(workers, list(range(20)))
    assert sorted(result.result for result in results) == list(range(1, 21))
    assert sorted(result.item for result in results) == list(range(20))
    assert workers.notes == []


def test_faults_and_hanging_work_are_told_apart(client):
    with ClusterWorkers(client, fail) as workers:
        (result,) = everything(workers, [3])
    assert result.failure.kind == "bug"
    assert "number 3" in result.traceback
    with ClusterWorkers(client, hang) as workers:
        (result,) = everything(workers, [3], seconds=1.0)
    assert result.failure.kind == "overrun"


def test_a_worker_that_is_killed_loses_and_doubles_nothing(cluster, client):
    with ClusterWorkers(client, slow) as workers:
        for number in range(4):
            workers.submit(number)
        time.sleep(0.7)
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        results = everything(workers, [])
    assert sorted(result.result for result in results) == [0, 1, 2, 3]


def test_fits_are_computed_there_and_faults_come_back(client):
    with computing_on(client):
        assert sorted(parallel.each(partial(add, to=5), range(4))) == [5, 6, 7, 8]
        with pytest.raises(ValueError, match="number 1"):
            list(parallel.each(fail, [1]))
    assert parallel.remote_each is None


def test_a_collection_on_a_cluster_gives_the_same_library(cluster, tmp_path):
    names = {f"Artist {n} - Song.mp3": n for n in range(1, 6)}
    folder = songs.folder(tmp_path / "music", names)
    (folder / "broken.mp3").write_bytes(b"no audio")
    contents = []
    for number, where in enumerate((None, Cluster(cluster.scheduler_address))):
        home = Home(tmp_path / f"home{number}")
        genres.add(home, "jazz", [str(folder)])
        seen: list[str] = []
        result = collect(
            home,
            sets=("classic",),
            jobs=1,
            cluster=where,
            on_progress=lambda p, seen=seen: seen.append(p.note),
        )
        assert (result.done, result.failed) == (5, 1)
        assert any("of the cluster" in note for note in seen) is (where is not None)
        with open_library(home) as library:
            contents.append(
                {
                    (song.title, song.artist, song.content): library.features(
                        song.song_id, "classic"
                    ).values.tobytes()
                    for song in library.songs()
                }
            )
    assert contents[0] == contents[1]


def test_a_scheduler_that_dies_is_told_and_the_rest_is_done_here(tmp_path):
    import subprocess
    import sys

    scheduler = subprocess.Popen(
        [sys.executable, "-m", "genrefit", "--home", str(tmp_path), "cluster", "--workers", "1",
         "--port", "0"], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert scheduler.stdout is not None
        address = scheduler.stdout.readline().strip()
        with connect(Cluster(address)) as client, ClusterWorkers(client, slow, n_jobs=1) as workers:
            for number in range(2):
                workers.submit(number)
            results = workers.wait(0.1)
            for process in psutil.Process(scheduler.pid).children(recursive=True):
                process.kill()
            scheduler.kill()
            deadline = time.monotonic() + 90
            while workers.busy and time.monotonic() < deadline:
                results += workers.wait(0.5)
        assert sorted(result.result for result in results) == [0, 1]
        assert any("went away" in note for note in workers.notes)
    finally:
        scheduler.kill()
        scheduler.wait()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "http://x", "nonsense"])
def test_no_cluster_is_one_sentence(address, monkeypatch):
    monkeypatch.setattr("genrefit.cluster.CONNECT_SECONDS", 1.0)
    with pytest.raises(ClusterError, match=r"cluster|scheduler"), computing_at(Cluster(address)):
        pass


def test_training_on_a_cluster_gives_the_same_model(cluster, tmp_path):
    from genrefit.learning.recipe import Recipe
    from genrefit.learning.training import learn
    from tests.support import tables

    table = tables.drawn([[g] for g in ("jazz", "folk") for _ in range(15)])
    recipe = Recipe(pipeline="logistic", seed=3)
    here = learn(table, recipe, n_jobs=1)
    with computing_at(Cluster(cluster.scheduler_address)):
        there = learn(table, recipe)
    np.testing.assert_allclose(here.out_of_fold.to_numpy(), there.out_of_fold.to_numpy())
