"""The server as a process: its port, its pages, its end, and what a killed one leaves."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time

import pytest

from genrefit.demo import composer
from genrefit.server import app
from genrefit.server.app import PortError, SettingError
from tests.support.served import Served, form
from tests.support.servers import wait_for


def test_serves_pages_says_where_and_stops_at_ctrl_c(home):
    with Served(home.path) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        connection.request("GET", "/genres")
        page = connection.getresponse()
        text = page.read().decode()
        assert page.status == 200 and "<title>Streamlit</title>" in text
        connection.request("GET", "/home")
        to_home = connection.getresponse()
        assert (to_home.status, to_home.headers["Location"]) == (307, "/")
        connection.close()
        assert running.ask("GET", "/api/find?q=jazz")[0] in (400, 404, 409)
        begun = time.monotonic()
        assert running.stop(signal.SIGINT) == 0
        assert time.monotonic() - begun < 10
    assert f"genrefit is at http://127.0.0.1:{running.port}" in running.output
    assert "stopped" in running.output and "Traceback" not in running.output
    assert list(home.work.iterdir()) == []


def test_takes_the_next_port_and_says_so(home):
    taken, port = app.bind(0)
    with taken, Served(home.path, port=port) as running:
        assert running.port > port
        assert f"port {port} is taken, so this is on {running.port}" in running.output
        assert running.ask("GET", "/api/models")[0] == 200


def test_no_port_at_all(monkeypatch):
    taken, port = app.bind(0)
    monkeypatch.setattr(app, "TRIES", 1)
    with taken, pytest.raises(PortError, match=f"none of the ports {port}"):
        app.bind(port)


def test_listens_on_this_machine_only():
    listening, _ = app.bind(0)
    with listening:
        assert listening.getsockname()[0] == "127.0.0.1"


@pytest.mark.slow
def test_killed_with_a_song_in_hand_leaves_nothing_after_a_restart(home, tmp_path):
    song = composer.write(composer.composition("waltz", 1, seconds=10.0), tmp_path)
    with Served(home.path) as running:
        (folder,) = (path for path in home.work.iterdir() if path.is_dir())
        (folder / "upload-left").write_bytes(song.read_bytes())
        running.stop(signal.SIGKILL)
    assert (folder / "upload-left").exists()
    with Served(home.path):
        assert not folder.exists()


@pytest.mark.slow
def test_killed_during_an_upload_leaves_nothing_after_a_restart(home):
    body, kind = form("song.mp3", bytes(2_000_000))
    with Served(home.path) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        connection.putrequest("POST", "/api/score")
        connection.putheader("Content-Type", kind)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        connection.send(body[:1_000_000])
        assert wait_for(lambda: any(path.stat().st_size for path in uploads(home)))
        running.stop(signal.SIGKILL)
        connection.close()
    assert uploads(home)
    with Served(home.path) as running:
        assert not uploads(home)
        running.stop(signal.SIGINT)
    assert list(home.work.iterdir()) == []


def uploads(home):
    return list(home.work.rglob("upload-*"))


def test_opens_no_browser_without_a_screen_or_wish(monkeypatch):
    opened = []
    monkeypatch.setattr(app.webbrowser, "open", opened.append)
    monkeypatch.setattr(app.sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("STREAMLIT_SERVER_HEADLESS", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    app._open("http://127.0.0.1:1", True)
    monkeypatch.setenv("DISPLAY", ":0")
    app._open("http://127.0.0.1:2", False)
    app._open("http://127.0.0.1:3", True)
    end = time.monotonic() + 10
    while not opened and time.monotonic() < end:
        time.sleep(0.02)
    assert opened == ["http://127.0.0.1:3"]


def test_a_senseless_setting_is_reported(home, monkeypatch):
    monkeypatch.setenv("GENREFIT_UPLOAD_MB", "lots")
    with pytest.raises(SettingError, match="'lots'"):
        app.application(home, port=1)


def test_imports_ahead_what_find_and_explore_need():
    code = (
        "import sys; from genrefit.server import app; "
        "app.import_ahead(delay=0).join(); "
        "print([name for name in app.IMPORTED_AHEAD if name not in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]" and not done.stderr
