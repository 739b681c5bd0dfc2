"""A folder of composed songs, and a home that the command line alone has filled and trained."""

import json

import pytest

from genrefit.demo import composer
from tests.support.commands import run_process

STYLES = {"waltz": "Quiet Waltz", "punk": "punk", "dance": "Dance & Drums"}
SONGS = 5


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """A folder of short composed songs by style."""
    root = tmp_path_factory.mktemp("songs")
    for style in STYLES:
        (root / style).mkdir()
        for seed in range(SONGS):
            composer.write(composer.composition(style, seed, seconds=21), root / style)
    return root


@pytest.fixture(scope="session")
def trained(folders, tmp_path_factory):
    """A home that was filled and trained by the command line alone, and its report."""
    home = tmp_path_factory.mktemp("home")
    for style, name in STYLES.items():
        assert run_process(home, "genres", "add", name, str(folders / style))[0] == 0
    code, out, _ = run_process(
        home, "collect", "--features", "classic", "--features", "timbre", "--json"
    )
    assert code == 0
    assert json.loads(out)["done"] == len(STYLES) * SONGS
    code, out, err = run_process(home, "train", "--model", "logistic", "--name", "first", "--json")
    assert code == 0, err
    return home, json.loads(out)
