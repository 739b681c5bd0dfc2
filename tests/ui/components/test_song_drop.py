"""Dropped songs: limits, and temporary files."""

from __future__ import annotations

import pytest

from genrefit.errors import AudioError
from genrefit.ui.components import (
    song_drop,
)
from tests.support.homes import left_behind


def test_a_too_big_file_is_refused_unread(monkeypatch):
    monkeypatch.setattr(song_drop, "most_mb", lambda: 1)

    class Big:
        name, file_id, size = "big.mp3", "x", 2_000_000

    with pytest.raises(AudioError, match="it has 2 MB; at most 1 MB"):
        song_drop.check_upload(Big(), ".mp3", 0)


def test_spooled_sound_is_erased_whatever_happens(home):
    with pytest.raises(RuntimeError), song_drop.spooled(home, b"abc", ".mp3") as path:
        assert path.parent.parent == home.work and path.read_bytes() == b"abc"
        assert path.name.startswith("dropped-")
        raise RuntimeError
    assert left_behind(home) == []
