"""Which files of this computer a list may name, and how they are found."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit.sources.listed_files import ListedFiles

NAMES = ["Ärger - Größe.mp3", "100% Hits & More #1.mp3", "comma, name - A, B.ogg", "plain.flac"]


@pytest.fixture
def music(tmp_path) -> Path:
    folder = tmp_path / "lists" / "Music" / "Sub Dir"
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_bytes(b"x")
    return folder


@pytest.fixture(autouse=True)
def no_other_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.delenv("GENREFIT_MUSIC", raising=False)
    monkeypatch.delenv("XDG_MUSIC_DIR", raising=False)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "spell",
    [
        lambda music, name: f"Music/Sub Dir/{name}",
        lambda music, name: f"./Music/../Music/Sub Dir/{name}",
        lambda music, name: quote(f"Music/Sub Dir/{name}"),
        lambda music, name: str(music / name),
        lambda music, name: quote(str(music / name)),
        lambda music, name: f"C:/Users/me/Music/Sub Dir/{name}",
        lambda music, name: f"//nas/share/Music/Sub Dir/{name}",
        lambda music, name: f"/home/another/Music/Sub Dir/{name}",
        lambda music, name: f"MUSIC/sub dir/{name}".upper(),
        lambda music, name: unicodedata.normalize("NFD", f"Music/Sub Dir/{name}"),
        lambda music, name: quote(unicodedata.normalize("NFD", f"Music/Sub Dir/{name}")),
    ],
)
def test_every_spelling_of_a_path_finds_the_file(music, name, spell):
    files = ListedFiles(music.parents[1] / "list.m3u")
    found = files.find(spell(music, name))
    assert found is not None
    assert found.samefile(music / name)


def test_files_of_either_normal_form_are_found_by_the_other(tmp_path):
    for form, other in (("NFC", "NFD"), ("NFD", "NFC")):
        folder = tmp_path / form
        folder.mkdir()
        (folder / unicodedata.normalize(form, "Größe.mp3")).write_bytes(b"x")
        found = ListedFiles(folder / "l.m3u").find(unicodedata.normalize(other, "Größe.mp3"))
        assert found is not None


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/etc/passwd", "no audio file"),
        ("../secret.mp3", "outside the list's folder"),
        ("../../../../../../../../etc/hostname", "no audio file"),
        ("Music/missing.mp3", "not there"),
        ("/nowhere/at/all.mp3", "not there"),
        ("~nobody-of-this-name/x.mp3", "not there"),
        ("x" * 5000 + ".mp3", "not there"),
        ("a\0b.mp3", "not there"),
    ],
)
def test_what_may_not_be_named_is_not_found_and_the_reason_is_said(music, tmp_path, path, reason):
    (tmp_path / "secret.mp3").write_bytes(b"x")
    files = ListedFiles(tmp_path / "lists" / "list.m3u")
    assert files.find(path) is None
    assert reason in files.refusal(path)


def test_a_name_alone_is_taken_only_beside_the_list(music, tmp_path):
    assert ListedFiles(tmp_path / "lists" / "l.m3u").find("D:/other/plain.flac") is None
    found = ListedFiles(music / "l.m3u").find("D:/other/plain.flac")
    assert found == music / "plain.flac"


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_folders_that_the_user_names_are_searched_too(music, tmp_path, monkeypatch, how):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folders = (str(music.parent),) if how == "argument" else ()
    if how == "variable":
        monkeypatch.setenv("GENREFIT_MUSIC", os.pathsep.join(["", "/not/there", str(music.parent)]))
    files = ListedFiles(elsewhere / "list.m3u", folders)
    assert files.find(str(music / "plain.flac")) == music / "plain.flac"
    assert files.find("E:/Sub Dir/plain.flac") == music / "plain.flac"
    assert files.find("../lists/Music/Sub Dir/plain.flac") == music / "plain.flac"


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "song.mp3")
    assert ListedFiles(tmp_path / "l.m3u").find("song.mp3") is None


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_no_text_makes_it_fail_or_leave_the_roots(text):
    root = Path(__file__).parent
    found = ListedFiles(root / "list.m3u").find(text)
    assert found is None or found.is_relative_to(root)
