"""The documents name only files that exist, and every package is in them."""

import re

import pytest

from genrefit import config

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/api.md")
PACKAGES = sorted(path for path in config.PACKAGE.iterdir() if (path / "__init__.py").exists())
PATH = re.compile(
    r"(?<![\w/.~])((?:genrefit|pages|tests|tools|docs|benchmarks)/[\w/]*[\w/.]*[\w/])"
)


def text(document):
    return (config.CHECKOUT / document).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_named_exists(document):
    named = {path for path in PATH.findall(text(document)) if not path.startswith("pages/NAME")}
    absent = sorted(path for path in named if not (config.CHECKOUT / path).exists())
    assert absent == []


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md"])
@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_package_is_described(document, package):
    assert f"{package.name}/" in text(document)


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md"])
def test_every_module_at_the_packages_top_is_described(document):
    modules = [path.name for path in config.PACKAGE.glob("*.py") if not path.name.startswith("_")]
    assert [name for name in modules if name not in text(document)] == []
