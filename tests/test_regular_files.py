"""Only regular files are opened, whatever a path names."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from genrefit import sources
from genrefit.audio import decode
from genrefit.errors import AudioError, SourceError
from genrefit.regular_files import FILE, FOLDER, MISSING, kind_of_file, open_regular
from genrefit.sources import local


@pytest.fixture
def special(tmp_path, monkeypatch):
    """Paths that are neither file nor folder, by what they are; a socket's path must be short."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.mp3")
    Path("circle.mp3").symlink_to("circle.mp3")
    Path("dangling.mp3").symlink_to("nothing")
    Path("device.mp3").symlink_to("/dev/zero")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("socket.mp3")
    yield {
        "pipe.mp3": "a named pipe",
        "circle.mp3": "a link in a circle",
        "dangling.mp3": "a link to nothing",
        "device.mp3": "a device",
        "socket.mp3": "a socket",
    }
    listening.close()


def test_what_a_path_is_is_told_without_opening_it(special, tmp_path):
    assert {name: kind_of_file(tmp_path / name) for name in special} == special
    (tmp_path / "song.mp3").write_bytes(b"x")
    assert kind_of_file(tmp_path / "song.mp3") == FILE
    assert kind_of_file(tmp_path) == FOLDER
    for missing in ("nowhere", "a\0b", "\ud800", "x" * 5000):
        assert kind_of_file(missing) == MISSING


def test_nothing_special_is_ever_opened(special, tmp_path):
    """Each of these waits for ever, or reads for ever, where it opens the file."""
    for name, kind in special.items():
        path = tmp_path / name
        with pytest.raises(SourceError):
            open_regular(path)
        with pytest.raises(SourceError):
            local.file_digest(path)
        with pytest.raises(AudioError):
            decode.decode(path)
        assert local.read_tags(path) == ({}, None)
        with pytest.raises(SourceError, match=kind):
            sources.list_songs(str(path))


def test_a_regular_file_is_read(tmp_path):
    (tmp_path / "song.mp3").write_bytes(b"sound")
    with open_regular(tmp_path / "song.mp3") as file:
        assert file.read() == b"sound"
    with pytest.raises(SourceError, match="No such file"):
        open_regular(tmp_path / "gone.mp3")
