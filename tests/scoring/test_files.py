"""One way from a file to a scored song: errors and results go by the name its user knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

from genrefit import config, demo, scoring, search
from genrefit.demo import composer
from genrefit.errors import AudioError, ModelError, QueryError
from genrefit.learning import registry
from genrefit.library import open_library
from genrefit.records import Failure
from genrefit.scoring import Scorer, score_file
from tests.support.commands import run_command


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory) -> config.Home:
    """A home with a trained model of two genres and without the pretrained ear."""
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("scoring")
        patch.setenv("GENREFIT_EAR", str(root / "none"))
        home = config.home(root / "home")
        demo.build(home, styles=("dance", "waltz"), songs=8, seconds=10.0)
        yield home


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return composer.write(
        composer.composition("waltz", 20, seconds=20.0), tmp_path_factory.mktemp("song")
    )


def test_a_file_goes_by_the_name_its_user_knows(demo_home, song, tmp_path):
    temporary = tmp_path / "upload-x1y2"
    temporary.write_bytes(song.read_bytes())
    scored = score_file(temporary, name="My waltz.flac", model=Scorer(demo_home))
    assert scored.source == "My waltz.flac"
    assert (scored.artist, scored.title) == ("Mireille Feld", scored.title)
    assert "upload-x1y2" not in json.dumps(scored.to_json())


def test_tags_are_beaten_by_a_title_that_is_given(demo_home, song):
    scored = score_file(song, name="x", model=Scorer(demo_home), title="T", artist=None)
    assert (scored.artist, scored.title) == (None, "T")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\music\\fake.mp3", "'fake.mp3' cannot be read as audio"),
        ("/music/fake.mp3", "'fake.mp3' cannot be read as audio"),
        ("https://a.example/fake.mp3", "'https://a.example/fake.mp3' cannot be read as audio"),
    ],
)
def test_errors_name_the_file_never_the_temporary_one(demo_home, tmp_path, name, shown):
    temporary = tmp_path / "upload-x1y2"
    temporary.write_bytes(b"this is no audio" * 100)
    with pytest.raises(AudioError) as error:
        score_file(temporary, name=name, model=Scorer(demo_home))
    assert str(error.value).startswith(shown) and "upload" not in str(error.value)


def test_a_query_is_parsed_over_the_models_genres(demo_home, song):
    scorer = Scorer(demo_home)
    query = scorer.parse("demo waltz but not demo dance")
    scored = score_file(song, name=song.name, model=scorer, query=query)
    assert scored.fit is not None and 0 <= scored.fit <= 1
    assert scored.to_json()["fit"] == scored.fit
    assert "fit" not in score_file(song, name=song.name, model=scorer).to_json()
    assert scorer.parse("") is None and scorer.parse(None) is None
    with pytest.raises(QueryError):
        scorer.parse("polka")


def test_the_command_line_gives_what_score_file_gives(demo_home, song, capsys):
    code, out, _ = run_command(demo_home.path, capsys, "score", str(song), "--json")
    assert code == 0
    expected = score_file(song, name=str(song), model=Scorer(demo_home)).to_json()
    assert json.loads(out) == [json.loads(json.dumps(expected))]


def test_what_cannot_be_scored_is_a_failure_and_the_others_go_on(demo_home, song, tmp_path):
    fake = tmp_path / "fake.mp3"
    fake.write_bytes(b"this is no audio" * 100)
    missing = str(tmp_path / "missing.mp3")
    results = list(scoring.score([str(fake), missing, str(song)], home=demo_home))
    failures = [result for result in results if isinstance(result, Failure)]
    assert {failure.about for failure in failures} == {str(fake), missing}
    assert scoring.to_json(failures[0]) == {
        "source": failures[0].about,
        "error": failures[0].reason,
    }
    assert [r.source for r in results if not isinstance(r, Failure)] == [str(song)]
    assert not list(demo_home.work.glob("*")), "nothing temporary is left"


def test_without_a_model_it_says_what_to_do(home, monkeypatch, tmp_path):
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "none"))
    with pytest.raises(ModelError, match="train one"):
        Scorer(home)


def test_a_song_of_the_library_is_judged_by_a_fit_that_never_heard_it(demo_home, song, tmp_path):
    """By its content: a copy under another name is the same song, in every interface alike."""
    with open_library(demo_home) as library:
        own = library.songs()[0]
    likelihoods = search.library_likelihoods(demo_home, "demo").set_index("song_id")
    held_out = registry.out_of_fold(demo_home, "demo").loc[own.song_id]
    copy = tmp_path / "a copy.flac"
    copy.write_bytes(Path(own.address).read_bytes())
    scored = score_file(copy, name=copy.name, model=Scorer(demo_home))
    assert scored.held_out and scored.to_json()["held_out"] is True
    assert scored.likelihoods == pytest.approx(held_out.to_dict())
    segments = registry.out_of_fold_segments(demo_home, "demo").loc[own.song_id]
    timeline = [moment["likelihoods"] for moment in scored.timeline]
    assert [moment["start"] for moment in scored.timeline] == list(segments.index)
    assert timeline == [pytest.approx(row) for row in segments.to_dict("records")]
    assert bool(likelihoods.loc[own.song_id, "held_out"])
    in_find = likelihoods.loc[own.song_id, list(scored.likelihoods)].to_dict()
    assert in_find == pytest.approx(scored.likelihoods)
    fresh = score_file(song, name=song.name, model=Scorer(demo_home))
    assert not fresh.held_out and fresh.to_json()["held_out"] is False


def test_a_query_of_an_own_song_is_answered_by_the_same_likelihoods(demo_home, capsys):
    with open_library(demo_home) as library:
        own = library.songs()[0]
    scorer = Scorer(demo_home)
    query = scorer.parse("demo waltz")
    scored = score_file(own.address, name="own.flac", model=scorer, query=query)
    assert scored.held_out
    assert scored.fit == {g.casefold(): p for g, p in scored.likelihoods.items()}["demo waltz"]
    code, out, _ = run_command(demo_home.path, capsys, "score", own.address)
    assert code == 0 and "a fit that never heard it" in out


def test_a_copy_that_is_coded_anew_is_known_by_ear(demo_home, song, tmp_path):
    """The same recording in another file, cut a little and softer, was trained on as well."""
    with open_library(demo_home) as library:
        own = library.songs()[3]
    y, sr = soundfile.read(own.address)
    copy = tmp_path / "other name.wav"
    soundfile.write(copy, 0.6 * y, sr)
    scored = score_file(copy, name=copy.name, model=Scorer(demo_home))
    held_out = registry.out_of_fold(demo_home, "demo").loc[own.song_id]
    assert scored.held_out and scored.likelihoods == pytest.approx(held_out.to_dict())
    assert not score_file(song, name=song.name, model=Scorer(demo_home)).held_out
