import gzip
import json

import numpy as np
import pandas as pd
import pytest

from genrefit.errors import LibraryError
from genrefit.features import CLASSIC
from genrefit.library import genres, open_library
from genrefit.library.exchange import export_segments, import_segments
from genrefit.records import Features, Song


def row(song: str, genre: str, value: float = 1.0, **more) -> dict:
    return {"song": song, "genre": genre, **dict.fromkeys(CLASSIC, value), **more}


def written(path, rows):
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    return path


def test_the_seeds_songs_come_in(home, seed_file):
    found = import_segments(home, seed_file)
    assert found == {"songs": 332, "segments": 7958, "known": 0}
    with open_library(home) as library:
        summary = library.summary()
        table = library.table("seed")
    assert summary["genres"] == {"bluegrass": 87, "blues": 92, "classic_rock": 80, "folk": 74}
    assert table.X.shape == (7958, 20)
    assert list(genres.read(home)) == ["bluegrass", "blues", "classic_rock", "folk"]
    first = json.loads(gzip.decompress(seed_file.read_bytes()).splitlines()[0])
    at = table.songs.index[table.songs["title"] == "The Lucky One"][0]
    np.testing.assert_allclose(table.X[table.song == at][0], [first[c] for c in CLASSIC], rtol=1e-6)
    assert table.songs["artist"][at] == "Alison Krauss & Union Station"
    assert import_segments(home, seed_file)["known"] == 332


def test_a_song_in_two_genres_keeps_its_segments_once(home, tmp_path):
    rows = [row("A - x.m4a", "folk", 1), row("A - x.m4a", "folk", 2), row("A - x.m4a", "blues", 1),
            row("A - x.m4a", "blues", 2)]  # fmt: skip
    assert import_segments(home, written(tmp_path / "x.jsonl", rows))["segments"] == 2
    with open_library(home) as library:
        assert library.songs()[0].genres == ("blues", "folk")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not a JSON object"),
        ("[1]", "line 2"),
        (json.dumps({"song": "x", "genre": "y"}), "'tempo' is missing"),
        (json.dumps(row("x", "y", float("nan"))), "not a finite number"),
        (json.dumps(row("x", "y", features="sonar")), "no feature set 'sonar'"),
        (json.dumps(row("x", "y", features="classic", version=99)), "version 99"),
        (json.dumps(row("x", "y") | {"tempo": "fast"}), "could not convert"),
    ],
)
def test_one_bad_line_and_nothing_comes_in(home, tmp_path, line, reason):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(row("good", "folk")) + "\n" + line + "\n")
    with pytest.raises(LibraryError, match=reason):
        import_segments(home, path)
    assert not home.library.exists()


def test_files_that_are_no_such_thing(home, tmp_path):
    (tmp_path / "x.jsonl.gz").write_bytes(b"not gzip")
    (tmp_path / "empty.jsonl").write_bytes(b"\n")
    with pytest.raises(LibraryError, match="damaged"):
        import_segments(home, tmp_path / "x.jsonl.gz")
    with pytest.raises(LibraryError, match="holds no segments"):
        import_segments(home, tmp_path / "empty.jsonl")
    with pytest.raises(LibraryError, match="there is no file"):
        import_segments(home, tmp_path / "absent.jsonl")


@pytest.fixture
def collected(home):
    values = np.random.default_rng(0).normal(size=(3, len(CLASSIC))).astype(np.float32)
    with open_library(home) as library:
        library.add(
            Song("ab" * 8, "k", "/x.mp3", "x", "A", 25.0, "c", ("folk", "jazz")),
            {"classic": Features(np.array([0, 10, 20], np.float32), values)},
        )
    return values


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_an_export_comes_back_as_what_it_was(home, tmp_path, monkeypatch, collected, name):
    assert export_segments(home, tmp_path / name, features="classic") == 6
    monkeypatch.setenv("GENREFIT_HOME", str(tmp_path / "other"))
    from genrefit import config

    other = config.home()
    assert import_segments(other, tmp_path / name) == {"songs": 1, "segments": 3, "known": 0}
    with open_library(other) as library:
        table = library.table("classic")
        assert library.songs()[0].genres == ("folk", "jazz")
        assert library.songs()[0].artist == "A"
    np.testing.assert_allclose(table.X, collected, rtol=1e-6)
    np.testing.assert_array_equal(table.start, [0, 10, 20])


@pytest.mark.parametrize(
    ("name", "read"), [("out.csv", pd.read_csv), ("out.parquet", pd.read_parquet)]
)
def test_tables_hold_a_row_a_segment_and_genre(home, tmp_path, collected, name, read):
    assert export_segments(home, tmp_path / name, features="classic") == 6
    frame = read(tmp_path / name)
    assert frame["genre"].tolist() == ["folk", "jazz"] * 3
    assert frame["song"].unique().tolist() == ["A - x"]
    np.testing.assert_allclose(frame[list(CLASSIC)].to_numpy()[::2], collected, rtol=1e-6)


def test_what_cannot_be_exported_is_said(home, tmp_path, collected):
    with pytest.raises(LibraryError, match=r"name the file \.jsonl"):
        export_segments(home, tmp_path / "out.xls", features="classic")
    with pytest.raises(LibraryError, match="nothing to export"):
        export_segments(home, tmp_path / "out.csv", features="timbre")
    with pytest.raises(LibraryError, match="cannot be written"):
        export_segments(home, tmp_path / "absent" / "out.csv", features="classic")
