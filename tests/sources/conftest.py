"""Songs in a folder, and a server on 127.0.0.1 that serves them well and badly."""

from __future__ import annotations

from pathlib import Path

import pytest

from genrefit import sources
from tests.support import servers, songs

HASTY = sources.Limits(
    pause_seconds=0,
    backoff_seconds=0.05,
    deadline_seconds=3,
    answer_seconds=1.5,
    listing_seconds=3,
    max_bytes=1_000_000,
    retries=2,
)
NAMES = {
    "The Ones - First & last.mp3": 1,
    "Zoë Ünal - Füße #2 100%.mp3": 2,
    "deeper/three.ogg": 3,
}


@pytest.fixture(scope="session")
def music_folder(tmp_path_factory) -> Path:
    return songs.folder(tmp_path_factory.mktemp("songs"), NAMES)


@pytest.fixture(scope="module")
def site(music_folder):
    with servers.Site(music_folder) as site:
        yield site
