"""Shared fixtures: a fresh home, and the real music where it is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from genrefit import config

SHARED = Path(os.environ.get("GENREFIT_SHARED", config.CHECKOUT.parent / "shared"))


@pytest.fixture
def home(tmp_path, monkeypatch) -> config.Home:
    """An empty home folder that GENREFIT_HOME points to."""
    monkeypatch.setenv("GENREFIT_HOME", str(tmp_path / "home"))
    return config.home()


@pytest.fixture(scope="session")
def music() -> Path:
    """The folder of real clips, a folder a genre."""
    if not (SHARED / "music").is_dir():
        pytest.skip(f"no real music at {SHARED / 'music'} (set GENREFIT_SHARED)")
    return SHARED / "music"


@pytest.fixture(scope="session")
def seed_file() -> Path:
    """The seed's published features of four genres."""
    path = SHARED / "data" / "seed_four_genres.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no seed data at {path} (set GENREFIT_SHARED)")
    return path
