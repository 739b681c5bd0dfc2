import json

from tests.support.commands import run_command


def test_what_is_missing_comes_with_what_to_do(tmp_path, capsys):
    code, out, _ = run_command(tmp_path / "home", capsys, "doctor")
    assert code == 0
    assert "-   library: none yet\n     genrefit collect makes it" in out
    code, out, _ = run_command(tmp_path / "home", capsys, "doctor", "--json")
    assert set(json.loads(out)) == {"genrefit", "python", "home", "versions", "checks"}
    assert set(json.loads(out)["checks"][0]) == {"what", "well", "found", "needed", "mend"}


def test_damage_is_exit_code_1(tmp_path, capsys):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "genres.json").write_text("{")
    code, out, _ = run_command(tmp_path, capsys, "doctor")
    assert code == 1
    assert "!!  genres:" in out
