import json

from genrefit import config
from genrefit.library import open_library
from tests.support.commands import run_command
from tests.support.recordings import drawn, features, song


def test_copies_are_listed_merged_and_brought_back(tmp_path, capsys):
    home = tmp_path / "home"
    assert run_command(home, capsys, "copies")[0] == 1
    with open_library(config.home(home)) as library:
        for number in range(3):
            library.add(song(f"s{number}", "jazz"), features(drawn(number)))
        library.add(song("other", "folk"), features(drawn(2), cut=5))
    code, out, err = run_command(home, capsys, "copies")
    assert code == 0 and "s2" in out and "other" in out and "s1" not in out
    assert "1 recording in more than one copy, 1 of them under different genres" in err
    (group,) = json.loads(run_command(home, capsys, "copies", "--json")[1])
    assert group["differ"] and {s["song_id"] for s in group["songs"]} == {"s2", "other"}
    code, _, err = run_command(home, capsys, "copies", "--merge", "s2")
    assert code == 0 and "kept 's2' in folk and jazz, removed 1 copy" in err
    assert json.loads(run_command(home, capsys, "copies", "--json")[1]) == []
    run_command(home, capsys, "undo")
    code, _, err = run_command(home, capsys, "copies", "--keep-all", "other")
    assert code == 0 and "all 2 copies" in err
    assert json.loads(run_command(home, capsys, "copies", "--json")[1]) == []
    (group,) = json.loads(run_command(home, capsys, "copies", "--all", "--json")[1])
    assert group["kept"]
    code, _, err = run_command(home, capsys, "copies", "--keep", "s1")
    assert code == 1 and "no song with the id 's1' has copies" in err
