import json

import pytest

from tests.cli.conftest import SONGS
from tests.support.commands import run_command


def test_renaming_and_removing_a_genre_takes_its_songs_along(folders, tmp_path, capsys):
    home = tmp_path / "home"
    run_command(home, capsys, "genres", "add", "Hip Hop", str(folders / "punk"))
    run_command(home, capsys, "collect", "--features", "classic", "--jobs", "1")
    assert run_command(home, capsys, "genres", "rename", "hip-hop", "Rap")[0] == 0
    _, out, _ = run_command(home, capsys, "library", "--json")
    assert json.loads(out)["genres"] == {"Rap": SONGS}
    assert run_command(home, capsys, "genres", "remove", "rap", "--songs")[0] == 0
    _, out, _ = run_command(home, capsys, "library", "--json")
    assert json.loads(out)["songs"] == 0
    assert len(list((folders / "punk").iterdir())) == SONGS, "the user's own files stay"


def test_removing_one_source_keeps_the_rest(tmp_path, folders, capsys):
    home = tmp_path / "home"
    for style in ("punk", "waltz"):
        run_command(home, capsys, "genres", "add", "x", str(folders / style))
    assert run_command(home, capsys, "genres", "remove", "x", str(folders / "punk"))[0] == 0
    _, out, _ = run_command(home, capsys, "genres", "list", "--json")
    assert json.loads(out) == {"x": [str(folders / "waltz")]}


def test_what_a_genre_sounds_like_is_shown_said_and_reset(tmp_path, capsys):
    home = tmp_path / "home"
    _, _, err = run_command(home, capsys, "genres", "add", "Drum & Bass")
    assert "sounds like electronic, electronica, Drum and bass" in err
    _, _, err = run_command(home, capsys, "genres", "add", "my stuff")
    assert "its name says nothing of how it sounds" in err
    code, out, _ = run_command(home, capsys, "genres", "like", "my-stuff", "SOUL", "hard bop")
    assert code == 0
    assert out == "my stuff: sounds like soul, jazz (as you said)\n"
    _, out, _ = run_command(home, capsys, "genres", "like", "--json")
    shown = json.loads(out)
    assert shown["my stuff"] == {"like": ["soul", "Soul music", "jazz", "Jazz"], "chosen": True}
    assert shown["Drum & Bass"]["chosen"] is False
    run_command(home, capsys, "genres", "like", "my stuff", "--reset")
    _, out, _ = run_command(home, capsys, "genres", "like", "my stuff")
    assert "says nothing" in out
    _, out, _ = run_command(home, capsys, "genres", "like", "Drum & Bass", "--nothing", "--json")
    assert json.loads(out) == {"Drum & Bass": {"like": [], "chosen": True}}


def test_an_unknown_tag_or_genre_is_refused_with_suggestions(tmp_path, capsys):
    home = tmp_path / "home"
    run_command(home, capsys, "genres", "add", "jazz")
    code, _, err = run_command(home, capsys, "genres", "like", "jazz", "raggae")
    assert code == 1 and "'raggae' is no tag" in err and "'Reggae'" in err
    code, _, err = run_command(home, capsys, "genres", "like", "jaz", "soul")
    assert code == 1 and "there is no genre 'jaz'" in err
    code, _, err = run_command(home, capsys, "genres", "like", "jazz", "soul", "--reset")
    assert code == 1 and "either" in err
    _, out, _ = run_command(home, capsys, "genres", "like", "--tags")
    assert {"Hip-Hop", "Hip hop music", "Choir", "80s"} <= set(out.splitlines())


def test_what_a_genre_sounds_like_outlives_other_changes(tmp_path, capsys):
    home = tmp_path / "home"
    run_command(home, capsys, "genres", "add", "evening")
    run_command(home, capsys, "genres", "like", "evening", "chillout")
    run_command(home, capsys, "genres", "rename", "evening", "night")
    run_command(home, capsys, "genres", "add", "night", str(tmp_path))
    _, out, _ = run_command(home, capsys, "genres", "like", "night", "--json")
    assert json.loads(out) == {"night": {"like": ["chillout"], "chosen": True}}


@pytest.mark.parametrize("name", ["", "  ", "…", "a\x1b[31mb", "x" * 101])
def test_renaming_obeys_the_rule_of_adding(tmp_path, capsys, name):
    run_command(tmp_path, capsys, "genres", "add", "jazz")
    code, _, added = run_command(tmp_path, capsys, "genres", "add", name)
    assert (code, run_command(tmp_path, capsys, "genres", "rename", "jazz", name)) == (
        1,
        (1, "", added),
    )
    _, listed, _ = run_command(tmp_path, capsys, "genres", "list")
    assert listed == "jazz\n"
