"""Every result comes once, on every backend."""

from __future__ import annotations

import pytest

from genrefit import parallel
from tests.test_processes import blas_threads, misbehave


def square(x: int) -> int:
    return x * x


@pytest.mark.parametrize("backend", parallel.BACKENDS)
def test_each_gives_every_result_once(backend):
    results = parallel.each(square, range(20), n_jobs=2, backend=backend)
    assert sorted(results) == [x * x for x in range(20)]


def test_each_of_nothing_is_nothing_and_an_unknown_backend_is_refused():
    assert list(parallel.each(square, [])) == []
    with pytest.raises(ValueError, match="loky"):
        list(parallel.each(square, [1], backend="carrier pigeon"))


def test_each_process_uses_one_blas_thread():
    for threads in parallel.each(blas_threads, range(2), n_jobs=2):
        assert threads == {1}


def test_each_raises_what_the_work_raises():
    with pytest.raises(RuntimeError, match="a bug of ours"):
        list(parallel.each(misbehave, ["fine", "raise"], n_jobs=2, backend="threads"))
