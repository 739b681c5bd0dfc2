"""The real server in a process of its own, and plain HTTP to talk to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any


class Served:
    """A running `genrefit.server.serve`; `output` is what it has printed."""

    def __init__(self, home: Path, *, port: int = 0, env: Mapping[str, str] | None = None) -> None:
        code = (
            "from genrefit import config; from genrefit.server import app as server; "
            f"server.serve(config.home({str(home)!r}), port={port}, browser=False)"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | dict(env or {}),
        )
        self.output = ""
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._ready.wait(120), f"the server did not start: {self.output}"
        match = re.search(r"http://127\.0\.0\.1:(\d+)", self.output)
        assert match, f"the server said no address: {self.output}"
        self.port = int(match[1])

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line
            if "http://" in line:
                self._ready.set()
        self._ready.set()

    def __enter__(self) -> Served:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(30)
        self._reader.join(10)
        return code

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 120,
    ) -> tuple[int, Any]:
        """Return a request's status and its JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def send(self, name: str, content: bytes, **fields: str) -> tuple[int, Any]:
        """POST a file to /api/score as a form."""
        body, kind = form(name, content, **fields)
        return self.ask("POST", "/api/score", body=body, headers={"Content-Type": kind})


def form(name: str, content: bytes, **fields: str) -> tuple[bytes, str]:
    """Return a multipart form's body and content type."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"
