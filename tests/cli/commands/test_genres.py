import json

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
