import json

import pytest

from genrefit import config
from genrefit.library import genres, open_library
from genrefit.records import Song
from tests.support.commands import run_command


def test_changes_are_listed_and_undone_in_order(tmp_path, capsys):
    home = tmp_path / "home"
    assert run_command(home, capsys, "history")[0] == 0
    code, _, err = run_command(home, capsys, "undo")
    assert code == 1 and "there is no library" in err
    run_command(home, capsys, "genres", "add", "jazz", "/a")
    with open_library(config.home(home)) as library:
        library.add(Song("s", "k", "/a/s.mp3", "S", None, 9.0, "c", ("jazz",)), {})
    run_command(home, capsys, "genres", "rename", "jazz", "swing")
    run_command(home, capsys, "genres", "remove", "swing", "--songs")
    code, out, _ = run_command(home, capsys, "history", "--json")
    listed = json.loads(out)
    assert [entry["what"] for entry in listed] == [
        "removed the genre swing with its songs",
        "renamed jazz to swing",
        "added the genre jazz",
    ]
    code, _, err = run_command(home, capsys, "undo", str(listed[1]["number"]))
    assert code == 1 and f"Undo first: {listed[0]['number']}" in err
    code, _, err = run_command(home, capsys, "undo")
    assert code == 0 and "undid: removed the genre swing with its songs" in err
    assert run_command(home, capsys, "undo")[0] == 0
    assert list(genres.read(config.home(home))) == ["jazz"]
    with open_library(config.home(home)) as library:
        assert library.song("s").genres == ("jazz",)
    code, out, _ = run_command(home, capsys, "history", "--most", "3")
    assert out.count("undone") == 1 and "undid: renamed jazz to swing" in out


def test_an_undo_is_undone_by_its_number(tmp_path, capsys):
    home = tmp_path / "home"
    run_command(home, capsys, "genres", "add", "jazz", "/a")
    _, _, err = run_command(home, capsys, "undo")
    number = err.split("genrefit undo ")[1].split()[0]
    assert genres.read(config.home(home)) == {}
    code, _, err = run_command(home, capsys, "undo", number)
    assert code == 0 and "redid: added the genre jazz" in err and "takes it back" in err
    assert list(genres.read(config.home(home))) == ["jazz"]
    code, out, _ = run_command(home, capsys, "undo", "--json")
    assert code == 0 and json.loads(out)["what"] == "added the genre jazz"
    code, _, err = run_command(home, capsys, "undo", "999")
    assert code == 1 and "there is no change 999" in err
    with pytest.raises(SystemExit) as exit_code:
        run_command(home, capsys, "undo", "0")
    assert exit_code.value.code == 2
