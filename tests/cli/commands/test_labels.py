import json

import numpy as np
import pytest

from genrefit import config
from genrefit.features import FEATURE_SETS
from genrefit.library import genres, open_library
from genrefit.records import Features, Song
from tests.support.commands import run_command


@pytest.fixture
def home(tmp_path):
    """Twenty songs in two genres that lie apart; one of folk sounds like jazz."""
    rng = np.random.default_rng(0)
    width = len(FEATURE_SETS["classic"].columns)
    home = config.home(tmp_path / "home")
    for name in ("jazz", "folk"):
        genres.add(home, name, [f"/{name}"])
    with open_library(home) as library:
        for n in range(20):
            genre = ("folk", "jazz")[n >= 10]
            values = rng.normal(size=(4, width)) + (4.0 if n >= 10 or n == 3 else 0.0)
            library.add(
                Song(f"s{n}", f"k{n}", f"/{n}.mp3", f"Title {n}", f"A{n}", 40.0, f"c{n}", (genre,)),
                {"classic": Features(np.arange(4) * 10.0, values.astype(np.float32))},
            )
    return home.path


def doubted(home, capsys) -> list[dict]:
    code, out, _ = run_command(home, capsys, "labels", "--json")
    assert code == 0
    return json.loads(out)


def test_a_wrong_label_is_listed_with_songs_to_compare_and_mended(home, capsys):
    (label,) = doubted(home, capsys)
    assert (label["song_id"], label["genres"], label["other"]) == ("s3", ["folk"], "jazz")
    assert 0.5 < label["doubt"] <= 1 and label["likelihoods"] == {}
    assert [n["genre"] for n in label["near"]] == ["folk"] * 3 + ["jazz"] * 3
    by_genre = {n["genre"]: n["distance"] for n in label["near"]}
    assert by_genre["jazz"] < by_genre["folk"]
    code, out, err = run_command(home, capsys, "labels")
    assert code == 0 and "s3" in out and "1 label to check" in err
    assert run_command(home, capsys, "labels", "is", "Title 3", "jazz")[0] == 0
    assert doubted(home, capsys) == []
    with open_library(config.home(home)) as library:
        assert library.song("s3").genres == ("jazz",)
        assert library.confirmed_labels() == {("s3", "jazz")}
    run_command(home, capsys, "undo")
    assert [d["song_id"] for d in doubted(home, capsys)] == ["s3"]


@pytest.mark.parametrize(
    ("act", "labels"), [(["right", "s3"], {"folk"}), (["both", "s3", "JAZZ"], {"folk", "jazz"})]
)
def test_what_was_said_to_be_right_is_not_asked_again(home, capsys, act, labels):
    assert run_command(home, capsys, "labels", *act)[0] == 0
    assert doubted(home, capsys) == []
    with open_library(config.home(home)) as library:
        assert set(library.song("s3").genres) == labels
        assert library.confirmed_labels() == {("s3", label) for label in labels}


def test_what_is_not_there_is_said(home, capsys):
    for arguments, said in (
        (["right", "nobody"], "nobody"),
        (["is", "s3", "polka"], "polka"),
        (["--features", "smell"], "no feature set 'smell'"),
    ):
        code, _, err = run_command(home, capsys, "labels", *arguments)
        assert code == 1 and said in err
