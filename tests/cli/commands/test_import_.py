from tests.support.commands import run_command


def test_an_import_says_what_came_and_what_is_next(trained, tmp_path, capsys):
    file = str(tmp_path / "all.jsonl")
    run_command(trained[0], capsys, "export", file)
    code, _, err = run_command(tmp_path / "new", capsys, "import", file)
    assert code == 0
    assert err == "15 songs, 30 segments (0 known before). Next: genrefit train\n"
    code, out, err = run_command(tmp_path / "new", capsys, "import", file, "--json")
    assert code == 0 and '"known": 15' in out
    assert err.startswith("nothing has changed: all of the file's 15 songs are in the library")
