"""requirements.txt and requirements-dev.txt pin what pyproject.toml asks for, each in its place."""

import re
import tomllib

from genrefit import config
from tools.pins import pins

APP = "requirements.txt"
DEV = "requirements-dev.txt"


def pinned(name):
    lines = (config.CHECKOUT / name).read_text(encoding="utf-8").splitlines()
    return {re.split(r"==", line)[0] for line in lines if "==" in line}


def wanted():
    project = tomllib.loads((config.CHECKOUT / "pyproject.toml").read_text())["project"]
    names = [
        {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in requirements}
        for requirements in (project["dependencies"], project["optional-dependencies"]["dev"])
    ]
    return names[0], names[1]


def test_every_requirement_is_pinned():
    app, dev = wanted()
    assert app <= pinned(APP)
    assert dev <= pinned(APP) | pinned(DEV)


def test_what_only_tests_and_tools_need_is_not_installed_for_the_program():
    only_dev = {"librosa", "numba", "playwright", "pytest", "mypy", "ruff", "hypothesis"}
    assert only_dev <= pinned(DEV)
    assert not only_dev & pinned(APP)
    assert not pinned(APP) & pinned(DEV)


def test_the_dev_file_builds_on_the_other():
    lines = (config.CHECKOUT / DEV).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "-r requirements.txt"


def test_every_pin_has_hashes():
    for name in (APP, DEV):
        found = pins(config.CHECKOUT / name)
        assert all("--hash=sha256:" in pin for pin in found if pin != "-r requirements.txt")
        assert len(found) > 40
