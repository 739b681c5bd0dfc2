"""Shared fixtures: a fresh home, the real music where it is there, and a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from genrefit import config

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHARED = Path(os.environ.get("GENREFIT_SHARED", config.CHECKOUT.parent / "shared"))
CHROMIUM = Path(os.environ.get("GENREFIT_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


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
def cases() -> Path:
    """The folder of small real-world inputs, a folder a kind."""
    if not (SHARED / "cases").is_dir():
        pytest.skip(f"no cases at {SHARED / 'cases'} (set GENREFIT_SHARED)")
    return SHARED / "cases"


@pytest.fixture(scope="session")
def seed_file() -> Path:
    """The seed's published features of four genres."""
    path = SHARED / "data" / "seed_four_genres.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no seed data at {path} (set GENREFIT_SHARED)")
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; skipped where there is none, but never in CI."""
    if not CHROMIUM.exists():
        lack = (
            f"no chromium at {CHROMIUM}: install it (apt-get install chromium), or name another "
            "in GENREFIT_CHROMIUM"
        )
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(lack)
        pytest.skip(lack)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        browser.close()
