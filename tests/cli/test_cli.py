"""The whole way by the command line, on composed songs: from folders to a ranked query."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from genrefit.cli import main
from genrefit.demo import composer
from genrefit.library import open_library

STYLES = {"waltz": "Quiet Waltz", "punk": "punk", "dance": "Dance & Drums"}
SONGS = 5


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder of short composed songs by style."""
    root = tmp_path_factory.mktemp("songs")
    for style in STYLES:
        (root / style).mkdir()
        for seed in range(SONGS):
            composer.write(composer.composition(style, seed, seconds=21), root / style)
    return root


@pytest.fixture(scope="module")
def trained(folders, tmp_path_factory):
    """A home that was filled and trained by the command line alone."""
    home = tmp_path_factory.mktemp("home")
    for style, name in STYLES.items():
        assert run(home, "genres", "add", name, str(folders / style))[0] == 0
    code, out, _ = run(home, "collect", "--features", "classic", "--features", "timbre", "--json")
    assert code == 0
    assert json.loads(out)["done"] == len(STYLES) * SONGS
    code, out, err = run(home, "train", "--model", "logistic", "--name", "first", "--json")
    assert code == 0, err
    return home, json.loads(out)


def run(home, *arguments):
    """Run a verb in a process of its own, as a user would; return (code, out, err)."""
    command = [sys.executable, "-m", "genrefit.cli.main", "--home", str(home), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def here(home, capsys, *arguments):
    """Run a verb in this process, which is quicker; return (code, out, err)."""
    before = os.environ.get("GENREFIT_HOME")
    code = main.main(["--home", str(home), *arguments])
    if before is None:
        del os.environ["GENREFIT_HOME"]
    else:
        os.environ["GENREFIT_HOME"] = before
    out, err = capsys.readouterr()
    return code, out, err


def test_the_report_has_the_keys_that_others_rely_on(trained, capsys):
    home, trained_report = trained
    code, out, _ = here(home, capsys, "report", "first", "--json")
    report = json.loads(out)
    assert code == 0
    assert report == trained_report
    assert report["model"] == "first"
    assert report["protocol"] == "artist"
    assert sorted(report["genres"]) == sorted(STYLES.values())
    for level in ("segments", "songs"):
        numbers = report[level]
        assert {"accuracy", "balanced_accuracy", "log_loss", "jaccard_macro", "ece"} <= set(numbers)
        matrix = report["confusion"][level]
        assert len(matrix) == len(matrix[0]) == len(STYLES)
    assert report["cross_validated"]["songs"]["accuracy"] >= 0.6
    assert 0 <= report["row_protocol"]["segments"]["accuracy"] <= 1
    assert {"train", "test", "validation"} == set(report["splits"])


def test_a_report_in_words_says_what_was_unheard(trained, capsys):
    code, out, _ = here(trained[0], capsys, "report")
    assert code == 0
    assert "artists it has never heard" in out
    assert "Split by rows" in out


def test_the_library_counts(trained, capsys):
    code, out, _ = here(trained[0], capsys, "library", "--json")
    assert code == 0
    assert json.loads(out) == {
        "songs": 15,
        "segments": 30,
        "genres": dict.fromkeys(sorted(STYLES.values()), SONGS),
        "failed": [],
    }


def test_scores_come_as_words_json_and_csv(trained, folders, capsys):
    songs = sorted((folders / "waltz").iterdir())[:2]
    junk = folders / "junk.mp3"
    junk.write_bytes(b"<html>" * 1000)
    code, out, _ = here(
        trained[0], capsys, "score", *map(str, songs), str(junk), "--json", "--query", "not punk"
    )
    found = json.loads(out)
    assert code == 1, "one of three could not be scored"
    assert [("error" in song) for song in found] == [False, False, True]
    first = found[0]
    assert set(first["likelihoods"]) == set(first["typicality"]) == set(STYLES.values())
    assert sum(first["likelihoods"].values()) == pytest.approx(1)
    assert first["fit"] == pytest.approx(1 - first["likelihoods"]["punk"])
    assert [moment["start"] for moment in first["timeline"]] == [0, 10]
    assert max(first["likelihoods"], key=first["likelihoods"].get) == "Quiet Waltz"
    code, out, _ = here(trained[0], capsys, "score", str(songs[0]), "--csv")
    assert code == 0
    row = next(csv.DictReader(io.StringIO(out)))
    assert float(row["likelihoods: Quiet Waltz"]) == pytest.approx(
        first["likelihoods"]["Quiet Waltz"], abs=1e-6
    )
    code, out, _ = here(trained[0], capsys, "score", str(songs[0]))
    assert "typicality" in out


def test_find_ranks_and_exports(trained, capsys):
    home = trained[0]
    query = "dance & drums but not punk"
    code, out, _ = here(home, capsys, "find", query, "--json", "--top", "4")
    hits = json.loads(out)
    assert code == 0
    assert len(hits) == 4
    assert [hit["fit"] for hit in hits] == sorted((hit["fit"] for hit in hits), reverse=True)
    assert {"song_id", "title", "artist", "fit", "terms", "likelihoods"} <= set(hits[0])
    code, out, _ = here(home, capsys, "find", query, "--m3u")
    assert out.startswith("#EXTM3U")
    assert out.count("#EXTINF") == 15
    code, out, _ = here(home, capsys, "find", query, "--csv")
    assert len(list(csv.DictReader(io.StringIO(out)))) == 15
    code, out, _ = here(home, capsys, "find", query, "--least", "0.99999999")
    assert code == 0


def test_situations_are_saved_and_used(trained, capsys):
    home = trained[0]
    here(home, capsys, "find", "punk", "--situation", "moshing")
    _, by_name, _ = here(home, capsys, "find", "--situation", "moshing", "--json")
    _, by_query, _ = here(home, capsys, "find", "punk", "--json")
    assert json.loads(by_name) == json.loads(by_query)
    code, _, err = here(home, capsys, "find", "--situation", "wedding")
    assert (code, "there are: moshing" in err) == (1, True)


def test_models_are_listed_chosen_renamed_deleted(trained, capsys):
    home = trained[0]
    code, _, err = here(home, capsys, "train", "--model", "logistic", "--name", "first")
    assert code == 1
    assert "first" in err
    assert "--replace" in err
    here(home, capsys, "train", "--model", "logistic", "--name", "second")
    here(home, capsys, "models", "rename", "second", "third")
    here(home, capsys, "models", "use", "third")
    _, out, _ = here(home, capsys, "models", "--json")
    in_use = {card["name"]: card["in_use"] for card in json.loads(out)}
    assert in_use["third"] is True
    assert in_use["first"] is False
    here(home, capsys, "models", "delete", "third")
    _, out, _ = here(home, capsys, "models")
    assert "third" not in out
    code, _, err = here(home, capsys, "models", "use", "third")
    assert code == 1
    here(home, capsys, "models", "use", "first")


def test_collecting_again_finds_nothing_to_do(trained, capsys):
    code, out, _ = here(
        trained[0], capsys, "collect", "--features", "classic", "--features", "timbre", "--json"
    )
    assert code == 0
    assert json.loads(out)["done"] == 0


def test_export_and_import_of_what_was_collected(trained, tmp_path, capsys):
    code, _, err = here(trained[0], capsys, "export", str(tmp_path / "all.jsonl"))
    assert (code, "30 rows" in err) == (0, True)
    code, out, _ = here(tmp_path / "new", capsys, "import", str(tmp_path / "all.jsonl"), "--json")
    assert code == 0
    assert json.loads(out) == {"songs": 15, "segments": 30, "known": 0}


def test_renaming_and_removing_a_genre_takes_its_songs_along(folders, tmp_path, capsys):
    home = tmp_path / "home"
    here(home, capsys, "genres", "add", "Hip Hop", str(folders / "punk"))
    here(home, capsys, "collect", "--features", "classic", "--jobs", "1")
    assert here(home, capsys, "genres", "rename", "hip-hop", "Rap")[0] == 0
    _, out, _ = here(home, capsys, "library", "--json")
    assert json.loads(out)["genres"] == {"Rap": SONGS}
    assert here(home, capsys, "genres", "remove", "rap", "--songs")[0] == 0
    _, out, _ = here(home, capsys, "library", "--json")
    assert json.loads(out)["songs"] == 0
    assert len(list((folders / "punk").iterdir())) == SONGS, "the user's own files stay"


def test_what_was_moved_or_removed_stays_so_until_let_back_in(folders, tmp_path, capsys):
    home = tmp_path / "home"
    collect = ("collect", "--features", "classic", "--jobs", "1")
    for name in ("punk", "waltz"):
        here(home, capsys, "genres", "add", name, str(folders / name))
    here(home, capsys, *collect)
    with open_library(main.config.home(home)) as library:
        gone, moved = [s.song_id for s in library.songs() if s.genres == ("punk",)][:2]
        library.remove(gone)
        library.put_in(moved, "waltz")
        library.take_out(moved, "punk")
    for more, expected in (
        ([], {"punk": SONGS - 2, "waltz": SONGS + 1}),
        (["--let-back-in"], {"punk": SONGS, "waltz": SONGS + 1}),
    ):
        assert here(home, capsys, *collect, *more)[0] == 0
        _, out, _ = here(home, capsys, "library", "--json")
        assert json.loads(out)["genres"] == expected


@pytest.mark.parametrize(
    ("arguments", "words"),
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
def test_what_an_empty_home_lacks_is_said_in_one_line(tmp_path, capsys, arguments, words):
    code, _, err = here(tmp_path / "home", capsys, *arguments)
    assert code == 1
    assert words in err
    assert err.startswith("genrefit: ")
    assert len(err.strip().splitlines()) == 1


def test_wrong_usage_is_code_2(tmp_path):
    assert run(tmp_path, "sing")[0] == 2
    assert run(tmp_path, "find", "--top", "0", "x")[0] == 2


def test_a_query_that_is_wrong_is_said_before_anything_is_ranked(trained, capsys):
    code, _, err = here(trained[0], capsys, "find", "pnk")
    assert code == 1
    assert "did you mean punk?" in err


def test_a_bug_is_code_3(tmp_path, capsys, monkeypatch):
    def broken(*_):
        raise RuntimeError("boom")

    from genrefit.cli import verbs

    monkeypatch.setitem(verbs.VERBS, "library", broken)
    code, _, err = here(tmp_path, capsys, "library")
    assert code == 3
    assert "bug in genrefit" in err


def test_removing_one_source_keeps_the_rest(tmp_path, folders, capsys):
    home = tmp_path / "home"
    for style in ("punk", "waltz"):
        here(home, capsys, "genres", "add", "x", str(folders / style))
    assert here(home, capsys, "genres", "remove", "x", str(folders / "punk"))[0] == 0
    _, out, _ = here(home, capsys, "genres", "list", "--json")
    assert json.loads(out) == {"x": [str(folders / "waltz")]}


def test_a_home_cannot_be_mistaken(tmp_path, capsys):
    """--home after the verb means the same as before it."""
    main.main(["genres", "add", "jazz", "--home", str(tmp_path / "a")])
    os.environ.pop("GENREFIT_HOME", None)
    assert (tmp_path / "a" / "data" / "genres.json").exists()
    with open_library(main.config.home(tmp_path / "a")) as library:
        assert library.songs() == []
