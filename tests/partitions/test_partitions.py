"""Songs in Parquet: written, trained on and searched, partition by partition."""

from __future__ import annotations

import json

import numpy as np
import pytest

from genrefit.errors import LibraryError, QueryError, TrainError
from genrefit.partitions import (
    LikelihoodColumns,
    PartitionedSongs,
    train_partitions,
    write_likelihoods,
)
from genrefit.partitions.columns import fold_of, read_partition, write_songs
from genrefit.query import fits, parse
from tests.support.commands import run_command
from tests.support.homes import fill_library

GENRES = ("folk", "jazz", "rock")


def drawn(number, *, d, start=0, seed=0):
    """Songs of three genres whose means lie apart, ten songs an artist, each in one genre."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(3, d))
    artist = (start + np.arange(number)) // 10
    genre = artist % 3
    X = 0.35 * centres[genre] + rng.normal(size=(number, d))
    songs = [
        {"song_id": f"{start + n:016x}", "title": f"Song {start + n}", "artist": f"Artist {a}",
         "address": f"/m/{start + n}.mp3", "genres": [GENRES[g]]}
        for n, (a, g) in enumerate(zip(artist, genre, strict=True))
    ]  # fmt: skip
    return songs, X.astype(np.float32)


def written(folder, number, *, d=16, partition=500):
    batches = (
        drawn(min(partition, number - at), d=d, start=at, seed=at)
        for at in range(0, number, partition)
    )
    return write_songs(
        folder, batches, features="drawn", version=1, columns=[f"c{n}" for n in range(d)]
    )


def test_what_is_written_is_read_again(tmp_path):
    songs = written(tmp_path, 1_200)
    assert (songs.songs, len(songs.paths)) == (1_200, 3)
    expected, X = drawn(500, d=16, start=500, seed=500)
    part = read_partition(songs.paths[1])
    np.testing.assert_allclose(part.X, X, atol=5e-3)
    assert part.genres == [tuple(song["genres"]) for song in expected]
    assert part.fold.tolist() == [fold_of(song) for song in expected]


def test_an_artist_is_in_one_fold():
    assert len({fold_of({"song_id": str(n), "artist": "The Ones"}) for n in range(9)}) == 1
    assert fold_of({"song_id": "1", "artist": "Ones, The"}) == fold_of(
        {"song_id": "2", "artist": "the ones"}
    )


def test_training_by_partitions_is_near_the_plain_fit(tmp_path):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    songs = written(tmp_path, 3_000)
    steps = []
    report = train_partitions(songs, n_jobs=1, on_progress=steps.append)
    parts = [read_partition(path) for path in songs.paths]
    X = StandardScaler().fit_transform(np.concatenate([part.X for part in parts]))
    fold = np.concatenate([part.fold for part in parts])
    y = np.array([GENRES.index(names[0]) for part in parts for names in part.genres])
    right = 0
    for f in range(5):
        plain = LogisticRegression().fit(X[fold != f], y[fold != f])
        right += (plain.predict(X[fold == f]) == y[fold == f]).sum()
    assert report.songs == 3_000
    assert report.accuracy == pytest.approx(right / 3_000, abs=0.02)
    assert report.log_loss < np.log(3)
    assert steps[-1].done == steps[-1].total
    saved = json.loads((tmp_path / "report.json").read_text())
    assert saved["accuracy"] == report.accuracy


def test_find_over_columns_is_find_over_likelihoods(tmp_path):
    songs = written(tmp_path, 1_200)
    train_partitions(songs, n_jobs=1, epochs=1)
    write_likelihoods(songs, n_jobs=1)
    columns = LikelihoodColumns.load(songs)
    for text in ("jazz", "folk but not rock", "70% jazz, 30% rock"):
        hits = columns.find(text, top=50)
        fit = fits(parse(text, columns.genres), columns.P, columns.genres)
        assert [hit["fit"] for hit in hits] == pytest.approx(np.sort(fit)[::-1][:50].tolist())
        place = [int(hit["song_id"], 16) for hit in hits]
        assert [hit["title"] for hit in hits] == [f"Song {n}" for n in place]
        assert hits[0]["likelihoods"]["jazz"] == pytest.approx(
            float(columns.P[place[0], columns.genres.index("jazz")])
        )
    assert len(columns.find("jazz", top=5_000)) <= 1_200
    with pytest.raises(QueryError):
        columns.find("polka")


def test_a_library_is_exported_trained_on_and_searched(home, tmp_path, capsys):
    fill_library(home, [["jazz"], ["folk"]] * 12)
    folder = str(tmp_path / "out")
    code, _, err = run_command(
        home.path, capsys, "partitions", "export", folder, "--features", "classic"
    )
    assert (code, "24 songs in 1 partition" in err) == (0, True)
    code, out, _ = run_command(home.path, capsys, "partitions", "train", folder, "--json")
    assert code == 0
    assert json.loads(out)["genres"] == ["folk", "jazz"]
    code, out, _ = run_command(home.path, capsys, "partitions", "find", folder, "jazz", "--json")
    assert code == 0
    assert len(json.loads(out)) == 20


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"schema": 9}'])
def test_a_folder_that_is_none_says_so(tmp_path, content):
    if content is not None:
        (tmp_path / "about.json").write_text(content)
    with pytest.raises(LibraryError):
        PartitionedSongs.open(tmp_path)


def test_what_is_not_trained_says_so(tmp_path):
    songs = written(tmp_path, 100)
    with pytest.raises(TrainError, match="no trained model"):
        LikelihoodColumns.load(songs)


@pytest.mark.slow
def test_a_million_songs(tmp_path):
    """Features are drawn; what counts is that a million songs go through every step."""
    songs = written(tmp_path, 1_000_000, partition=50_000)
    report = train_partitions(songs, epochs=2)
    assert report.songs == 1_000_000
    assert report.accuracy > 0.6
    write_likelihoods(songs)
    columns = LikelihoodColumns.load(songs)
    assert columns.P.shape == (1_000_000, 3)
    hits = columns.find("jazz but not rock", top=200)
    assert len(hits) == 200
    assert sum(hit["genres"] == ["jazz"] for hit in hits) > 180
