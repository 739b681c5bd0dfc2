"""Nobody in: other sites' pages, forged hosts, frames, and requests that never end."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest
from starlette.types import Message

from genrefit.config import Home
from genrefit.errors import JobError
from genrefit.jobs import manager
from genrefit.library import open_library
from genrefit.server import patience
from genrefit.server.security import HEADERS, OriginFilter

HOST = "127.0.0.1:8501"
EVIL = "http://evil.example"


def asked(path: str, *, kind: str = "http", method: str = "GET", **headers: str) -> int:
    """The status that a request gets through the filter; 1008 for a refused WebSocket."""
    sent: list[Message] = []

    async def app(scope, receive, send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        return {"type": f"{kind}.connect" if kind == "websocket" else "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    given = {"host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": kind,
        "path": path,
        "method": method,
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
    }
    asyncio.run(OriginFilter(app)(scope, receive, send))
    first = sent[0]
    if kind == "websocket":
        return 200 if first["type"] == "websocket.accept" else first["code"]
    if first["status"] == 200:
        assert dict(first["headers"]) == dict(HEADERS)
    return first["status"]


@pytest.mark.parametrize("path", ["/_stcore/stream", "/", "/api/find"])
def test_only_the_own_origin_opens_a_websocket(path):
    assert asked(path, kind="websocket", origin=f"http://{HOST}") == 200
    for origin in (EVIL, "null", "https://127.0.0.1.evil.example", "http://127.0.0.1:9999"):
        assert asked(path, kind="websocket", origin=origin) == 1008, origin


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "127.0.0.1@evil.example",
             "evil.example#127.0.0.1", "", "[::ffff:127.0.0.1]", "0x7f.1", "localhost.", "a b"],
)  # fmt: skip
def test_forged_hosts_are_refused_everywhere(host):
    for path in ("/", "/score", "/_stcore/health", "/api/models"):
        assert asked(path, host=host) == 403
    assert asked("/_stcore/stream", kind="websocket", host=host, origin=f"http://{host}") == 1008


@pytest.mark.parametrize("path", ["/", "/media/song.mp3", "/_stcore/upload_file/a/b", "/api/score"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_other_sites_pages_are_refused(path, method):
    assert asked(path, method=method, origin=EVIL) == 403
    fetched = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"}
    assert asked(path, method=method, **fetched) == 403
    assert asked(path, method=method, origin=f"http://{HOST}", sec_fetch_site="same-origin") == 200


def test_a_link_of_another_site_may_lead_to_a_page_only():
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    assert asked("/score", **link) == 200
    assert asked("/api/models", **link) == 403
    assert asked("/score", method="POST", **link) == 403


def test_half_a_body_ends(monkeypatch):
    monkeypatch.setattr(patience, "SILENT_SECONDS", 0.05)
    got: list[Message] = []

    async def app(scope, receive, send) -> None:
        got.extend([await receive(), await receive()])

    async def receive() -> Message:
        if not got and not started:
            started.append(1)
            return {"type": "http.request", "body": b"x", "more_body": True}
        await asyncio.sleep(60)
        raise AssertionError

    started: list[int] = []
    asyncio.run(patience.BodyTimeout(app)({"type": "http"}, receive, None))  # type: ignore[arg-type]
    assert [message["type"] for message in got] == ["http.request", "http.disconnect"]


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "])
def test_half_a_head_ends(monkeypatch, sent):
    import threading

    import uvicorn

    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)

    async def app(scope, receive, send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"whole"})

    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=patience.ImpatientProtocol, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        with socket.create_connection(listening.getsockname(), timeout=30) as half:
            half.sendall(sent)
            assert half.recv(100) == b"", "it is closed"
        with socket.create_connection(listening.getsockname(), timeout=30) as whole:
            for _ in range(2):
                whole.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                answer = b""
                while b"whole" not in answer:
                    answer += whole.recv(1000)
            whole.sendall(sent)
            while whole.recv(1000):
                pass
    finally:
        server.should_exit = True
        thread.join(timeout=30)


def test_strangers_have_a_share_of_jobs_and_songs(home: Home, monkeypatch):
    monkeypatch.setenv("GENREFIT_HOSTED", "1")
    with open_library(home) as library, library.transaction() as db:
        for _ in range(manager.HOSTED_JOBS):
            db.execute(
                "INSERT INTO jobs (kind, arguments, state, started, updated) "
                "VALUES ('map', '{}', 'done', ?, 1)",
                (time.time(),),
            )
    with pytest.raises(JobError, match="within an hour"):
        manager.start(home, "map")
    with open_library(home) as library, library.transaction() as db:
        db.execute("DELETE FROM jobs")
    monkeypatch.setattr(manager, "HOSTED_SONGS", 0)
    with pytest.raises(JobError, match="the most here"):
        manager.start(home, "collect")
