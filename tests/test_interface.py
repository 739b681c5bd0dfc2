"""The public interface, and the examples of docs/api.md."""

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import genrefit
from genrefit import config, errors
from genrefit.demo import composer


@pytest.fixture
def music(tmp_path, monkeypatch):
    """Two folders of composed songs below the working folder."""
    monkeypatch.chdir(tmp_path)
    for style in ("waltz", "punk"):
        folder = Path("music") / style
        folder.mkdir(parents=True)
        for seed in range(5):
            composer.write(composer.composition(style, seed, seconds=21), folder)


def test_the_documented_examples_run(music):
    result = doctest.testfile(str(config.CHECKOUT / "docs" / "api.md"), module_relative=False)
    assert result.attempted > 15
    assert result.failed == 0


def test_the_verbs_are_imported_when_they_are_used():
    code = (
        "import sys, genrefit\n"
        "before = [m for m in sys.modules if m.startswith(('genrefit.', 'numpy', 'pandas'))]\n"
        "genrefit.find\n"
        "print(before, 'genrefit.interface' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True"


@pytest.mark.parametrize("name", genrefit.__all__)
def test_every_public_name_is_there(name):
    assert getattr(genrefit, name)
    assert name in dir(genrefit)


def test_every_error_of_the_base_is_public():
    public = {name for name in vars(errors) if isinstance(getattr(errors, name), type)}
    assert public <= set(genrefit.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'sing'"):
        genrefit.sing  # noqa: B018


def test_the_home_may_be_a_path_or_a_home(tmp_path):
    genrefit.add_genre("jazz", home=tmp_path / "a")
    home = genrefit.Home(tmp_path / "a")
    assert genrefit.add_genre("jazz", "http://127.0.0.1/a.mp3", home=home).sources == (
        "http://127.0.0.1/a.mp3",
    )


def test_a_model_that_is_not_there_is_an_error(home):
    with pytest.raises(genrefit.ModelError, match="absent"):
        genrefit.find("jazz", model="absent", home=home)


def test_the_package_is_typed():
    assert (config.PACKAGE / "py.typed").exists()
