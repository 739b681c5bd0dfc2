from tests.support.commands import run_command


def test_the_demo_is_built_in_the_home(tmp_path, capsys, monkeypatch):
    built = []
    monkeypatch.setattr(
        "genrefit.demo.build", lambda home, **options: built.append((home, options))
    )
    code, _, err = run_command(tmp_path, capsys, "demo", "--seed", "3")
    assert code == 0
    assert str(tmp_path) in err
    [(home, options)] = built
    assert home.path == tmp_path
    assert options["seed"] == 3
