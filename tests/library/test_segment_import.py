"""What is exported comes back as it was; what is foreign is one sentence and changes nothing."""

import gzip
import json
import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genrefit.config import Home
from genrefit.errors import GenrefitError, LibraryError
from genrefit.features import CLASSIC, FEATURE_SETS
from genrefit.library import genres, open_library
from genrefit.library.exchange import export_segments, import_file, import_segments
from genrefit.records import Features, Song
from tests.conftest import SHARED

TITLES = (
    "Mr. Myers", "Opus 117 No.1", "Live / 1969", "Still D.R.E.", "01 - Intro", "Title - Y",
    "What's Up? (Official Video)", "3.mp3", "..", "=1+1", "a\nb", "a\u2028b", " x ", "日本 ー",
)  # fmt: skip


def song(number: int, title: str, artist: str | None, *labels: str) -> Song:
    address = f"/music/{number}.mp3"
    return Song(f"{number:016x}", f"k{number}", address, title, artist, 9.3, f"c{number}", labels)


def features(seed: int, name: str = "classic") -> dict[str, Features]:
    width = len(FEATURE_SETS[name].columns)
    values = np.random.default_rng(seed + 99).normal(scale=10.0**seed, size=(2, width))
    starts = np.array([0.0, 10.1], np.float32)
    return {name: Features(starts, values.astype(np.float32))}


def content(home: Home, *names: str) -> dict:
    """Return what an export holds of a library."""
    with open_library(home) as library:
        songs = [(s.song_id, s.title, s.artist, s.address, s.seconds, s.genres)
                 for s in library.songs()]  # fmt: skip
        arrays = {
            (s[0], name): (found.starts.tobytes(), found.values.tobytes())
            for s in songs
            for name in names or ("classic",)
            if (found := library.features(s[0], name))
        }
    return {"songs": sorted(songs), "features": arrays, "genres": set(genres.read(home))}


def rows_of(home: Home) -> list:
    db = sqlite3.connect(home.library)
    try:
        tables = ("songs", "keys", "song_genres", "features", "genres", "journal", "kept_out")
        return [db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]
    finally:
        db.close()


@pytest.fixture
def filled(home):
    with open_library(home) as library:
        for number, title in enumerate(TITLES):
            artist = ("AC/DC", None, "Simon & Garfunkel", "A - X")[number % 4]
            labels = (("folk",), ("folk", "jazz"), (), ("R&B, Soul",))[number % 4]
            library.add(song(number, title, artist, *labels), features(number - 7))
        for name in ("folk", "jazz", "R&B, Soul"):
            library.define_genre(name)
    return home


@pytest.mark.parametrize("file", ["x.jsonl", "x.jsonl.gz"])
def test_what_went_in_comes_back(filled, tmp_path, file):
    export_segments(filled, tmp_path / file, features="classic")
    other = Home(tmp_path / "other")
    assert import_file(other, tmp_path / file).changed
    assert content(other) == content(filled)
    export_segments(other, tmp_path / f"again-{file}", features="classic")
    assert (tmp_path / f"again-{file}").read_bytes() == (tmp_path / file).read_bytes()


def test_importing_ones_own_export_changes_nothing(filled, tmp_path):
    export_segments(filled, tmp_path / "x.jsonl", features="classic")
    before = rows_of(filled)
    result = import_file(filled, tmp_path / "x.jsonl")
    assert (result.known, result.changed) == (len(TITLES), False)
    assert rows_of(filled) == before


def test_several_feature_sets_come_back_together_and_one_by_one(home, tmp_path):
    with open_library(home) as library:
        library.add(song(1, "x", "A", "folk", "jazz"), features(0) | features(1, "timbre"))
    for name in ("classic", "timbre"):
        export_segments(home, tmp_path / f"{name}.jsonl", features=name)
    one, two = Home(tmp_path / "one"), Home(tmp_path / "two")
    for name in ("classic", "timbre"):
        assert import_file(one, tmp_path / f"{name}.jsonl").changed
    both = tmp_path / "both.jsonl"
    both.write_bytes(
        b"".join((tmp_path / f"{n}.jsonl").read_bytes() for n in ("classic", "timbre"))
    )
    assert import_segments(two, both) == {"songs": 1, "segments": 2, "known": 0}
    expected = content(home, "classic", "timbre") | {"genres": {"folk", "jazz"}}
    assert content(one, "classic", "timbre") == content(two, "classic", "timbre") == expected


def test_an_export_of_an_earlier_version_keeps_its_titles(home):
    import_segments(home, SHARED / "cases" / "17-import" / "titles.jsonl")
    with open_library(home) as library:
        assert {(s.artist, s.title) for s in library.songs()} == {
            ("A", "Opus 117 No.1"), ("B", "01 - Intro"), ("Dr. Dre", "Still D.R.E."),
            ("Simon & Garfunkel", "The Boxer (Live / 1969)"), (None, "Untagged - Title"),
            ("M", "Mr. Myers"), ("AC/DC", "Thunderstruck"), ("Artist - X", "Title - Y"),
            ("R.E.M.", "Nightswimming"),
        }  # fmt: skip


def test_an_import_is_undone_and_done_again(filled, tmp_path):
    export_segments(filled, tmp_path / "x.jsonl", features="classic")
    other = Home(tmp_path / "other")
    genres.add(other, "mine")
    before = content(other)
    import_segments(other, tmp_path / "x.jsonl")
    after = content(other)
    with open_library(other) as library:
        assert library.undo().what == "imported x.jsonl"
        assert content(other) == before
        library.undo(library.history(1)[0].number)
    assert content(other) == after


@pytest.mark.parametrize("file", ["x.csv", "x.parquet"])
def test_tables_hold_every_number_exactly(filled, tmp_path, file):
    export_segments(filled, tmp_path / file, features="classic")
    read = pd.read_csv if file.endswith("csv") else pd.read_parquet
    frame = read(tmp_path / file).drop_duplicates(["song_id", "start"])
    with open_library(filled) as library:
        table = library.table("classic")
    assert (frame[list(CLASSIC)].to_numpy(np.float32) == table.X).all()
    if file.endswith("parquet"):
        assert set(frame["title"]) == set(TITLES)
    else:
        assert "'=1+1" in set(frame["title"]), "a spreadsheet runs no title as a formula"


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
texts = texts.filter(lambda text: text.strip())
labels = st.sampled_from(["folk", "Hip-Hop", "R&B, Soul", "日本", "50%"])
SLOW = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(
    songs=st.lists(st.tuples(texts, st.none() | texts, st.sets(labels)), min_size=1, max_size=4),
    values=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=20,
                    max_size=20),
)  # fmt: skip
def test_any_song_comes_back(songs, values):
    with tempfile.TemporaryDirectory() as folder:
        home, other = Home(Path(folder) / "one"), Home(Path(folder) / "other")
        arrays = {"classic": Features(np.zeros(1, np.float32), np.array([values], np.float32))}
        with open_library(home) as library:
            for number, (title, artist, names) in enumerate(songs):
                library.add(song(number, title, artist, *sorted(names)), arrays)
                for name in names:
                    library.define_genre(name)
        export_segments(home, Path(folder) / "x.jsonl", features="classic")
        import_segments(other, Path(folder) / "x.jsonl")
        assert content(other) == content(home)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner,
                                                               max_size=2),
    max_leaves=4,
)  # fmt: skip
FIELDS = ("song", "genre", "song_id", "title", "artist", "genres", "address", "seconds", "start",
          "features", "version", "tempo", "mfcc12")  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(
    changed=st.dictionaries(st.sampled_from(FIELDS), anything, max_size=2),
    dropped=st.sets(st.sampled_from(FIELDS), max_size=1),
    junk=st.none() | st.binary(max_size=12),
)
def test_any_line_is_a_segment_or_one_sentence(home, changed, dropped, junk):
    good = {"song": "A - x", "genre": "folk", "song_id": "s", "title": "x", "artist": "A",
            "genres": ["folk"], "address": "/x", "seconds": 9.0, "start": 0.0,
            "features": "classic", "version": FEATURE_SETS["classic"].version,
            **dict.fromkeys(CLASSIC, 1.0)}  # fmt: skip
    bad = {k: v for k, v in (good | {"song_id": "t"} | changed).items() if k not in dropped}
    genres.add(home, "mine")
    before = rows_of(home)
    file = home.data / "x.jsonl"
    line = json.dumps(bad).encode() if junk is None else junk
    file.write_bytes(json.dumps(good).encode() + b"\n" + line + b"\n")
    try:
        import_segments(home, file)
    except GenrefitError as error:
        assert "\n" not in str(error) and rows_of(home) == before
    else:
        assert rows_of(home) != before
        with open_library(home) as library:
            assert not library.rows("PRAGMA foreign_key_check")
            library.undo()
    home.library.unlink()
    home.genres.unlink()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[" * 100_000, "not a JSON object"),
        (b'{"song": "x", "genre": "y", "tempo": 1' + b"0" * 400 + b"}", "is missing|not a finite"),
        (gzip.compress(b"{}" * 99, mtime=0)[:-9], "damaged"),
        (b"\x1f\x8b\x08" + b"\0" * 30, "damaged"),
    ],
)
def test_a_damaged_file_is_one_sentence(home, tmp_path, data, reason):
    file = tmp_path / ("x.jsonl.gz" if data[:2] == b"\x1f\x8b" else "x.jsonl")
    file.write_bytes(data)
    with pytest.raises(LibraryError, match=reason):
        import_segments(home, file)
    with pytest.raises(LibraryError, match="there is no file"):
        import_segments(home, tmp_path)
