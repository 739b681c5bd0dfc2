"""A real chromium before the real server: who serves, who looks, and what must never be seen."""

from __future__ import annotations

import base64
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from genrefit import config, jobs
from genrefit.config import Home
from genrefit.demo import composer
from tests.conftest import SHARED

SOON, LATER = 120_000, 600_000
"""Milliseconds: what a page gets to show something, and a job, which steps back for all else that
runs, to end. Only a busy machine takes nearly as long."""
PAGES = ("home", "genres", "collect", "explore", "train", "judge", "score", "find")
MOMENTS = re.compile("^Moment by moment$")
"""Stands on Score when a song is there."""
CLIPS = 6
"""Songs a genre on the journey; one more is held out to be dropped on Score."""


# The server


class Server:
    """`genrefit app` on a home, on a port of its own."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.address = ""
        self._port = 0
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it, on the same port as before where it ran before; return when it answers."""
        self._port = self._port or _free_port()
        log = self.home.path.with_name(f"{self.home.path.name}-server.log")
        command = [sys.executable, "-m", "genrefit", "--home", str(self.home.path)]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, "app", "--no-browser", "--port", str(self._port)],
                cwd=config.CHECKOUT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.address = f"http://127.0.0.1:{self._port}"
        end = time.monotonic() + LATER / 1000
        while not self._answers():
            assert self._process.poll() is None, f"the server ended:\n{log.read_text()}"
            assert time.monotonic() < end, f"the server does not answer:\n{log.read_text()}"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, by default in the hardest way, and wait until it is gone."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Home) -> Iterator[Server]:
    """Serve a home; at the end the server and whatever jobs are still at work are stopped."""
    home.path.mkdir(parents=True, exist_ok=True)
    server = Server(home)
    server.start()
    try:
        yield server
    finally:
        server.kill(signal.SIGINT)
        for job in jobs.running(home):
            jobs.cancel(home, job.id)
        end = time.monotonic() + 60
        while jobs.running(home) and time.monotonic() < end:
            time.sleep(0.1)
        assert not jobs.running(home), "a job outlived its test"


@pytest.fixture
def serve(tmp_path) -> Iterator[Callable[[], Server]]:
    """Start the server on an empty home of the test's own."""
    with serving(config.home(tmp_path / "home")) as server:
        yield server


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Iterator[Server]:
    """The server on a demo home, made once for all tests that only look."""
    home = config.home(tmp_path_factory.mktemp("demo") / "home")
    subprocess.run(
        [sys.executable, "-m", "genrefit", "--home", str(home.path), "demo"],
        cwd=config.CHECKOUT,
        capture_output=True,
        check=True,
        timeout=540,
    )
    with serving(home) as server:
        yield server


# The browser


class Tab:
    """A tab of the browser that remembers what it asked for and what it complained of."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.cut_off = False
        """The test has killed the server: that the tab complains of it is right."""
        page.on("request", lambda request: self._record_request(request.url))
        page.on("websocket", lambda socket: self._record_request(socket.url))
        page.on("console", self._record_complaint)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _record_request(self, url: str) -> None:
        parts = urlsplit(url)
        local = self.server.address.removeprefix("http://")
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != local:
            self.foreign.append(url)

    def _record_complaint(self, message) -> None:
        if message.type != "error" or self.cut_off:
            return
        where = message.location.get("url", "")
        # On a deep link Streamlit first looks for its server below the page's own address.
        if re.search(r"/[a-z]+/_stcore/(health|host-config)$", where):
            return
        # Where a connection broke, Streamlit says so while it makes a new one, and goes on.
        if message.text.startswith("Cannot send rerun backMessage when disconnected"):
            return
        self.complaints.append(f"{message.text} ({where})")

    def open(self, page: str = "") -> None:
        """Open a page by its address and wait until it stands."""
        self.page.goto(f"{self.server.address}/{page}")
        self.settled()

    def go(self, title: str) -> None:
        """Go to a page by the navigation at the side."""
        self.page.get_by_role("navigation").get_by_role("link", name=title, exact=True).click()
        expect(self.title(title)).to_be_visible(timeout=SOON)
        self.settled()

    def title(self, title: str) -> Locator:
        """Return the heading of a page."""
        return self.page.get_by_role("heading", name=title, level=1, exact=True)

    def settled(self) -> None:
        """Wait until the page has run to its end and shows all it has."""
        expect(self.page.get_by_role("heading", level=1)).to_be_visible(timeout=SOON)
        self.page.wait_for_function(SETTLED, timeout=SOON)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Return a button of the page by its name."""
        exact = isinstance(name, str)
        return self.page.get_by_test_id("stMain").get_by_role("button", name=name, exact=exact)

    def says(self, text: str | re.Pattern[str], *, timeout: int = SOON) -> None:
        """Wait until the page says something."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=timeout)

    def drop(self, *files: Path) -> None:
        """Drop files onto the page's uploader as a hand with a mouse does."""
        zone = self.page.get_by_test_id("stFileUploaderDropzone").first
        zone.scroll_into_view_if_needed()
        box = zone.bounding_box()
        assert box is not None
        devtools = self.page.context.new_cdp_session(self.page)
        dragged = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
        for step in ("dragEnter", "dragOver", "drop"):
            devtools.send(
                "Input.dispatchDragEvent",
                {
                    "type": step,
                    "x": box["x"] + box["width"] / 2,
                    "y": box["y"] + box["height"] / 2,
                    "data": dragged,
                },
            )

    def download(self, name: str) -> bytes:
        """Press a download button and return what it gives."""
        with self.page.expect_download(timeout=SOON) as coming:
            self.button(name).first.click()
        return coming.value.path().read_bytes()

    def figure(self, place: int = 0) -> list[dict]:
        """Return the traces of a figure as plotly has drawn them."""
        plot = self.page.locator(".js-plotly-plot").nth(place)
        expect(plot).to_be_visible(timeout=SOON)
        return plot.evaluate("plot => JSON.parse(JSON.stringify(plot.data))")


def numbers(packed: dict | list) -> np.ndarray:
    """Return the numbers of a trace, which may have come packed."""
    if isinstance(packed, list):
        return np.array(packed, dtype=float)
    flat = np.frombuffer(base64.b64decode(packed["bdata"]), dtype=packed["dtype"])
    shape = [int(n) for n in str(packed.get("shape", flat.size)).split(",")]
    return flat.reshape(shape).astype(float)


SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    return app && app.getAttribute('data-test-script-state') === 'notRunning'
        && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]');
}"""


@pytest.fixture
def browse(chromium) -> Iterator[Callable[..., Tab]]:
    """Open tabs, each in a browser of its own; in the end none may have anything to hide."""
    tabs: list[Tab] = []
    contexts: list[BrowserContext] = []

    def another(server: Server, *, scheme: str = "light", height: int = 1400) -> Tab:
        context = chromium.new_context(
            viewport={"width": 1360, "height": height}, color_scheme=scheme, accept_downloads=True
        )
        contexts.append(context)
        tabs.append(Tab(context.new_page(), server))
        return tabs[-1]

    yield another
    for context in contexts:
        context.close()
    assert [url for tab in tabs for url in tab.foreign] == [], "asked for by the page"
    assert [line for tab in tabs for line in tab.complaints] == [], "said on the console"


# The music


@pytest.fixture(scope="session")
def genre_folders(tmp_path_factory) -> dict[str, Path]:
    """Folders of songs by genre: real clips where they are there, else composed ones."""
    root = tmp_path_factory.mktemp("genre_folders")
    if (SHARED / "music").is_dir():
        folders = {"Classical": "classical", "Electronic": "electronic", "Rock": "rock"}
        for genre, folder in folders.items():
            (root / genre).mkdir()
            clips = sorted((SHARED / "music" / folder).glob("*.mp3"))
            for clip in clips[: CLIPS + 1]:
                shutil.copy(clip, root / genre / clip.name)
    else:
        for genre, style in {"Punk": "punk", "Dance": "dance", "Waltz": "waltz"}.items():
            (root / genre).mkdir()
            for number in range(CLIPS + 1):
                song = composer.composition(style, number, seconds=25.0)
                composer.write(song, root / genre)
    held_out = root / "held out"
    held_out.mkdir()
    for genre in [folder for folder in sorted(root.iterdir()) if folder != held_out]:
        last = sorted(genre.iterdir())[-1]
        last.rename(held_out / f"{genre.name}{last.suffix}")
    return {folder.name: folder for folder in sorted(root.iterdir())}
