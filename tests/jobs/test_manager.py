"""The job manager with real processes: start, races, cancel, death and resume."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from genrefit import demo
from genrefit.errors import JobError
from genrefit.jobs import manager as jobs
from genrefit.jobs import store
from genrefit.library import open_library
from tests.support.jobs import LONG, alive, composing, ended, pid_of, script, until


def test_a_home_without_a_library_has_no_jobs_and_stays_so(home):
    assert jobs.active(home) is None and jobs.latest(home, "collect") is None
    assert jobs.running(home) == []
    with pytest.raises(JobError, match="no job 7"):
        jobs.get(home, 7)
    assert not home.path.exists()


def test_unknown_kind(home):
    with pytest.raises(JobError, match=r"'dance'.*collect"):
        jobs.start(home, "dance")


def test_killed_is_interrupted_and_can_be_resumed(tidy):
    number = jobs.start(tidy, "demo", LONG)
    composing(tidy, number, songs=1)
    os.kill(pid_of(tidy, number), signal.SIGKILL)
    killed = time.monotonic()
    job = until(lambda: j if (j := jobs.get(tidy, number)).state != "running" else None)
    assert time.monotonic() - killed < 10
    assert job.state == "interrupted" and job.message == jobs.VANISHED and job.ended
    there = set(demo.folder(tidy, "waltz").glob("*.flac"))
    assert there
    again = jobs.resume(tidy, number)
    assert again != number and jobs.get(tidy, again).arguments == LONG
    job = composing(tidy, again)
    assert job.progress.total <= LONG["songs"] - len(there)  # it goes on where it stopped


@pytest.mark.slow
def test_outlives_its_starter(tidy):
    """A server that is killed the moment after Start leaves a job that another process finds."""
    code = (
        "import os, signal; from genrefit import config, jobs; "
        f"print(jobs.start(config.home(), 'demo', {LONG!r}), flush=True); "
        "os.killpg(0, signal.SIGKILL)"
    )
    starter = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, start_new_session=True
    )
    assert starter.returncode == -signal.SIGKILL
    job = composing(tidy, int(starter.stdout))
    assert jobs.active(tidy, "demo").id == job.id


def test_racing_starts_give_one_job(tidy):
    def start(_):
        try:
            return jobs.start(tidy, "demo", LONG)
        except JobError as error:
            return str(error)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(start, range(6)))
    started = [a for a in answers if isinstance(a, int)]
    assert len(started) == 1
    refused = [a for a in answers if isinstance(a, str)]
    assert all(f"running already (job {started[0]})" in text for text in refused)
    assert [job.id for job in jobs.running(tidy)] == started


@pytest.mark.slow
def test_one_that_is_suspended_is_stopped_from_outside(tidy, tmp_path, monkeypatch):
    body = "    print('here', flush=True)\n    time.sleep(600)"
    number = jobs.start(tidy, "map", command=script(tmp_path, body))
    until(lambda: "here" in jobs.log(tidy, number).read_text())
    pid = pid_of(tidy, number)
    os.killpg(pid, signal.SIGSTOP)
    monkeypatch.setattr(jobs, "GRACE_SECONDS", 0.5)
    jobs.cancel(tidy, number)
    job = ended(tidy, number, seconds=30)
    assert (job.state, job.message) == ("cancelled", jobs.FORCED)
    until(lambda: not alive(pid))


@pytest.mark.slow
def test_its_own_processes_do_not_keep_it_alive(tidy, tmp_path):
    """A job that dies while something it has started lives on is seen to be dead."""
    body = (
        "    import subprocess\n    child = subprocess.Popen(['sleep', '600'])\n"
        "    print(child.pid, flush=True)\n    os.kill(os.getpid(), 9)"
    )
    number = jobs.start(tidy, "map", command=script(tmp_path, body))
    child = int(until(lambda: jobs.log(tidy, number).read_text()))
    try:
        assert ended(tidy, number, seconds=30).state == "interrupted"
        assert alive(child)
    finally:
        os.kill(child, signal.SIGKILL)


def test_old_jobs_and_their_logs_are_forgotten(home, monkeypatch):
    monkeypatch.setattr(jobs, "KEPT", 2)
    home.logs.mkdir(parents=True)
    numbers = []
    with open_library(home) as library:
        for _ in range(4):
            with library.transaction() as db:
                numbers.append(store.insert(db, "train", {}))
            store.finish(library, numbers[-1], "done", "")
            jobs.log(home, numbers[-1]).touch()
    ended(home, jobs.start(home, "collect"))
    logs = {path.name for path in home.logs.glob("job-*.log")}
    assert logs == {f"job-{n}.log" for n in [*numbers[2:], numbers[-1] + 1]}
    with pytest.raises(JobError):
        jobs.get(home, numbers[0])
