"""A real HTTP server on 127.0.0.1 that serves music well, and on request very badly."""

from __future__ import annotations

import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import escape, quoteattr

TYPES = {
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".m4a": "audio/mp4",
}


class Site:
    """A running server; `url(path)` is the full address of a path.

    Files of `folder` are at /music/NAME (Range requests answered), and lists of them at
    /songs.rss, .atom, .m3u, .pls, .xspf, .html and /index/ (a bare directory index).
    /bad/... misbehaves in the way that its name says; `requests` are the requested paths.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[str] = []
        self.extra: dict[str, tuple[str, bytes]] = {}
        site = self

        class Handler(_Handler):
            pass

        Handler.site = site
        self._server = _Server(("127.0.0.1", 0), Handler)
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.suffix in TYPES)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def song(self, path: Path) -> str:
        return self.url("/music/" + quote(str(path.relative_to(self.folder))))

    def count_requests(self, pattern: str) -> int:
        """How many paths asked for so far match a pattern."""
        return sum(bool(re.search(pattern, path)) for path in self.requests)

    def add(self, path: str, body: str | bytes, content_type: str = "text/plain") -> str:
        """Serve something more; return its address."""
        self.extra[path] = (content_type, body.encode() if isinstance(body, str) else body)
        return self.url(path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests want; anything else is printed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def refused() -> str:
    """An address on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}/song.mp3"


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output readable; `requests` has it all."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.site.requests.append(path)
        try:
            self._answer(path)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had enough, which some tests want

    def _answer(self, path: str) -> None:
        name = path.removeprefix("/music/")
        if path in self.site.extra:
            self._send(*self.site.extra[path])
        elif path in LISTS:
            content_type, make = LISTS[path]
            entries = [(self.site.song(file), file.stem) for file in self.site.files]
            self._send(content_type, make(entries).encode())
        elif path in BAD:
            BAD[path](self)
        elif path.startswith("/music/") and (self.site.folder / name).is_file():
            self._send_file(self.site.folder / name)
        else:
            self._send("text/html", b"<h1>Not here</h1>", status=404)

    def _send_file(self, path: Path) -> None:
        data = path.read_bytes()
        ranged = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not ranged:
            self._send(TYPES[path.suffix], data)
            return
        start = int(ranged[1])
        end = min(int(ranged[2] or len(data) - 1), len(data) - 1)
        if start >= len(data):
            self._send("text/plain", b"", status=416)
            return
        extra = {"Content-Range": f"bytes {start}-{end}/{len(data)}"}
        self._send(TYPES[path.suffix], data[start : end + 1], status=206, extra=extra)

    def _send(
        self,
        content_type: str,
        body: bytes,
        *,
        status: int = 200,
        length: int | None = None,
        extra: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    # Misbehaviour

    def html_as_audio(self) -> None:
        self._send("audio/mpeg", b"<!DOCTYPE html><html><body>Please log in</body></html>")

    def noise_as_audio(self) -> None:
        self._send("audio/mpeg", bytes((i * i * 31 + 7 * i) % 251 for i in range(40_000)))

    def nothing(self) -> None:
        self._send("audio/mpeg", b"")

    def cut_off(self) -> None:
        """Promises a whole file, sends half, hangs up; and knows nothing of Range."""
        data = self.site.files[0].read_bytes()
        self._send("audio/mpeg", data[: len(data) // 2], length=len(data))
        self.close_connection = True

    def trickle(self) -> None:
        self._slowly("audio/mpeg", b"\xff\xfb\x90\x64" + b"\0" * 396)

    def trickling_page(self) -> None:
        self._slowly("text/html", b"<p>wait for it</p>" * 20)

    def long_page(self) -> None:
        """A page of 8 MB, sent in pieces of 1 kB."""
        piece = b"<p>la la la</p>\n" * 64
        self._send("text/html", b"", length=8_000 * 1024)
        for _ in range(8_000):
            self.wfile.write(piece)
            self.wfile.flush()

    def _slowly(self, content_type: str, piece: bytes) -> None:
        self._send(content_type, b"", length=900_000)
        while not self.site.stopping.wait(0.05) and self.command != "HEAD":
            self.wfile.write(piece)
            self.wfile.flush()

    def silent(self) -> None:
        """Accepts the connection and never answers."""
        self.site.stopping.wait(60)
        self.close_connection = True

    def loop(self) -> None:
        other = "/bad/loop-2.mp3" if self.path.endswith("loop-1.mp3") else "/bad/loop-1.mp3"
        self._send("text/plain", b"", status=302, extra={"Location": other})

    def moved(self) -> None:
        where = self.site.song(self.site.files[0])
        self._send("text/plain", b"", status=301, extra={"Location": where})

    def big(self) -> None:
        self._send("audio/mpeg", b"\xff\xfb\x90\x64" * 500_000)

    def flaky(self) -> None:
        """In trouble twice, then well."""
        if self.site.count_requests("/bad/flaky.mp3") <= 2:
            self._send("text/plain", b"busy", status=503)
        else:
            self._send_file(self.site.files[0])

    def resumable(self) -> None:
        """Hangs up half-way whenever it is asked for the whole, but answers Range requests."""
        data = self.site.files[0].read_bytes()
        if self.headers.get("Range"):
            self._send_file(self.site.files[0])
        else:
            self._send("audio/mpeg", data[: len(data) // 2], length=len(data))
            self.close_connection = True


def _status(code: int) -> Callable[[_Handler], None]:
    return lambda handler: handler._send("text/html", b"<h1>No</h1>", status=code)


BAD: dict[str, Callable[[_Handler], None]] = {
    "/bad/gone.mp3": _status(404),
    "/bad/removed.mp3": _status(410),
    "/bad/forbidden.mp3": _status(403),
    "/bad/login.mp3": _status(401),
    "/bad/busy.mp3": _status(429),
    "/bad/broken.mp3": _status(500),
    "/bad/html.mp3": _Handler.html_as_audio,
    "/bad/noise.mp3": _Handler.noise_as_audio,
    "/bad/nothing.mp3": _Handler.nothing,
    "/bad/cut-off.mp3": _Handler.cut_off,
    "/bad/trickle.mp3": _Handler.trickle,
    "/bad/trickle.html": _Handler.trickling_page,
    "/bad/long.html": _Handler.long_page,
    "/bad/silent.mp3": _Handler.silent,
    "/bad/loop-1.mp3": _Handler.loop,
    "/bad/loop-2.mp3": _Handler.loop,
    "/bad/moved.mp3": _Handler.moved,
    "/bad/big.mp3": _Handler.big,
    "/bad/flaky.mp3": _Handler.flaky,
    "/bad/resumable.mp3": _Handler.resumable,
}

Entries = Sequence[tuple[str, str]]


def m3u(entries: Entries) -> str:
    lines = [f"#EXTINF:16,{name}\n{url}" for url, name in entries]
    return "#EXTM3U\n" + "\n".join(lines) + "\n"


def pls(entries: Entries) -> str:
    lines = [
        f"File{i}={url}\nTitle{i}={name}\nLength{i}=16" for i, (url, name) in enumerate(entries, 1)
    ]
    return f"[playlist]\nNumberOfEntries={len(lines)}\n" + "\n".join(lines) + "\nVersion=2\n"


def xspf(entries: Entries) -> str:
    tracks = "".join(
        f"<track><location>{escape(url)}</location><title>{escape(title)}</title>"
        f"<creator>{escape(artist)}</creator><duration>16000</duration></track>"
        for url, name in entries
        for artist, _, title in [name.partition(" - ")]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<playlist version="1" '
        f'xmlns="http://xspf.org/ns/0/"><trackList>{tracks}</trackList></playlist>'
    )


def rss(entries: Entries) -> str:
    items = "".join(
        f"<item><title>{escape(name)}</title><enclosure url={quoteattr(url)} "
        'type="audio/mpeg" length="1"/><itunes:duration>0:16</itunes:duration></item>'
        for url, name in entries
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>'
        f"<title>Songs</title><link>http://example.org</link>{items}</channel></rss>"
    )


def atom(entries: Entries) -> str:
    items = "".join(
        f"<entry><title>{escape(name)}</title><link rel='alternate' href='/about'/>"
        f"<link rel='enclosure' type='audio/mpeg' href={quoteattr(url)}/></entry>"
        for url, name in entries
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Songs</title>{items}</feed>'


def html(entries: Entries) -> str:
    links = "".join(f"<li><a href={quoteattr(url)}>{escape(name)}</a>" for url, name in entries)
    return f"<!doctype html><title>My songs</title><a href='/about.html'>me</a><ul>{links}</ul>"


def index(entries: Entries) -> str:
    links = "".join(
        f"<a href={quoteattr(urlsplit(url).path)}>{escape(name[:20])}..&gt;</a>  16K\n"
        for url, name in entries
    )
    return f"<html><h1>Index of /music</h1><pre><a href='../'>../</a>\n{links}</pre></html>"


LISTS: dict[str, tuple[str, Callable[[Entries], str]]] = {
    "/songs.m3u": ("audio/x-mpegurl", m3u),
    "/songs.m3u8": ("application/vnd.apple.mpegurl", m3u),
    "/songs.pls": ("audio/x-scpls", pls),
    "/songs.xspf": ("application/xspf+xml", xspf),
    "/songs.rss": ("application/rss+xml", rss),
    "/songs.atom": ("application/atom+xml", atom),
    "/songs.html": ("text/html; charset=utf-8", html),
    "/index/": ("text/html", index),
}


def wait_for(condition: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    """Tell whether a condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
