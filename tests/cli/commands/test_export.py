import json

from tests.support.commands import run_command


def test_export_and_import_of_what_was_collected(trained, tmp_path, capsys):
    code, _, err = run_command(trained[0], capsys, "export", str(tmp_path / "all.jsonl"))
    assert (code, "30 rows" in err) == (0, True)
    code, out, _ = run_command(
        tmp_path / "new", capsys, "import", str(tmp_path / "all.jsonl"), "--json"
    )
    assert code == 0
    assert json.loads(out) == {"songs": 15, "segments": 30, "known": 0}
