import csv
import io
import json
import os
import shutil

import pytest

from tests.cli.conftest import STYLES
from tests.support.commands import run_command, run_process


def test_scores_come_as_words_json_and_csv(trained, folders, capsys):
    songs = sorted((folders / "waltz").iterdir())[:2]
    junk = folders / "junk.mp3"
    junk.write_bytes(b"<html>" * 1000)
    code, out, _ = run_command(
        trained[0], capsys, "score", *map(str, songs), str(junk), "--json", "--query", "not punk"
    )
    results = json.loads(out)
    assert code == 1, "one of three could not be scored"
    assert [("error" in song) for song in results] == [False, False, True]
    first = results[0]
    assert set(first["likelihoods"]) == set(first["typicality"]) == set(STYLES.values())
    assert sum(first["likelihoods"].values()) == pytest.approx(1)
    assert first["fit"] == pytest.approx(1 - first["likelihoods"]["punk"])
    assert [moment["start"] for moment in first["timeline"]] == [0, 10]
    assert max(first["likelihoods"], key=first["likelihoods"].get) == "Quiet Waltz"
    code, out, _ = run_command(trained[0], capsys, "score", str(songs[0]), "--csv")
    assert code == 0
    row = next(csv.DictReader(io.StringIO(out)))
    assert float(row["likelihoods: Quiet Waltz"]) == pytest.approx(
        first["likelihoods"]["Quiet Waltz"], abs=1e-6
    )
    code, out, _ = run_command(trained[0], capsys, "score", str(songs[0]))
    assert "typicality" in out
    assert "(0:21, by " in out


def test_why_is_said_in_words_and_json(trained, folders):
    home, _ = trained
    song = str(sorted((folders / "punk").iterdir())[0])
    code, out, _ = run_process(home, "score", song, "--why", "--json")
    assert code == 0
    (scored,) = json.loads(out)
    first, second = scored["why"]["genres"]
    assert scored["likelihoods"][first] == max(scored["likelihoods"].values())
    assert len(scored["why"]["alike"][first]) == 3
    code, out, _ = run_process(home, "score", song, "--why", "--query", f"{second} but not {first}")
    assert code == 0
    assert out.index(f"most alike of {second}") < out.index(f"most alike of {first}")
    assert f"spoke for {second}:" in out


def test_a_folder_of_odd_entries_is_scored_but_for_those(trained, folders, tmp_path):
    """One bad entry never takes the others down, nor is anything but a file ever opened."""
    folder = tmp_path / os.fsdecode(b"fol\xe9der ")
    folder.mkdir()
    song = sorted((folders / "waltz").iterdir())[0]
    shutil.copy(song, folder / os.fsdecode(b"caf\xe9 - th\xe9.flac"))
    shutil.copy(song, folder / f"...Baby{song.suffix}")
    (folder / "noise.mp3").write_bytes(b"\xff\xfb" * 3000)
    os.mkfifo(folder / "pipe.mp3")
    (folder / "zero.mp3").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(folder)
    for name in ("1.cue", "2.cue", "cover.jpg"):
        (folder / name).write_bytes(b"x")
    given = [os.fspath(folder), os.fspath(folder / "pipe.mp3"), "http://127.0.0.1:1/\udce9.mp3"]
    code, out, err = run_process(trained[0], "score", "--json", *given)
    assert code == 1
    results = json.loads(out)
    scored = [result for result in results if "error" not in result]
    assert len(scored) == 2 and len(results) == 2 + 3
    assert any("a named pipe, which is never opened" in r["error"] for r in results if "error" in r)
    assert "5 files left out: 2 .cue, 1 device, 1 named pipe, 1 picture" in err
    code, out, _ = run_process(trained[0], "score", os.fspath(folder))
    assert code == 1 and "not scored" in out


def test_a_playlist_has_the_best_fit_first(trained, folders):
    home, _ = trained
    query = "punk but not quiet waltz"
    arguments = ("score", str(folders / "punk"), str(folders / "waltz"), "--query", query)
    code, out, _ = run_process(home, *arguments, "--m3u")
    assert code == 0 and out.startswith("#EXTM3U")
    files = [line for line in out.splitlines() if line and line[0] != "#"]
    scored = json.loads(run_process(home, *arguments, "--json")[1])
    scored.sort(key=lambda song: -song["fit"])
    assert files == [song["source"] for song in scored]
