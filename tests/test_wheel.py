"""The wheel, installed into a fresh environment elsewhere, does what the checkout does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import genrefit
from genrefit import config
from genrefit.demo import composer
from tests.support.commands import run_process

UV = Path(sys.executable).with_name("uv")
PAGES = ("home", "genres", "collect", "explore", "train", "judge", "score", "find")

RENDER = """
import json
from streamlit.testing.v1 import AppTest
from genrefit import config
page = AppTest.from_file(str(config.DASHBOARD / "app.py"), default_timeout=120).run()
for name in {pages!r}:
    if name != "home":
        page.switch_page(f"pages/{{name}}.py").run()
    print(json.dumps({{
        "page": name,
        "errors": [e.value for e in page.exception] + [e.value for e in page.error],
        "elements": len(page.main.children),
    }}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel built from this checkout."""
    if not UV.exists():
        pytest.skip("uv is not in this environment: make setup puts it there")
    folder = tmp_path_factory.mktemp("wheel")
    build = [UV, "build", "--quiet", "--wheel", "--out-dir", folder, config.CHECKOUT]
    subprocess.run(build, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory) -> Path:
    """The Python of a fresh environment that holds the wheel and what it needs."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    pins = config.CHECKOUT / "requirements.txt"
    install = [UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", venv, wheel]
    subprocess.run([*install, "--constraint", pins], check=True)
    return venv / "bin" / "python"


class Installed:
    """Runs the installed program in a folder outside the checkout, as a user of their own."""

    def __init__(self, python: Path, folder: Path) -> None:
        self.python, self.folder = python, folder
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("GENREFIT", "PYTHON"))
        }
        self.env = inherited | {"XDG_DATA_HOME": str(folder / "share"), "PYTHONUNBUFFERED": "1"}

    @property
    def home(self) -> Path:
        """The home that it takes when none is named."""
        return self.folder / "share" / "genrefit"

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run `genrefit ...` and return its standard output."""
        return self._run([self.python.with_name("genrefit"), *arguments], code)

    def python_code(self, code: str) -> str:
        """Run Python code and return its standard output."""
        return self._run([self.python, "-c", code], 0)

    def _run(self, command: list[str | Path], code: int) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=500
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve the dashboard; yield its address."""
        process = subprocess.Popen(
            [self.python.with_name("genrefit"), "app", "--no-browser", "--port", "18501"],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        watchdog = threading.Timer(120, process.kill)
        watchdog.start()
        assert process.stdout
        output = ""
        try:
            for line in process.stdout:
                output += line
                if address := re.search(r"genrefit is at (http://\S+)", line):
                    break
            else:
                pytest.fail(f"the server did not start: {output}")
            watchdog.cancel()
            yield address[1]
        finally:
            watchdog.cancel()
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
            process.stdout.close()


@pytest.fixture(scope="module")
def installed(python, tmp_path_factory) -> Installed:
    """The installed program with a small trained home of composed songs."""
    program = Installed(python, tmp_path_factory.mktemp("elsewhere"))
    for style in ("waltz", "punk"):
        folder = program.folder / style
        folder.mkdir()
        for seed in range(5):
            composer.write(composer.composition(style, seed, seconds=21), folder)
        program.run("genres", "add", style, folder)
    program.run("collect", "--features", "classic")
    program.run("train", "--model", "logistic", "--features", "classic", "--name", "first")
    return program


def get(address: str) -> tuple[int, str, bytes]:
    """Return status, content type and body."""
    with urllib.request.urlopen(address, timeout=60) as response:
        return response.status, response.headers.get_content_type(), response.read()


@pytest.mark.slow
def test_the_wheel_holds_what_the_dashboard_needs(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    served = {f"genrefit/dashboard/pages/{page}.py" for page in PAGES}
    assert served <= names
    assert {
        "genrefit/py.typed",
        "genrefit/ui/mark.svg",
        "genrefit/ui/logo.svg",
        "genrefit/ui/components/timeline/timeline.js",
        "genrefit/ui/components/timeline/timeline.css",
        "genrefit/dashboard/app.py",
        "genrefit/dashboard/.streamlit/config.toml",
        "genrefit/dashboard/data/genres.example.json",
    } <= names
    assert not {name.split("/")[0] for name in names} & {"tests", "pages", "tools", "app.py"}
    assert wheel.name.split("-")[1] == genrefit.__version__


@pytest.mark.slow
def test_the_home_is_the_users_data_folder(installed):
    code = "from genrefit import config; print(config.home().path, config.PACKAGE)"
    home, package = installed.python_code(code).split()
    assert Path(home) == installed.home
    assert not Path(package).is_relative_to(config.CHECKOUT)
    assert (installed.home / "data" / "library.sqlite").exists()
    assert (installed.home / "models" / "first").is_dir()


@pytest.mark.slow
def test_songs_are_scored_and_found(installed):
    song = next((installed.folder / "punk").iterdir())
    (scored,) = json.loads(installed.run("score", song, "--json"))
    assert max(scored["likelihoods"], key=scored["likelihoods"].get) == "punk"
    hits = json.loads(installed.run("find", "waltz", "--json", "--top", "3"))
    assert len(hits) == 3


@pytest.mark.slow
def test_example_genres_and_the_demo(installed, tmp_path):
    installed.run("--home", tmp_path / "a", "genres", "example")
    listed = json.loads(installed.run("--home", tmp_path / "a", "genres", "list", "--json"))
    assert len(listed) == 10
    installed.python_code(
        "from genrefit import config, demo\n"
        f"demo.build(config.home({str(tmp_path / 'b')!r}), songs=5, seconds=21, "
        "styles=('waltz', 'punk'))"
    )
    assert "Demo Punk" in installed.run("--home", tmp_path / "b", "find", '"demo punk"', "--csv")


@pytest.mark.slow
def test_every_page_is_rendered_without_an_error(installed):
    reports = [
        json.loads(line) for line in installed.python_code(RENDER.format(pages=PAGES)).splitlines()
    ]
    assert [report["page"] for report in reports] == list(PAGES)
    assert [report["errors"] for report in reports] == [[]] * len(PAGES)
    assert all(report["elements"] > 1 for report in reports)


@pytest.mark.slow
def test_the_server_answers_every_page_and_the_interface(installed):
    with installed.serving() as address:
        for page in ("", *PAGES):
            status, kind, body = get(f"{address}/{page}")
            assert (status, kind) == (200, "text/html")
            assert b"<title>" in body
        models = json.loads(get(f"{address}/api/models")[2])
        assert "first" in json.dumps(models)


@pytest.mark.browser
def test_a_browser_sees_every_page_with_its_pictures(installed, chromium):
    from playwright.sync_api import expect

    from tests.browser.conftest import SOON

    with installed.serving() as address, chromium.new_context() as context:
        tab = context.new_page()
        for page in PAGES:
            tab.goto(f"{address}/{'' if page == 'home' else page}")
            expect(tab.locator("h1").first).to_be_visible(timeout=SOON)
            expect(tab.get_by_test_id("stException")).to_have_count(0)
            logo = tab.get_by_test_id("stSidebarLogo").or_(tab.get_by_test_id("stHeaderLogo"))
            expect(logo.first).to_be_visible(timeout=SOON)
            loaded = "picture => picture.complete && picture.naturalWidth > 0"
            assert logo.first.evaluate(loaded), "the logo is drawn"
        icon = tab.locator("link[rel*=icon]").first.evaluate("link => link.href")
        _, kind, body = get(icon)  # it comes within the page, as a data: address
        assert kind == "image/svg+xml"
        assert body == (config.PACKAGE / "ui" / "mark.svg").read_bytes()


def test_the_version_stands_in_one_place():
    pyproject = (config.CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in pyproject
    assert not re.search(r"^version\s*=", pyproject, re.MULTILINE)
    code, out, _ = run_process(config.CHECKOUT, "--version")
    assert (code, out.strip()) == (0, f"genrefit {genrefit.__version__}")
