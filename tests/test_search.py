"""Finding songs: whose likelihoods are shown, how they are ranked, what is written out."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from starlette.requests import Request

import genrefit
from genrefit import search
from genrefit.errors import LibraryError, ModelError, QueryError
from genrefit.features import FEATURE_SETS
from genrefit.learning import registry
from genrefit.learning.train import Recipe, train
from genrefit.library import open_library
from genrefit.query import parse, token_rewriting
from genrefit.records import Features, Song
from genrefit.server import api
from tests.support.commands import run_command

CLASSIC = FEATURE_SETS["classic"]
GENRES = ("Hip Hop", "folk", "jazz")


def song(number, genre, *, prefix="s"):
    name = f"{prefix}{number}"
    return Song(
        song_id=name, key=f"key {name}", address=f"/music/{name}.mp3", title=f"Title {name}",
        artist=None if number % 6 == 0 else f"Artist {name}", seconds=40.4,
        content=f"content {name}", genres=(genre,) if genre else (),
    )  # fmt: skip


def features(number, kind, *, spread=1.0):
    """Four segments of a song; `kind` says which of the columns is high."""
    rng = np.random.default_rng(number)
    values = rng.normal(0, spread, len(CLASSIC.columns)) + rng.normal(0, 0.3, (4, 20))
    values[:, kind] += 1.2
    return {"classic": Features(np.arange(4.0) * 10, values.astype(np.float32))}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A home with 36 songs that a model `first` was trained on, and 5 that it has not heard."""
    from genrefit.config import home as home_at

    home = home_at(tmp_path_factory.mktemp("home"))
    with open_library(home) as library:
        for i in range(36):
            library.add(song(i, GENRES[i % 3]), features(i, i % 3))
    train(home, Recipe(pipeline="logistic", name="first", features="classic"), n_jobs=1)
    with open_library(home) as library:
        for i in range(5):
            library.add(song(i, "new", prefix="n"), features(100 + i, i % 3))
    return home


@pytest.fixture
def ranked(trained):
    return search.library_likelihoods(trained, "first")


def frame(P, genres=GENRES):
    """What library_likelihoods gives, for likelihoods made up."""
    fields = pd.DataFrame(
        [(f"s{i}", f"Title {i}", None, f"/{i}.mp3", 60.0, ("jazz",), False) for i in range(len(P))],
        columns=list(search.FIELDS), dtype=object,
    )  # fmt: skip
    likelihoods = pd.concat([fields, pd.DataFrame(P, columns=list(genres))], axis=1)
    likelihoods.attrs["genres"] = tuple(genres)
    return likelihoods


def find(text, likelihoods, **options):
    return search.find(parse(text, likelihoods.attrs["genres"]), likelihoods, **options)


# --- likelihoods --------------------------------------------------------------------------------
def test_training_songs_have_out_of_fold_likelihoods(trained, ranked):
    assert ranked.attrs["genres"] == GENRES
    assert ranked.attrs["lacking"] == 0 and ranked.attrs["out_of_fold"] == 36
    assert list(ranked.columns) == [*search.FIELDS, *GENRES]
    out_of_fold = registry.out_of_fold(trained, "first")
    likelihoods = ranked.set_index("song_id")
    assert len(out_of_fold) == 36
    np.testing.assert_allclose(
        likelihoods.loc[out_of_fold.index, list(GENRES)].astype(float), out_of_fold
    )
    np.testing.assert_allclose(ranked[list(GENRES)].sum(axis=1), 1, atol=1e-5)


def test_training_songs_do_not_flatter_themselves(trained, ranked):
    """The model's own word on a song it was trained on is another one."""
    model = registry.load(trained, "first")
    with open_library(trained) as library:
        values = library.features("s1", "classic").values
    own_word = model.songs(values, np.zeros(len(values), dtype=int), 1)[0]
    shown = ranked.set_index("song_id").loc["s1", list(GENRES)].astype(float)
    assert np.abs(own_word - shown).max() > 1e-4


def test_other_songs_are_scored_by_the_model(trained, ranked):
    model = registry.load(trained, "first")
    likelihoods = ranked.set_index("song_id")
    with open_library(trained) as library:
        for i in range(5):
            values = library.features(f"n{i}", "classic").values
            expected = model.songs(values, np.zeros(len(values), dtype=int), 1)[0]
            shown = likelihoods.loc[f"n{i}", list(GENRES)].astype(float)
            np.testing.assert_allclose(shown, expected, atol=1e-9)


def test_what_was_scored_once_is_remembered_until_song_or_model_change(trained, ranked):
    cache = trained.data / "cache" / "first.npz"
    assert cache.is_file() and not list(cache.parent.glob("*.part"))
    with np.load(cache) as stored:
        content = dict(stored)
    # A mark of our own in the remembered numbers shows where later ones come from.
    np.savez(cache, **{**content, "P": content["P"] * 0 + [0.2, 0.3, 0.5]})
    likelihoods = search.library_likelihoods(trained, "first").set_index("song_id")
    np.testing.assert_allclose(likelihoods.loc["n3", list(GENRES)].astype(float), [0.2, 0.3, 0.5])
    assert likelihoods.loc["s1", "jazz"] == ranked.set_index("song_id").loc["s1", "jazz"]
    for stale in ({"mark": np.array("another model")}, {"keys": content["keys"] + "x"}):
        np.savez(cache, **{**content, "P": content["P"] * 0, **stale})
        fresh = search.library_likelihoods(trained, "first")
        pd.testing.assert_frame_equal(fresh, ranked)
    for broken in (b"", b"PK\x03\x04 cut off", cache.read_bytes()[:300]):
        cache.write_bytes(broken)
        pd.testing.assert_frame_equal(search.library_likelihoods(trained, "first"), ranked)


def test_a_cache_that_cannot_be_written_only_costs_time(trained, ranked, tmp_path):
    import shutil

    copy = type(trained)(tmp_path / "copy")
    shutil.copytree(trained.path, copy.path)
    shutil.rmtree(copy.data / "cache")
    (copy.data / "cache").write_text("in the way")
    pd.testing.assert_frame_equal(search.library_likelihoods(copy, "first"), ranked)


def test_songs_without_the_models_features_are_left_out_and_counted(trained, tmp_path):
    import shutil

    copy = type(trained)(tmp_path / "copy")
    shutil.copytree(trained.path, copy.path)
    with open_library(copy) as library:
        library.add(song(7, "new", prefix="bare"), {})
    likelihoods = search.library_likelihoods(copy, "first")
    assert likelihoods.attrs["lacking"] == 1 and len(likelihoods) == 41
    assert "bare7" not in set(likelihoods["song_id"])


def test_no_library_and_no_model(home, trained):
    with pytest.raises(ModelError, match="no model 'second'"):
        search.library_likelihoods(trained, "second")
    empty = type(home)(home.path)
    empty.path.mkdir()
    import shutil

    shutil.copytree(trained.models, empty.models)
    with pytest.raises(LibraryError, match="no library"):
        search.library_likelihoods(empty, "first")
    open_library(empty).close()
    likelihoods = search.library_likelihoods(empty, "first")
    assert len(likelihoods) == 0 and find("jazz", likelihoods) == []


# --- ranking ------------------------------------------------------------------------------------
def test_songs_are_ranked_by_fit_with_terms_and_likelihoods(ranked):
    hits = find("jazz but not hip-hop", ranked)
    fits = [hit.fit for hit in hits]
    assert len(hits) == 41 and fits == sorted(fits, reverse=True)
    best = hits[0]
    assert set(best.likelihoods) == set(GENRES)
    assert best.terms == pytest.approx(
        {"jazz": best.likelihoods["jazz"], "not Hip Hop": 1 - best.likelihoods["Hip Hop"]}
    )
    assert best.fit == pytest.approx(best.terms["jazz"] * best.terms["not Hip Hop"])
    labels = [hit.genres[0] for hit in hits if hit.song_id.startswith("s")]
    assert labels[:10].count("jazz") >= 6


def test_least_and_top_limit_what_is_found():
    P = [[0.1, 0.2, 0.7], [0.6, 0.2, 0.2], [0.0, 1.0, 0.0], [0.2, 0.5, 0.3]]
    made = frame(P)
    assert [hit.song_id for hit in find("jazz", made)] == ["s0", "s3", "s1"]
    assert [hit.song_id for hit in find("jazz", made, least=0.3)] == ["s0", "s3"]
    assert [hit.song_id for hit in find("jazz", made, top=1)] == ["s0"]
    assert [hit.song_id for hit in find("folk > 20%", made)] == ["s2", "s3"]
    assert find("jazz > 90%", made) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [({"least": 1.5}, "0 to 1"), ({"least": float("nan")}, "0 to 1"), ({"top": 0}, "1 or more")],
)
def test_senseless_limits_are_refused(options, message):
    with pytest.raises(QueryError, match=message):
        find("jazz", frame([[0.1, 0.2, 0.7]]), **options)


def test_genres_that_are_called_like_our_columns():
    made = frame([[0.1, 0.2, 0.7]], genres=("title", "genres", "song_id"))
    (hit,) = find("title or genres", made)
    assert hit.title == "Title 0" and hit.fit == pytest.approx(0.3)
    assert hit.likelihoods == {"title": 0.1, "genres": 0.2, "song_id": 0.7}


# --- writing out --------------------------------------------------------------------------------
def test_json_has_the_keys_that_others_rely_on(ranked):
    (first, *_) = documents = search.to_json(find("jazz or folk", ranked, top=3))
    assert len(documents) == 3
    assert {"song_id", "title", "artist", "fit", "terms", "likelihoods", "address"} <= set(first)
    assert json.loads(json.dumps(documents, allow_nan=False)) == documents
    assert first["fit"] == pytest.approx(sum(first["terms"].values()))


def test_csv_has_a_line_a_song(ranked):
    hits = find("jazz but not folk", ranked, top=4)
    rows = list(csv.DictReader(io.StringIO(search.to_csv(hits))))
    assert [row["song_id"] for row in rows] == [hit.song_id for hit in hits]
    assert float(rows[0]["term not folk"]) == pytest.approx(hits[0].terms["not folk"], abs=1e-6)
    assert float(rows[0]["likelihood jazz"]) == pytest.approx(hits[0].likelihoods["jazz"], abs=1e-6)
    assert search.to_csv([]).startswith("fit,song_id,title")


def test_an_m3u_is_a_playlist_with_names_on_one_line(ranked):
    hits = find("jazz", ranked, top=2)
    lines = search.to_m3u(hits).splitlines()
    assert lines[0] == "#EXTM3U" and len(lines) == 5
    assert lines[2] == hits[0].address and lines[1].startswith("#EXTINF:40,")
    odd = frame([[0.1, 0.2, 0.7]])
    odd.at[0, "title"], odd.at[0, "artist"], odd.at[0, "seconds"] = "Two\nlines", "A", None
    assert search.to_m3u(find("jazz", odd)).splitlines()[1] == "#EXTINF:-1,A - Two lines"


# --- one load, one reading ----------------------------------------------------------------------
QUERY = "JAZZ, but not hip-hop"


@pytest.fixture
def calls(trained, monkeypatch):
    """Which models were loaded, and which texts were lexed, in their order."""
    calls = {"loaded": [], "lexed": []}
    load, lex = registry.load, token_rewriting.lex

    def counted_load(home, name):
        calls["loaded"].append(name)
        return load(home, name)

    def counted_lex(text, genres):
        calls["lexed"].append(text)
        return lex(text, genres)

    monkeypatch.setattr(registry, "load", counted_load)
    monkeypatch.setattr(token_rewriting, "lex", counted_lex)
    return calls


def by_http(home):
    scope = {"type": "http", "method": "GET", "path": "/api/find", "headers": [],
             "query_string": f"q={quote(QUERY)}&model=first".encode()}  # fmt: skip
    request = Request({**scope, "path_params": {"verb": "find"}})
    return json.loads(asyncio.run(api.Api(home)._answer(request)).body)


@pytest.mark.parametrize("door", ["command line", "http", "interface"])
def test_a_search_loads_the_model_once_and_reads_the_text_once(trained, calls, capsys, door):
    if door == "command line":
        code, out, _ = run_command(
            trained.path, capsys, "find", QUERY, "--model", "first", "--json"
        )
        assert code == 0
        hits = json.loads(out)
    elif door == "http":
        hits = by_http(trained)
    else:
        hits = search.to_json(genrefit.find(QUERY, home=trained, model="first"))
    assert calls == {"loaded": ["first"], "lexed": [QUERY]}
    assert json.loads(json.dumps(hits)) == json.loads(
        json.dumps(search.to_json(find(QUERY, search.library_likelihoods(trained, "first"))))
    )
