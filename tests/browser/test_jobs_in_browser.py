"""Jobs seen from a browser: reloads, two tabs, a killed server, a killed job."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from genrefit import jobs
from genrefit.config import Home
from genrefit.library import genres as definitions
from genrefit.library import open_library
from tests.browser.conftest import LATER, SOON, Tab
from tests.support import songs
from tests.support.jobs import pid_of, until
from tests.support.servers import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]

SONGS = 6
FREE = 2
"""So many songs are handed out at once; the others when the gate is opened."""


class GatedSite(Site):
    """A site that hands out some songs, and the others when `gate` is opened."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.gate = threading.Event()
        site, served = self, set()

        class Handler(self._server.RequestHandlerClass):  # type: ignore[name-defined]
            def _send_file(self, path: Path) -> None:
                if len(served) >= FREE and path not in served:
                    while not (site.gate.wait(0.1) or site.stopping.is_set()):
                        pass
                served.add(path)
                super()._send_file(path)

        self._server.RequestHandlerClass = Handler


@pytest.fixture
def site(tmp_path) -> Iterator[GatedSite]:
    """A site of a few songs."""
    names = {f"Artist {n} - Song {n}.wav": n for n in range(SONGS)}
    with GatedSite(songs.folder(tmp_path / "site", names)) as site:
        yield site
        site.gate.set()


@contextmanager
def songs_stay_collected(home: Home) -> Iterator[list[str]]:
    """Yield the songs that are in before; afterwards they must still be there."""
    before = titles(home)
    yield before
    assert set(before) <= set(titles(home)), "songs were lost"


def titles(home: Home) -> list[str]:
    with open_library(home) as library:
        return sorted(song.title for song in library.songs())


def collections(home: Home) -> list[str]:
    """Return the state of each collection that there ever was."""
    with open_library(home) as library:
        rows = library.rows("SELECT state FROM jobs WHERE kind = 'collect' ORDER BY id")
    return [state for (state,) in rows]


def wait_for_gate(tab: Tab) -> None:
    """Wait until the tab shows that the songs before the gate are in."""
    tab.says(f"Jazz · {FREE} of {SONGS} songs", timeout=LATER)


def start_collection(tab: Tab, home: Home, site: GatedSite) -> None:
    """Start a collection from the page, and see it come to the gate."""
    definitions.add(home, "Jazz", [site.url("/songs.m3u")])
    tab.open("collect")
    tab.button("Collect new songs").click()
    wait_for_gate(tab)


def test_a_reload_and_another_page_show_the_job_that_goes_on(serve, browse, site):
    tab = browse(serve)
    start_collection(tab, serve.home, site)
    number = jobs.active(serve.home, "collect").id
    tab.page.reload()
    wait_for_gate(tab)
    expect(tab.button("Collect new songs")).to_be_disabled(timeout=SOON)
    tab.open()
    tab.says(re.compile(rf"Collecting · {FREE} of {SONGS}"))
    assert jobs.active(serve.home, "collect").id == number
    tab.go("Collect")
    site.gate.set()
    tab.says(f"{SONGS} songs collected", timeout=LATER)
    expect(tab.button("Collect new songs")).to_be_enabled(timeout=SOON)
    assert titles(serve.home) == [f"Song {n}" for n in range(SONGS)]


def test_two_tabs_start_one_job_and_both_see_it_end(serve, browse, site):
    home = serve.home
    definitions.add(home, "Jazz", [site.url("/songs.m3u")])
    tabs = [browse(serve), browse(serve)]
    for tab in tabs:
        tab.open("collect")
    for tab in tabs:  # the second tab still shows a button that may be pressed
        tab.button("Collect new songs").evaluate("button => button.click()")
    for tab in tabs:
        wait_for_gate(tab)
        expect(tab.button("Collect new songs")).to_be_disabled(timeout=SOON)
    assert collections(home) == ["running"]
    site.gate.set()
    for tab in tabs:
        tab.says(f"{SONGS} songs collected", timeout=LATER)
    assert collections(home) == ["done"]


def test_cancel_keeps_what_is_done_and_resume_does_the_rest(serve, browse, site):
    home, tab = serve.home, browse(serve)
    start_collection(tab, home, site)
    with songs_stay_collected(home) as before:
        assert len(before) == FREE
        tab.button("Cancel").click()
        tab.says("Collection was stopped; what was finished is kept.", timeout=LATER)
        site.gate.set()
        tab.button("Resume").click()
        tab.says(f"{SONGS - FREE} songs collected, {FREE} were there before", timeout=LATER)
    assert len(titles(home)) == SONGS


def test_a_killed_server_stops_nothing_and_the_open_tab_comes_back(serve, browse, site):
    home, tab = serve.home, browse(serve)
    start_collection(tab, home, site)
    tab.cut_off = True
    with songs_stay_collected(home):
        serve.kill(signal.SIGKILL)
        assert jobs.active(home, "collect") is not None
        site.gate.set()
        until(lambda: len(titles(home)) > FREE)  # it goes on with nobody to look at it
        serve.start()
        tab.says(f"{SONGS} songs collected", timeout=LATER)
    assert titles(home) == [f"Song {n}" for n in range(SONGS)]
    assert collections(home) == ["done"]
    tab.cut_off = False
    tab.go("Train")
    tab.says("Choose two genres or more")


def test_a_killed_job_says_so_and_is_resumed_without_fetching_anything_twice(serve, browse, site):
    home, tab = serve.home, browse(serve)
    start_collection(tab, home, site)
    done = [path for path in site.requests if path.startswith("/music/")][:FREE]
    with songs_stay_collected(home) as before:
        os.killpg(pid_of(home, jobs.active(home, "collect").id), signal.SIGKILL)
        tab.says("Collection was interrupted just now.")
        tab.says("it was killed or crashed")
        assert titles(home) == before
        site.gate.set()
        site.requests.clear()
        tab.button("Resume").click()
        tab.says(f"{SONGS - FREE} songs collected, {FREE} were there before", timeout=LATER)
    assert not set(done) & set(site.requests)
    assert collections(home) == ["interrupted", "done"]
    left = [path for path in home.work.rglob("*") if path.is_file() and path.stat().st_size]
    assert left == []
