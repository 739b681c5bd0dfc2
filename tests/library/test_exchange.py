import gzip
import json

import numpy as np
import pandas as pd
import pytest

from genrefit.config import Home
from genrefit.errors import GenreError, LibraryError
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
    counts = import_segments(home, seed_file)
    assert counts == {"songs": 332, "segments": 7958, "known": 0}
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


def songs_of(home):
    with open_library(home) as library:
        return {song.title: song.genres for song in library.songs()}


def test_a_genre_joins_the_one_that_is_defined_under_another_spelling(home, tmp_path):
    genres.add(home, "hip hop", ["/mine"])
    lines = [row("A - x", "Hip-Hop"), row("A - y", "hip_hop"), row("A - x", "HIP HOP")]
    lines += [row("A - z", "New-Wave"), row("A - w", "new wave"), row("A - v", "R&B, Soul")]
    path = written(tmp_path / "x.jsonl", lines)
    for known in (0, 5):
        assert import_segments(home, path)["known"] == known
        assert songs_of(home) == {
            "x": ("hip hop",), "y": ("hip hop",), "z": ("New-Wave",), "w": ("New-Wave",),
            "v": ("R&B, Soul",),
        }  # fmt: skip
        assert {name: genre.sources for name, genre in genres.read(home).items()} == {
            "hip hop": ("/mine",), "New-Wave": (), "R&B, Soul": (),
        }  # fmt: skip


def test_a_genre_that_only_the_library_has_keeps_its_spelling(home, tmp_path):
    import_segments(home, written(tmp_path / "x.jsonl", [row("A - x", "Hip-Hop")]))
    genres.remove(home, "Hip-Hop")
    import_segments(home, written(tmp_path / "y.jsonl", [row("A - y", "hip hop")]))
    assert songs_of(home) == {"x": ("Hip-Hop",), "y": ("Hip-Hop",)}
    assert list(genres.read(home)) == ["Hip-Hop"]


def test_a_name_that_no_genre_can_have_and_nothing_comes_in(home, tmp_path):
    genres.add(home, "folk")
    path = written(tmp_path / "x.jsonl", [row("A - x", "jazz"), row("A - y", "-")])
    with pytest.raises(GenreError, match="at least one letter"):
        import_segments(home, path)
    assert songs_of(home) == {} and list(genres.read(home)) == ["folk"]


@pytest.mark.parametrize("song", [1, 2])
def test_an_import_that_breaks_off_leaves_nothing(home, tmp_path, monkeypatch, song):
    genres.add(home, "folk")
    path = written(tmp_path / "x.jsonl", [row("A - x", "jazz"), row("A - y", "rock")])
    calls = []

    def breaks_off(*arguments, **options):
        calls.append(arguments)
        if len(calls) == song:
            raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("genrefit.library.songs.insert_features", breaks_off)
        with pytest.raises(OSError, match="disk is full"):
            import_segments(home, path)
    assert songs_of(home) == {} and list(genres.read(home)) == ["folk"]
    assert list(json.loads(home.genres.read_text())) == ["folk"]
    assert import_segments(home, path) == {"songs": 2, "segments": 2, "known": 0}
    assert songs_of(home) == {"x": ("jazz",), "y": ("rock",)}


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


def test_an_export_is_known_where_it_came_from(home, tmp_path, collected):
    export_segments(home, tmp_path / "out.jsonl", features="classic")
    counts = import_segments(home, tmp_path / "out.jsonl")
    assert counts == {"songs": 1, "segments": 3, "known": 1}
    with open_library(home) as library:
        (song,) = library.songs()
        assert (song.key, song.genres) == ("k", ("folk", "jazz"))
        np.testing.assert_allclose(library.table("classic").X, collected, rtol=1e-6)


def test_a_song_that_came_as_an_export_can_be_collected(home, tmp_path, collected):
    export_segments(home, tmp_path / "out.jsonl", features="classic")
    with open_library(home) as library:
        song = library.songs()[0]
    other = Home(tmp_path / "other")
    import_segments(other, tmp_path / "out.jsonl")
    with open_library(other) as library:
        assert library.add(song, {}) == song.song_id
        assert len(library.songs()) == 1 and library.keys()["k"] == song.song_id


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("out.csv", pd.read_csv),
        ("out.csv.gz", lambda path: pd.read_csv(path, compression="gzip")),
        ("OUT.CSV.GZ", lambda path: pd.read_csv(path, compression="gzip")),
        ("out.parquet", pd.read_parquet),
        ("out.jsonl", lambda path: pd.read_json(path, lines=True)),
        ("out.jsonl.gz", lambda path: pd.read_json(path, lines=True, compression="gzip")),
    ],
)
def test_tables_hold_a_row_a_segment_and_genre(home, tmp_path, collected, name, read):
    assert export_segments(home, tmp_path / name, features="classic") == 6
    frame = read(tmp_path / name)
    assert frame["genre"].tolist() == ["folk", "jazz"] * 3
    assert frame["song"].unique().tolist() == ["A - x"]
    np.testing.assert_allclose(frame[list(CLASSIC)].to_numpy()[::2], collected, rtol=1e-6)


@pytest.mark.parametrize("name", ["out.parquet.gz", "out.gz", "out.csv.zip", "csv", "out.csv.xz"])
def test_an_ending_of_no_known_form_is_refused(home, tmp_path, collected, name):
    with pytest.raises(LibraryError, match=r"name the file \.jsonl"):
        export_segments(home, tmp_path / name, features="classic")
    assert not (tmp_path / name).exists()


def test_what_cannot_be_exported_is_reported(home, tmp_path, collected):
    with pytest.raises(LibraryError, match=r"name the file \.jsonl"):
        export_segments(home, tmp_path / "out.xls", features="classic")
    with pytest.raises(LibraryError, match="nothing to export"):
        export_segments(home, tmp_path / "out.csv", features="timbre")
    with pytest.raises(LibraryError, match="cannot be written"):
        export_segments(home, tmp_path / "absent" / "out.csv", features="classic")
