import json

from tests.support.commands import run_command


def test_models_are_listed_chosen_renamed_deleted(trained, capsys):
    home = trained[0]
    code, _, err = run_command(home, capsys, "train", "--model", "logistic", "--name", "first")
    assert code == 1
    assert "first" in err
    assert "--replace" in err
    run_command(home, capsys, "train", "--model", "logistic", "--name", "second")
    run_command(home, capsys, "models", "rename", "second", "third")
    run_command(home, capsys, "models", "use", "third")
    _, out, _ = run_command(home, capsys, "models", "--json")
    in_use = {card["name"]: card["in_use"] for card in json.loads(out)}
    assert in_use["third"] is True
    assert in_use["first"] is False
    run_command(home, capsys, "models", "delete", "third")
    _, out, _ = run_command(home, capsys, "models")
    assert "third" not in out
    code, _, err = run_command(home, capsys, "models", "use", "third")
    assert code == 1
    run_command(home, capsys, "models", "use", "first")
