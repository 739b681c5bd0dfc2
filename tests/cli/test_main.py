import os

import pytest

from genrefit.cli import main
from genrefit.cli.commands import COMMANDS
from genrefit.library import open_library
from tests.support.commands import run_command, run_process


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["library"], "collect songs first"),
        (["report", "nobody"], "nobody"),
        (["train"], "song"),
        (["genres", "remove", "x"], "there is no genre 'x'"),
        (["export", "x.csv"], "no library"),
        (["import", "absent.jsonl"], "there is no file absent.jsonl"),
        (["collect"], "genre"),
    ],
)
def test_an_empty_home_gives_one_line_on_what_is_missing(tmp_path, capsys, arguments, message):
    code, _, err = run_command(tmp_path / "home", capsys, *arguments)
    assert code == 1
    assert message in err
    assert err.startswith("genrefit: ")
    assert len(err.strip().splitlines()) == 1


def test_wrong_usage_is_code_2(tmp_path):
    assert run_process(tmp_path, "sing")[0] == 2
    assert run_process(tmp_path, "find", "--top", "0", "x")[0] == 2


@pytest.mark.parametrize("port", ["70000", "65536", "0", "-1", "http"])
def test_a_port_that_cannot_be_is_wrong_usage(tmp_path, capsys, port):
    with pytest.raises(SystemExit) as usage:
        run_command(tmp_path, capsys, "app", "--no-browser", "--port", port)
    assert usage.value.code == 2
    assert "--port" in capsys.readouterr().err


def test_every_verb_is_in_the_help(capsys):
    with pytest.raises(SystemExit):
        main.main(["--help"])
    out = capsys.readouterr().out
    first_words = {line.split()[0] for line in out.splitlines() if line[:5].startswith("    ")
                   and line[4:5].isalpha()}  # fmt: skip
    assert set(COMMANDS) <= first_words  # a long verb has its help in the next line


def test_a_bug_is_code_3(tmp_path, capsys, monkeypatch):
    def broken(*_):
        raise RuntimeError("boom")

    monkeypatch.setattr(COMMANDS["library"], "run", broken)
    code, _, err = run_command(tmp_path, capsys, "library")
    assert code == 3
    assert "bug in genrefit" in err


def test_home_may_stand_before_or_after_the_verb(tmp_path, capsys):
    """--home after the verb means the same as before it."""
    main.main(["genres", "add", "jazz", "--home", str(tmp_path / "a")])
    os.environ.pop("GENREFIT_HOME", None)
    assert (tmp_path / "a" / "data" / "genres.json").exists()
    with open_library(main.config.home(tmp_path / "a")) as library:
        assert library.songs() == []


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["find", "jazz", "--least", "5"], "between 0 and 1"),
        (["find", "jazz", "--least", "nan"], "between 0 and 1"),
        (["collect", "--pause", "-1"], "between 0 and 86400"),
        (["collect", "--deadline", "-3"], "between 1 and 86400"),
        (["collect", "--deadline", "nan"], "between 1 and 86400"),
        (["collect", "--deadline", "0"], "between 1 and 86400"),
        (["collect", "--longest", "inf"], "between 0.1 and 10000"),
        (["collect", "--longest", "0"], "between 0.1 and 10000"),
        (["collect", "--most-mb", "nan"], "between 0.01 and 100000"),
        (["collect", "--most-mb", "inf"], "between 0.01 and 100000"),
        (["collect", "--most-mb", "0"], "between 0.01 and 100000"),
        (["train", "--seed", "-1"], "between 0 and 4294967295"),
        (["demo", "--seed", "4294967296"], "between 0 and 4294967295"),
    ],
)
def test_a_number_outside_its_range_is_a_usage_error(tmp_path, capsys, arguments, allowed):
    with pytest.raises(SystemExit) as exit:
        run_command(tmp_path, capsys, *arguments)
    assert exit.value.code == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert f"argument {arguments[-2]}: {arguments[-1]} is not {allowed}" in line
