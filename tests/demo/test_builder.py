"""The demo, built small and whole: composed, collected, trained, labelled, and gone on with."""

from __future__ import annotations

import json

import pytest

from genrefit import demo, search
from genrefit.demo import builder
from genrefit.errors import Cancelled, GenreError
from genrefit.learning import registry
from genrefit.library import genres, open_library
from genrefit.query import parse

SMALL = {"styles": ("dance", "waltz"), "songs": 8, "seconds": 10.0}


@pytest.fixture(autouse=True)
def without_ear(monkeypatch, tmp_path):
    """Extract timbre only: no model is loaded for it, so it is fast."""
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "no-ear"))


def test_built_labelled_and_useful(home):
    stages = []
    result = demo.build(home, **SMALL, on_progress=lambda p: stages.append(p.stage))
    assert result.to_json() == {
        "songs": 16,
        "genres": ["Demo Dance", "Demo Waltz"],
        "model": "demo",
    }
    order = list(dict.fromkeys(stages))
    assert order[0] == "composing" and "collecting" in order and len(order) > 3
    assert demo.is_demo(home) and json.loads((home.data / "demo.json").read_text())["note"]
    assert all(name.startswith("Demo ") for name in genres.read(home))
    with open_library(home) as library:
        assert library.summary()["genres"] == {"Demo Dance": 8, "Demo Waltz": 8}
        assert library.failures() == []
        assert len({song.artist for song in library.songs()}) == 12
    report = registry.report(home, "demo")
    assert report.songs.accuracy > report.songs.majority
    likelihoods = search.library_likelihoods(home, "demo")
    query = parse("demo waltz but not demo dance", likelihoods.attrs["genres"])
    first = search.find(query, likelihoods)[:3]
    assert all(hit.genres == ("Demo Waltz",) for hit in first)

    # A second run has nothing to compose or collect, and is no obstacle.
    again = []
    demo.build(home, **SMALL, on_progress=again.append)
    assert [p.total for p in again if p.stage in ("composing", "collecting")] == [0, 0]


@pytest.mark.slow
def test_cancelled_then_gone_on_with(home):
    reports = []
    with pytest.raises(Cancelled, match="stays"):
        demo.build(
            home, **SMALL, on_progress=reports.append, cancelled=lambda: reports[-1].done >= 2
        )
    made = list(demo.folder(home, "dance").glob("*.flac"))
    assert 2 <= len(made) < 8
    assert not genres.read(home) and not demo.is_demo(home)
    stamps = {path: path.stat().st_mtime_ns for path in made}
    with pytest.raises(Cancelled):
        demo.build(home, **SMALL, cancelled=lambda: len(list(made[0].parent.iterdir())) > len(made))
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())


def test_refuses_songs_and_genres_of_the_users_own(home):
    genres.add(home, "Jazz", ["/music/jazz"])
    with pytest.raises(GenreError, match="Jazz"):
        demo.build(home, **SMALL)
    assert not (home.data / "demo.json").exists()
    assert list(genres.read(home)) == ["Jazz"]
    assert json.loads(home.genres.read_text()) == {"Jazz": ["/music/jazz"]}


def test_no_longer_a_demo_when_its_genres_are_gone(home):
    builder._write_manifest(home, 0, ["dance"])
    genres.add(home, "Demo Dance", [str(demo.folder(home, "dance"))])
    assert demo.is_demo(home)
    genres.remove(home, "Demo Dance")
    genres.add(home, "Jazz")
    assert not demo.is_demo(home)


def test_a_damaged_manifest_says_what_to_do(home):
    home.data.mkdir(parents=True)
    (home.data / "demo.json").write_text("{")
    with pytest.raises(GenreError, match="delete it"):
        demo.is_demo(home)
