"""Names of strangers' files and songs do nothing to a terminal, a spreadsheet or a player."""

from __future__ import annotations

import ast
import csv
import io
import json
from pathlib import Path

import pytest

from genrefit import config, search
from genrefit.library import open_library
from tests.support.commands import run_command
from tests.support.songs import folder as song_folder

COMMANDS = sorted((Path(config.__file__).parent / "cli" / "commands").glob("*.py"))
EVIL = "x\x1b[31m=1\x07\u202e"


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_no_command_prints_around_the_edge(path):
    """Every command prints by the functions of genrefit.cli.output, which make text harmless."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            assert not (isinstance(called, ast.Name) and called.id == "print"), node.lineno
            assert not (isinstance(called, ast.Attribute) and called.attr == "write"), node.lineno


def assert_harmless(text: str) -> None:
    for harmful in ("\x1b", "\x07", "\u202e", "\r"):
        assert harmful not in text


@pytest.fixture
def collected(tmp_path, capsys):
    music = song_folder(tmp_path / "music", {f"{EVIL} - {EVIL}.mp3": 1, "=A - =B.mp3": 2})
    (music / f"{EVIL}\nbroken.mp3").write_bytes(b"no audio at all")
    run_command(tmp_path, capsys, "genres", "add", "jazz", str(music))
    run_command(tmp_path, capsys, "collect", "--features", "classic", "--jobs", "1")
    return tmp_path, music


def test_every_output_of_an_evil_library_is_harmless(collected, capsys):
    home, music = collected
    with open_library(config.Home(home)) as library:
        assert len(library.songs()) == 2
    for arguments in (
        ("library",),
        ("library", "--json"),
        ("genres", "list"),
        ("collect", "--features", "classic", "--retry-failed"),
        ("score", str(music)),
        ("score", str(music), "--json"),
        ("history",),
        ("models",),
    ):
        _, out, err = run_command(home, capsys, *arguments)
        assert_harmless(out + err)
        if "--json" in arguments:
            json.loads(out)


def test_playlists_and_tables_of_an_evil_song_hold_one_line_each():
    hit = search.Hit(
        song_id="1", title=f"{EVIL}\ntitle", artist="=cmd", address=f"/m/{EVIL}\n.mp3",
        seconds=3.0, genres=("jazz",), held_out=False, fit=0.5, terms={"jazz": 0.5},
        likelihoods={"jazz": 0.5},
    )  # fmt: skip
    text = search.to_csv([hit])
    assert_harmless(text)
    (row,) = list(csv.DictReader(io.StringIO(text)))
    assert row["artist"] == "'=cmd"
    playlist = search.to_m3u([hit])
    assert_harmless(playlist)
    assert len(playlist.splitlines()) == 3
