"""Background jobs with real processes: they finish, fail, stop, die and come back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from genrefit import demo
from genrefit.demo import composer
from genrefit.errors import GenreError, JobError
from genrefit.jobs import manager as jobs
from genrefit.jobs import store, worker
from genrefit.library import genres, open_library
from genrefit.records import Progress

LONG = {"songs": 200, "styles": ["waltz"], "seconds": 30.0}
"""A demo of so many songs that it is still composing whenever a test looks."""


def until(condition, *, seconds: float = 240.0):
    """Return the condition's first true value; fail where it has none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"still not so after {seconds} s")


def composing(home, number, *, songs: int = 0):
    """Wait until a demo job has made so many songs; return the job."""

    def at_work():
        job = jobs.get(home, number)
        assert job.state == "running", job
        return job if job.progress and job.progress.done >= songs else None

    return until(at_work)


def ended(home, number, *, seconds: float = 240.0):
    return until(
        lambda: job if (job := jobs.get(home, number)).state != "running" else None,
        seconds=seconds,
    )


def pid_of(home, number) -> int:
    def known():
        with open_library(home) as library:
            return library.rows("SELECT pid FROM jobs WHERE id = ?", (number,))[0][0]

    return until(known)


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def tidy(home):
    """No job outlives its test."""
    yield home
    for job in jobs.running(home):
        os.killpg(pid_of(home, job.id), signal.SIGKILL)


def script(tmp_path, body: str) -> list[str]:
    """A worker's command whose job of the kind "map" is `body`."""
    path = tmp_path / "worker.py"
    path.write_text(
        "import os, sys, time\nfrom genrefit.jobs import manager as jobs, worker\n"
        "from genrefit.records import Progress\n"
        f"def work(home, arguments, report, stop_requested):\n{body}\n"
        "worker.WORK['map'] = work\nworker.main()\n"
    )
    return [sys.executable, str(path)]


def test_every_kind_has_its_work():
    assert set(worker.WORK) == set(jobs.KINDS)


def test_a_home_without_a_library_has_no_jobs_and_stays_so(home):
    assert jobs.active(home) is None and jobs.latest(home, "collect") is None
    assert jobs.running(home) == []
    with pytest.raises(JobError, match="no job 7"):
        jobs.get(home, 7)
    assert not home.path.exists()


def test_unknown_kind(home):
    with pytest.raises(JobError, match=r"'dance'.*collect"):
        jobs.start(home, "dance")


def test_collects_to_the_end(home, tmp_path):
    folder = tmp_path / "songs"
    folder.mkdir()
    for seed in range(2):
        composer.write(composer.composition("dance", seed, seconds=12.0), folder)
    genres.add(home, "Beats", [str(folder)])
    number = jobs.start(home, "collect", {"sets": ["classic"], "jobs": 1})
    assert jobs.active(home, "collect").id == number and jobs.active(home, "train") is None
    job = ended(home, number)
    assert (job.state, job.kind, job.arguments["sets"]) == ("done", "collect", ["classic"]), job
    assert job.message == "2 songs collected" and job.result.done == 2
    assert job.progress.genres == {"Beats": (2, 2)} and job.started < job.ended
    with open_library(home) as library:
        assert library.summary()["songs"] == 2
    assert jobs.active(home) is None and jobs.latest(home, "collect") == job
    assert not jobs.lock_file(home, number).exists()


def test_failing_gives_the_sentence(home):
    """Nothing to collect from: a user error, so the error's own words are shown."""
    job = ended(home, jobs.start(home, "collect"))
    assert job.state == "failed" and "there are no genres yet" in job.message
    assert "Traceback" not in jobs.log(home, job.id).read_text()


def test_a_bug_gives_one_line_and_a_log(home):
    job = ended(home, jobs.start(home, "demo", {"no_such_option": 1}))
    assert job.state == "failed" and "\n" not in job.message
    assert f"job-{job.id}" in job.message and str(jobs.log(home, job.id)) in job.message
    log = jobs.log(home, job.id).read_text()
    assert "Traceback" in log and "no_such_option" in log


def test_cancelled_when_asked(tidy):
    number = jobs.start(tidy, "demo", LONG)
    pid = pid_of(tidy, number)
    composing(tidy, number)
    cancelled = time.monotonic()
    jobs.cancel(tidy, number)
    job = ended(tidy, number)
    assert time.monotonic() - cancelled < jobs.GRACE_SECONDS
    assert job.state == "cancelled" and "what was made stays" in job.message
    until(lambda: not alive(pid))
    jobs.cancel(tidy, number)  # an ended job is left as it is
    assert jobs.get(tidy, number) == job


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


def test_steps_back_for_pages_with_all_its_processes(tidy):
    number = jobs.start(tidy, "demo", LONG)
    composing(tidy, number, songs=1)
    pid = pid_of(tidy, number)
    processes = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    assert len(processes) > 1
    for process in processes:
        assert os.getpriority(os.PRIO_PROCESS, process) == worker.NICENESS
        group = Path(f"/proc/{process}/autogroup")
        if group.exists():
            assert group.read_text().split()[-1] == str(worker.NICENESS)


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
def test_one_that_does_not_listen_is_stopped_by_force(tidy, tmp_path):
    body = "    jobs.GRACE_SECONDS = 1.0\n    print('deaf', flush=True)\n    time.sleep(600)"
    number = jobs.start(tidy, "map", command=script(tmp_path, body))
    until(lambda: "deaf" in jobs.log(tidy, number).read_text())
    pid = pid_of(tidy, number)
    jobs.cancel(tidy, number)
    job = ended(tidy, number, seconds=30)
    assert (job.state, job.message) == ("cancelled", jobs.FORCED)
    until(lambda: not alive(pid))


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


def test_progress_comes_back_as_it_was_stored(home):
    stored = Progress("collecting", 3, 9, 1, 12.5, 40.0, "Song", {"Hip Hop": (2, 4)})
    with open_library(home) as library:
        with library.transaction() as db:
            number = store.insert(db, "collect", {"genres": ["Hip Hop"]})
        store.set_progress(library, number, stored)
        (job,) = store.select(library, "")
    assert job.progress == stored and job.arguments == {"genres": ["Hip Hop"]}


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


def test_the_demo_refuses_a_home_with_genres(home):
    genres.add(home, "Jazz", ["/music/jazz"])
    with pytest.raises(GenreError, match="Jazz"):
        demo.build(home, songs=1)
    assert json.loads(home.genres.read_text()) == {"Jazz": ["/music/jazz"]}
