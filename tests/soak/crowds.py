"""Many songs of which a tenth are none, and many browsers that drop files during a collection."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from genrefit.collecting.collector import collect
from genrefit.config import Home
from genrefit.library import consistency, genres, open_library
from tests.soak.songs import WAYS, write_song, write_songs

CHROMIUM = "/usr/bin/chromium"


def failing_songs(folder: Path, *, short: bool, seed: int) -> Iterator[tuple[str, int, list[str]]]:
    count = 40 if short else 1000
    songs = write_songs(folder / "songs", count, seed=seed)
    bad = sorted(songs.iterdir())[:: 10 if not short else 4][: max(count // 10, len(WAYS))]
    for number, path in enumerate(bad):
        WAYS[number % len(WAYS)](path)
    home = Home(folder / "home")
    genres.add(home, "jazz", [str(songs)])
    failures = []
    result = collect(home, sets=["classic"], any_sound=True)
    good = count - len(bad)
    with open_library(home) as library:
        stored = len(library.songs())
        failed = library.failures()
        failures += [f.sentence for f in consistency.check(library) if f.wrong]
    if stored != good:
        failures.append(f"{stored} songs stored of {good} good ones ({result})")
    failures += [f"{f.address}: {f.reason}" for f in failed if "fault in genrefit" in f.reason]
    yield "ten ways", count, failures


def sessions(folder: Path, *, short: bool, seed: int) -> Iterator[tuple[str, int, list[str]]]:
    if short or not Path(CHROMIUM).exists():
        yield "browsers (not in the short form)", 0, []
        return
    from playwright.sync_api import sync_playwright

    from tests.support.served import Served

    number = 20
    home = Home(folder / "home")
    subprocess.run([sys.executable, "-m", "genrefit", "--home", str(home.path), "demo"], check=True)
    genres.add(home, "more", [str(write_songs(folder / "more", 200, seed=seed))])
    failures = []
    collecting = subprocess.Popen(
        [sys.executable, "-m", "genrefit", "--home", str(home.path), "collect", "--genre", "more"]
    )
    with Served(home.path) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu"])
        tabs = []
        for place in range(number):
            page = browser.new_context().new_page()
            page.goto(f"http://127.0.0.1:{server.port}/score")
            song = folder / f"dropped {place}.flac"
            write_song(song, 7_000_000 + place)
            page.set_input_files("input[type=file]", str(song), timeout=120_000)
            tabs.append(page)
        for place, page in enumerate(tabs):
            try:
                page.get_by_text(f"dropped {place}").first.wait_for(timeout=600_000)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                failures.append(f"session {place}: {str(error).splitlines()[0]}")
        browser.close()
    if collecting.wait(timeout=900):
        failures.append("the collection failed")
    with open_library(home) as library:
        failures += [f.sentence for f in consistency.check(library) if f.wrong]
    yield "browsers", number, failures
