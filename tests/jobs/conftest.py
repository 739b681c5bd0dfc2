"""A home whose jobs end with their test."""

from __future__ import annotations

import os
import signal

import pytest

from genrefit.jobs import manager as jobs
from tests.support.jobs import pid_of


@pytest.fixture
def tidy(home):
    """No job outlives its test."""
    yield home
    for job in jobs.running(home):
        os.killpg(pid_of(home, job.id), signal.SIGKILL)
