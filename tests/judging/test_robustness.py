"""The horse test: movements, yardstick and warnings; and the whole of it on songs in a folder."""

from __future__ import annotations

import json

import numpy as np
import pytest

from genrefit import config, demo, jobs
from genrefit.audio.alterations import ALTERATIONS
from genrefit.errors import Cancelled, ModelError
from genrefit.judging import saved_robustness
from genrefit.judging.altered_songs import MOST_SONGS, AlteredSong, sample
from genrefit.judging.robustness import Robustness, compared, robustness
from genrefit.records import Song
from tests.support.commands import run_command
from tests.support.homes import fill_library
from tests.support.jobs import ended

GENRES = ("folk", "rock")


def song(number, *, moved=0.0, by="−20 dB", halves=0.1, unheard=()):
    """A song of 70 % its genre, of which one alteration takes so much away."""
    own = number % 2
    plain = np.array([0.7, 0.3])[:: 1 - 2 * own]
    shift = np.array([1.0, -1.0]) * (1 - 2 * own)
    altered = {name: plain.copy() for name in ALTERATIONS}
    altered[by] = plain - moved * shift
    for name in unheard:
        altered[name] = np.full(2, np.nan)
    parts = np.array([plain, plain - halves * shift])
    return AlteredSong(f"s{number}", f"a{number}", (GENRES[own],), plain, parts, altered)


def test_movement_is_the_total_variation_between_a_song_and_itself():
    tested = compared("m", GENRES, [song(i, moved=0.05) for i in range(10)], in_sample={"s1", "x"})
    by_name = {each.name: each for each in tested.results}
    assert by_name["−20 dB"].movement.mean == pytest.approx(0.05)
    assert by_name["+6 dB"].movement.mean == 0 and tested.yardstick.mean == pytest.approx(0.1)
    assert tested.accuracy == 1 and tested.in_sample == 1
    assert not any(each.warned for each in tested.results)
    assert "hears the same music" in tested.sentences()[0]
    assert "in-sample" in tested.sentences()[-1]


def test_what_moves_more_than_another_part_of_the_song_is_warned_of():
    tested = compared("m", GENRES, [song(i, moved=0.15) for i in range(10)], in_sample=set())
    [warned] = [each for each in tested.results if each.warned]
    assert warned.name == "−20 dB" and warned.flipped == 0
    assert "m listens to loudness" in tested.sentences()[0]


def test_flipped_songs_are_counted_and_warned_of():
    songs = [song(i, moved=0.3 if i < 3 else 0.0, halves=0.5) for i in range(10)]
    by_name = {each.name: each for each in compared("m", GENRES, songs, in_sample=set()).results}
    assert by_name["−20 dB"].flipped == pytest.approx(0.3) and by_name["−20 dB"].warned
    assert by_name["−20 dB"].accuracy == pytest.approx(0.7)


def test_pitch_and_tempo_are_music_so_they_are_told_and_not_warned_of():
    songs = [song(i, moved=0.6, by="5 % faster") for i in range(10)]
    tested = compared("m", GENRES, songs, in_sample=set())
    assert not any(each.warned for each in tested.results)


def test_songs_that_cannot_be_heard_altered_are_counted():
    songs = [song(i, unheard=["−20 dB"] if i < 2 else []) for i in range(10)]
    by_name = {each.name: each for each in compared("m", GENRES, songs, in_sample=set()).results}
    assert (by_name["−20 dB"].songs, by_name["−20 dB"].unheard) == (8, 2)
    short = [song(i, halves=np.nan) for i in range(5)]
    assert compared("m", GENRES, short, in_sample=set()).yardstick is None


def test_the_sample_takes_as_many_of_each_genre_and_no_song_twice():
    songs = [
        Song(f"s{i}", f"k{i}", f"/{i}", "t", None, 1.0, f"c{i}",
             ("rock",) if i >= 10 else ("folk", "rock") if i < 3 else ("folk",))
        for i in range(100)
    ]  # fmt: skip
    chosen = sample(songs, GENRES, seed=0)
    assert len({song.song_id for song in chosen}) == len(chosen) == MOST_SONGS
    assert sum("folk" in song.genres for song in chosen) == 10
    assert [s.song_id for s in chosen] == [s.song_id for s in sample(songs, GENRES, seed=0)]


def test_without_audio_it_says_so(home, monkeypatch, tmp_path):
    from genrefit.learning.recipe import Recipe
    from genrefit.learning.train import train

    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "none"))
    fill_library(home, [["folk"], ["rock"]] * 6)
    train(home, Recipe(pipeline="logistic", name="mine", features="classic"), n_jobs=1)
    with pytest.raises(ModelError, match="the audio of only 0 labelled songs"):
        robustness(home, "mine", n_jobs=1)


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("robust")
        patch.setenv("GENREFIT_EAR", str(root / "none"))
        home = config.home(root / "home")
        demo.build(home, styles=("dance", "waltz"), songs=4, seconds=12.0)
        yield home


@pytest.mark.slow
def test_songs_of_a_folder_are_heard_altered_and_the_result_is_kept(demo_home, capsys):
    code, out, err = run_command(demo_home.path, capsys, "report", "--robust", "--json")
    assert code == 0, err
    printed = json.loads(out)["robust"]
    assert printed["songs"] == 8 == printed["in_sample"]
    assert [each["name"] for each in printed["results"]] == list(ALTERATIONS)
    by_name = {each["name"]: each for each in printed["results"]}
    assert by_name["mono, 16 bits"]["movement"]["mean"] < 0.05
    kept = saved_robustness.load(demo_home, "demo")
    assert json.loads(json.dumps(kept.to_json())) == printed
    assert Robustness.from_json(kept.to_json()) == kept


@pytest.mark.slow
def test_it_is_a_job_that_can_be_stopped(demo_home):
    number = jobs.start(demo_home, "robust", {"model": "demo"})
    job = ended(demo_home, number)
    assert job.state == "done" and "demo" in job.message
    with pytest.raises(Cancelled):
        robustness(demo_home, "demo", cancelled=lambda: True, n_jobs=1)
