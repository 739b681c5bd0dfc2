"""The worker process: each kind's work, errors, cancellation and niceness."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from genrefit.demo import composer
from genrefit.jobs import manager as jobs
from genrefit.jobs import worker
from genrefit.library import genres, open_library
from tests.support.jobs import LONG, alive, composing, ended, pid_of, script, until


def test_every_kind_has_its_work():
    assert set(worker.WORK) == set(jobs.KINDS)


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


def test_cancelled_on_request(tidy):
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
def test_one_that_does_not_listen_is_stopped_by_force(tidy, tmp_path):
    body = "    jobs.GRACE_SECONDS = 1.0\n    print('deaf', flush=True)\n    time.sleep(600)"
    number = jobs.start(tidy, "map", command=script(tmp_path, body))
    until(lambda: "deaf" in jobs.log(tidy, number).read_text())
    pid = pid_of(tidy, number)
    jobs.cancel(tidy, number)
    job = ended(tidy, number, seconds=30)
    assert (job.state, job.message) == ("cancelled", jobs.CANCELLED)
    until(lambda: not alive(pid))


def test_what_keeps_nothing_before_its_end_is_not_waited_for():
    for kind in jobs.KINDS:
        at_once = jobs.grace_seconds(kind) < 2
        assert at_once == (kind in ("train", "map", "robust"))
        assert ("resume it" in jobs.forced_message(kind)) == (not at_once)
