"""Results come back whole, and workers never outlive anyone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from genrefit import processes


def blas_threads(_: int) -> set[int]:
    import numpy as np  # noqa: F401 (threadpoolctl sees what is loaded)
    from threadpoolctl import threadpool_info

    return {pool["num_threads"] for pool in threadpool_info()}


def misbehave(how: str) -> str:
    if how == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "hang":
        time.sleep(1000)
    if how == "raise":
        raise RuntimeError("a bug of ours")
    if how == "print":
        print("noise")
    return how


def child_and_pid(_: object) -> tuple[int, int]:
    return os.getpid(), subprocess.Popen(["sleep", "1000"]).pid


def gone(pid: int, *, within: float = 5.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def drain(workers: processes.Workers, count: int) -> list[processes.WorkResult]:
    results: list[processes.WorkResult] = []
    end = time.monotonic() + 30
    while len(results) < count and time.monotonic() < end:
        results += workers.wait(0.2)
    return results


def test_a_crash_an_overrun_and_a_bug_concern_their_own_item_only(tmp_path):
    how = ["a", "crash", "b", "hang", "c", "raise", "print", "d"]
    results: dict[str, processes.WorkResult] = {}
    log = tmp_path / "log"
    with processes.Workers(misbehave, n_jobs=2, log=log) as workers:
        todo = list(how)
        while todo or workers.busy:
            while todo and workers.free:
                workers.submit(todo.pop(0), seconds=4)
            results |= {outcome.item: outcome for outcome in workers.wait(0.2)}
    assert set(results) == set(how)
    assert {h: o.failure.kind for h, o in results.items() if o.failure} == {
        "crash": "crashed",
        "hang": "overrun",
        "raise": "bug",
    }
    assert "RuntimeError: a bug of ours" in results["raise"].traceback
    assert [results[h].result for h in "abcd"] == list("abcd")
    assert log.read_text() == "noise\n"


def test_workers_use_one_blas_thread():
    with processes.Workers(blas_threads, n_jobs=1) as workers:
        workers.submit(0)
        assert drain(workers, 1)[0].result == {1}
        with pytest.raises(ValueError, match="busy"):
            for _ in range(2):
                workers.submit(0)


def test_closing_kills_workers_and_their_children():
    with processes.Workers(child_and_pid, n_jobs=1) as workers:
        workers.submit(None)
        pids = drain(workers, 1)[0].result
    assert all(gone(pid) for pid in pids)


def test_workers_die_with_a_killed_parent():
    code = (
        "import sys, time; from genrefit import processes; from tests import test_processes as t\n"
        "w = processes.Workers(t.child_and_pid, n_jobs=1); w.submit(None)\n"
        "print(*t.drain(w, 1)[0].result, flush=True); w.submit(None); time.sleep(1000)"
    )
    root = Path(__file__).parent.parent
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2 and all(psutil.pid_exists(pid) for pid in pids)
    parent.kill()
    parent.wait()
    assert all(gone(pid) for pid in pids)
