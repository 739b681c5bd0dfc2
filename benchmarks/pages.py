"""How long until a page stands: first paint and page switches, beside a bare Streamlit page.

Run: python benchmarks/pages.py [--home DIR] [--rounds 5] [--first explore,find] [--look 2]
     [--busy]

Without --home a demo is made first. Rounds of the two alternate, so that both meet the same
machine. The bare page is a heading and a sentence; the bare switch is between two of such pages.
A server's first switch is measured on a fresh server for each page of --first ("" for none), so
many seconds (--look) after its first paint. With --busy a training job is at work all the while.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from genrefit import config, jobs
from genrefit.config import Home

CHROMIUM = os.environ.get("GENREFIT_CHROMIUM", "/usr/bin/chromium")
PAGES = ("genres", "collect", "explore", "train", "judge", "score", "find", "home")
BARE = {
    "app.py": "import streamlit as st\n"
    'pages = [st.Page("pages/one.py", title="One"), st.Page("pages/two.py", title="Two")]\n'
    "st.navigation(pages).run()\n",
    "pages/one.py": 'import streamlit as st\nst.title("one")\nst.write("A page.")\n',
    "pages/two.py": 'import streamlit as st\nst.title("two")\nst.write("A page.")\n',
}
STANDS = """title => {
    const app = document.querySelector('[data-testid=stApp]');
    const heading = document.querySelector('[data-testid=stMain] h1');
    return app && heading && heading.innerText.trim().toLowerCase() === title
        && app.getAttribute('data-test-script-state') === 'notRunning'
        && !document.querySelector('[data-testid=stSkeleton]');
}"""


@contextmanager
def served(command: list[str], folder: Path) -> Iterator[tuple[str, float]]:
    """Yield the address of a server and the seconds that it took to answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*command, str(port)], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while not _answers(address):
            if process.poll() is not None:
                raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
            time.sleep(0.02)
        yield address, time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def opened(page: Page, address: str, title: str) -> float:
    """Open an address and return the seconds until its page stands."""
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(STANDS, arg=title, polling="raf", timeout=120_000)
    return time.perf_counter() - begun


def switched(page: Page, name: str, title: str) -> float:
    """Go to another page by the navigation and return the seconds until it stands."""
    link = page.get_by_role("navigation").get_by_role("link", name=name, exact=True)
    begun = time.perf_counter()
    link.click()
    page.wait_for_function(STANDS, arg=title, polling="raf", timeout=120_000)
    return time.perf_counter() - begun


def one_round(browser: Browser, command: list[str], folder: Path, names: list[str], home: str):
    """Return what a fresh server and a fresh browser need: seconds by what was done."""
    timings = {}
    with served(command, folder) as (address, started):
        timings["server answers"] = started
        for visit in ("first paint, server just started", "first paint, later"):
            context = browser.new_context(viewport={"width": 1360, "height": 1000})
            page = context.new_page()
            timings[visit] = opened(page, address, home)
            if visit.endswith("later"):
                for visited in ("for the first time", "again"):
                    for name in names:
                        title = home if name == "home" else name
                        seconds = switched(page, name.capitalize(), title)
                        timings[f"switch to {name}, {visited}"] = seconds
            context.close()
    return timings


def first_switch(
    browser: Browser, command: list[str], folder: Path, name: str, home: str, look: float
) -> float:
    """Return the seconds of a fresh server's very first page switch, after a look at its home."""
    with served(command, folder) as (address, _):
        context = browser.new_context(viewport={"width": 1360, "height": 1000})
        page = context.new_page()
        opened(page, address, home)
        time.sleep(look)
        seconds = switched(page, name.capitalize(), name)
        context.close()
    return seconds


@contextmanager
def at_work(home: Home, wanted: bool) -> Iterator[None]:
    """Keep a training job, as the page Train starts it, at work all the while."""
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            if not jobs.running(home):
                arguments = {"name": "at work", "grid": True, "replace": True}
                jobs.start(home, "train", arguments)
            done.wait(1)

    if not wanted:
        yield
        return
    keeper = threading.Thread(target=work)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()
        for job in jobs.running(home):
            jobs.cancel(home, job.id)


def table(ours: dict[str, list[float]], bare: dict[str, list[float]]) -> None:
    """Print medians beside the bare page's."""
    switch: dict[str, list[float]] = defaultdict(list)
    for what, seconds in bare.items():
        switch[what.rsplit(", ", 1)[-1]] += seconds
    print(f"{'seconds, median':44} {'genrefit':>8} {'bare':>8} {'times':>6} {'longest':>8}")
    for what, seconds in ours.items():
        other = median(bare[what]) if what in bare else median(switch[what.rsplit(", ", 1)[1]])
        own = median(seconds)
        print(f"{what:44} {own:8.2f} {other:8.2f} {own / other:6.2f} {max(seconds):8.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--first", default="explore,find,genres,score")
    parser.add_argument("--look", type=float, default=2.0)
    parser.add_argument("--busy", action="store_true")
    arguments = parser.parse_args()
    if not Path(CHROMIUM).exists():
        print(f"no chromium at {CHROMIUM}: nothing to measure (set GENREFIT_CHROMIUM)")
        return
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        bare_folder = Path(scratch) / "bare"
        (bare_folder / "pages").mkdir(parents=True)
        for name, text in BARE.items():
            (bare_folder / name).write_text(text)
        home = arguments.home or Path(scratch) / "home"
        run = [sys.executable, "-m", "genrefit", "--home", str(home.resolve())]
        if arguments.home is None:
            subprocess.run([*run, "demo"], check=True, stderr=subprocess.DEVNULL)
        own = [*run, "app", "--no-browser", "--port"]
        streamlit = [sys.executable, "-m", "streamlit", "run", "app.py"]
        for option in ("headless=true", "address=127.0.0.1", "fileWatcherType=none"):
            streamlit.append(f"--server.{option}")
        streamlit += ["--browser.gatherUsageStats=false", "--server.port"]
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        first = [name for name in arguments.first.split(",") if name]
        ours, bare = defaultdict(list), defaultdict(list)
        with at_work(config.home(home), arguments.busy):
            for number in range(arguments.rounds):
                for timings, command, folder, names, start, then in (
                    (ours, own, config.CHECKOUT, list(PAGES), "genrefit", first),
                    (bare, streamlit, bare_folder, ["two", "one"], "one", ["two"]),
                ):
                    result = one_round(browser, command, folder, names, start)
                    for name in then:
                        what = f"switch to {name}, first of a server"
                        result[what] = first_switch(
                            browser, command, folder, name, start, arguments.look
                        )
                    for what, seconds in result.items():
                        timings[what].append(seconds)
                print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        browser.close()
    print(f"{arguments.rounds} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    table(ours, bare)


if __name__ == "__main__":
    main()
