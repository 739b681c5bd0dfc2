"""The HTTP interface on the real server: answers, limits, refusals, and quickness under load."""

from __future__ import annotations

import json
import os
import pickle
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from genrefit import config, demo, scoring, search
from genrefit.demo import composer
from genrefit.errors import GenreError, QueryError, SourceError
from genrefit.learning import staleness
from genrefit.query import parse
from genrefit.server.api import STATUS, status_of
from genrefit.server.scoring_pool import ScoringTimeoutError
from genrefit.server.uploads import RequestError
from tests.support.served import Served, form
from tests.support.servers import Site

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> config.Home:
    """A small demo home whose model listens by timbre."""
    root = tmp_path_factory.mktemp("served")
    before = os.environ.get("GENREFIT_EAR")
    os.environ["GENREFIT_EAR"] = str(root / "no-ear")
    home = config.home(root / "home")
    demo.build(home, styles=("dance", "waltz"), songs=8, seconds=10.0)
    yield home
    if before is None:
        del os.environ["GENREFIT_EAR"]
    else:
        os.environ["GENREFIT_EAR"] = before


@pytest.fixture(scope="module")
def server(filled):
    with Served(filled.path, env={"GENREFIT_UPLOAD_MB": "3"}) as running:
        yield running


@pytest.fixture(scope="module")
def song(tmp_path_factory) -> Path:
    """A song that no model has heard."""
    return composer.write(
        composer.composition("waltz", 20, seconds=20.0), tmp_path_factory.mktemp("song")
    )


def uploads(home: config.Home) -> list[str]:
    return [path.name for path in home.work.rglob("upload-*")]


def test_scores_a_file_as_the_command_line_does(server, filled, song):
    status, answer = server.send(song.name, song.read_bytes(), query="demo waltz, not demo dance")
    assert status == 200, answer
    (expected,) = map(
        scoring.to_json, scoring.score([str(song)], home=filled, query="demo waltz, not demo dance")
    )
    expected["source"] = song.name
    assert answer == json.loads(json.dumps([expected]))
    assert answer[0]["artist"] == "Mireille Feld" and len(answer[0]["timeline"]) == 2
    assert sum(answer[0]["likelihoods"].values()) == pytest.approx(1)
    assert uploads(filled) == []


def test_scores_an_address(server, song):
    with Site(song.parent) as site:
        body = json.dumps({"url": site.song(song), "model": "demo"}).encode()
        status, answer = server.ask("POST", "/api/score", body=body, headers=JSON)
    assert status == 200, answer
    assert answer[0]["model"] == "demo" and answer[0]["seconds"] == pytest.approx(20, abs=0.1)


def test_says_why_where_it_is_asked(server, song):
    with Site(song.parent) as site:
        body = json.dumps({"url": site.song(song)}).encode()
        status, answer = server.ask("POST", "/api/score?why=1", body=body, headers=JSON)
    assert status == 200, answer
    likelihoods, why = answer[0]["likelihoods"], answer[0]["why"]
    assert why["genres"][0] == max(likelihoods, key=likelihoods.get)
    assert why["alike"][why["genres"][0]]
    status, answer = server.ask("POST", "/api/score?why=2", body=body, headers=JSON)
    assert status == 400 and "why is '2'" in answer["error"]


def test_finds_as_the_command_line_does(server, filled):
    status, answer = server.ask("GET", f"/api/find?q={quote('demo waltz')}&top=3&least=0.1")
    assert status == 200, answer
    likelihoods = search.library_likelihoods(filled, "demo")
    query = parse("demo waltz", likelihoods.attrs["genres"])
    expected = search.to_json(search.find(query, likelihoods, least=0.1, top=3))
    assert answer == json.loads(json.dumps(expected)) and len(answer) == 3


def test_lists_models_as_the_command_line_does(server, filled):
    status, models = server.ask("GET", "/api/models")
    assert (status, models) == (200, staleness.listing_json(filled))
    assert [model["stale"] for model in models] == [None] * len(models)


def test_a_query_comes_with_its_report_card_where_it_is_asked_for(server):
    status, found = server.ask("GET", "/api/find?q=demo+waltz&report=1&top=3")
    assert status == 200 and len(found["hits"]) == 3
    assert found["hits"] == server.ask("GET", "/api/find?q=demo+waltz&top=3")[1]
    report = found["report"]
    assert report["songs"] == 16 and report["relevant"] == 8 and report["unknowable"] is None
    assert [each["of"] for each in report["precisions"]] == [5, 10]
    assert "expect" in report["says"]
    assert server.ask("GET", "/api/find?q=demo+waltz&report=2")[0] == 400


@pytest.mark.parametrize(
    "path, status, says",
    [
        ("/api/find", 400, "say what you look for"),
        ("/api/find?q=jaz", 400, "no genre 'jaz'"),
        ("/api/find?q=demo+waltz&top=0", 400, "top is '0'"),
        ("/api/find?q=demo+waltz&top=many", 400, "top is 'many'"),
        ("/api/find?q=demo+waltz&least=nan", 400, "least is 'nan'"),
        ("/api/find?q=demo+waltz&model=nope", 404, "no model 'nope'"),
        ("/api/find?q=demo+waltz&model=../x", 404, "no model"),
        ("/api/find?q=demo+waltz&sort=up", 400, "no parameter 'sort'"),
        ("/api/nope", 404, "there is no /api/nope"),
        ("/api/score", 405, "POST only"),
    ],
)
def test_refuses_in_a_sentence(server, path, status, says):
    got, answer = server.ask("GET", path)
    assert (got, list(answer)) == (status, ["error"]) and says in answer["error"], answer
    assert "Traceback" not in answer["error"] and "\n" not in answer["error"]


@pytest.mark.parametrize(
    "body, headers, status, says",
    [
        (b"", {}, 415, "send a form"),
        (b"{", JSON, 400, "not valid JSON"),
        (b"[]", JSON, 400, "should look like"),
        (b'{"url": "/etc/passwd"}', JSON, 400, "no web address"),
        (b'{"url": "file:///etc/passwd"}', JSON, 400, "no web address"),
        (b'{"url": "http://x", "home": "/"}', JSON, 400, "a key 'home'"),
        (b'{"url": "http://x", "model": 3}', JSON, 400, "model should be a text"),
        (b'{"url": "' + b"x" * 20_000 + b'"}', JSON, 413, "10,000 bytes"),
        (b"--", {"Content-Type": "multipart/form-data"}, 400, "no boundary"),
        (b"junk", {"Content-Type": "multipart/form-data; boundary=b"}, 400, "form"),
        (b"--b\r\n", {"Content-Type": "multipart/form-data; boundary=b"}, 400, "cut off"),
    ],
)
def test_refuses_bad_bodies(server, filled, body, headers, status, says):
    got, answer = server.ask("POST", "/api/score", body=body, headers=headers)
    assert got == status and says in answer["error"], (got, answer)
    assert uploads(filled) == []


def test_refuses_fake_audio_and_bad_fields(server, filled, song):
    status, answer = server.send("fake.mp3", os.urandom(50_000))
    assert status == 422 and "audio" in answer["error"] and "upload-" not in answer["error"], answer
    status, answer = server.send("empty.mp3", b"")
    assert status == 422, answer
    status, answer = server.send(song.name, song.read_bytes(), query="demo walz")
    assert status == 400 and "did you mean" in answer["error"]
    status, answer = server.send(song.name, song.read_bytes(), colour="red")
    assert status == 400 and "'colour'" in answer["error"]
    # A name that would climb out of our folder is a name to show, and nothing else.
    status, answer = server.send("../../../etc/Nobody - Nothing.flac", song.read_bytes())
    assert status == 200 and answer[0]["source"] == "Nobody - Nothing.flac"
    assert uploads(filled) == []


def test_stops_taking_what_is_too_big(server, filled):
    """Announced or not: a stream without a length is cut off where it grows too big."""
    status, answer = server.send("big.mp3", bytes(3_200_000))
    assert status == 413 and "bigger than 3 MB" in answer["error"]
    body, kind = form("big.mp3", bytes(40_000_000))
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.settimeout(30)
        head = f"POST /api/score HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        raw.sendall(f"{head}Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        sent = 0
        try:
            for start in range(0, len(body), 65_536):
                chunk = body[start : start + 65_536]
                raw.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
                sent += len(chunk)
        except OSError:
            pass  # the server has answered and closed
        assert sent < len(body) or raw.recv(100).startswith(b"HTTP/1.1 413")
    assert uploads(filled) == []


@pytest.mark.parametrize(
    "headers, says",
    [
        ({"Host": "evil.example"}, "does not answer to the name"),
        ({"Host": "127.0.0.1.evil.example:80"}, "does not answer to the name"),
        ({"Origin": "https://evil.example"}, "from https://evil.example"),
        ({"Origin": "null"}, "from null"),
        ({"Origin": "http://127.0.0.1:1"}, "from http://127.0.0.1:1"),
        ({"Sec-Fetch-Site": "cross-site"}, "from another site"),
        ({"Sec-Fetch-Site": "same-site"}, "from another site"),
    ],
)
def test_refuses_foreign_pages(server, headers, says):
    status, answer = server.ask("GET", "/api/models", headers=headers)
    assert status == 403 and says in answer["error"], answer


def test_answers_its_own_pages(server):
    own = {"Origin": f"http://127.0.0.1:{server.port}", "Sec-Fetch-Site": "same-origin"}
    assert server.ask("GET", "/api/models", headers=own)[0] == 200
    named = {"Host": f"localhost:{server.port}", "Origin": f"http://localhost:{server.port}"}
    assert server.ask("GET", "/api/models", headers=named)[0] == 200


def test_a_rebound_name_reaches_no_page_either(server):
    status, answer = server.ask("GET", "/", headers={"Host": "evil.example"})
    assert status == 403 and "evil.example" in answer["error"]


def test_stays_quick_with_ten_songs_in_hand(server, song):
    content = song.read_bytes()
    server.send(song.name, content)  # the scoring process is up
    with ThreadPoolExecutor(10) as pool:
        waiting = [pool.submit(server.send, song.name, content) for _ in range(10)]
        delays = []
        while not all(future.done() for future in waiting):
            begun = time.monotonic()
            assert server.ask("GET", "/_stcore/host-config")[0] == 200
            delays.append(time.monotonic() - begun)
            time.sleep(0.02)
        answers = [future.result() for future in waiting]
    assert [status for status, _ in answers] == [200] * 10
    delays.sort()
    print(f"{len(delays)} looks, median {delays[len(delays) // 2]:.3f} s, worst {delays[-1]:.3f} s")
    assert len(delays) >= 5 and delays[len(delays) // 2] < 0.2 and delays[-1] < 1.5


def test_a_status_is_looked_up_by_class():
    class NewQueryError(QueryError):
        """A kind of QueryError that the table does not list."""

    assert status_of(NewQueryError("?")) == STATUS[QueryError] == 400
    assert status_of(SourceError("?", kind="network")) == 422
    assert status_of(GenreError("not listed")) == 400
    assert status_of(RequestError(413, "too large")) == 413


@pytest.mark.parametrize(
    "error",
    [
        QueryError("no genre", position=(1, 3)),
        SourceError("gone", kind="gone", retry=True),
        ScoringTimeoutError("too long"),
        RequestError(413, "too large"),
    ],
)
def test_errors_cross_from_a_scoring_process_whole(error):
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert type(copy) is type(error) and str(copy) == str(error) and vars(copy) == vars(error)


@pytest.mark.parametrize(
    "body",
    [
        '{"url": "http://127.0.0.1:1/\\ud800.mp3"}',
        '{"url": "/tmp/\\udce9.mp3"}',
        '{"url": "\\udfff"}',
        '{"url": "http://127.0.0.1:1/a.mp3", "query": "waltz \\ud800"}',
        '{"url": "http://127.0.0.1:1/a.mp3", "model": "\\ud800"}',
        '{"\\ud800": 1}',
        "[" * 100_000,
    ],
)
def test_half_a_character_in_json_is_the_askers_fault(server, body):
    status, answer = server.ask("POST", "/api/score", body=body.encode(), headers=JSON)
    assert 400 <= status < 500, answer
    assert answer["error"].encode("utf-8")


def test_half_a_character_in_a_query_is_the_askers_fault(server):
    for query in ("%ED%A0%80", "waltz+and+%ED%A0%80", "waltz&model=%ED%A0%80"):
        status, answer = server.ask("GET", f"/api/find?q={query}")
        assert 400 <= status < 500, answer
