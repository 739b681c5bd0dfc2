"""History and undo over HTTP, on the real server."""

from __future__ import annotations

from genrefit import config
from genrefit.library import genres
from tests.support.served import Served


def test_changes_are_listed_and_undone_over_http(tmp_path):
    home = config.home(tmp_path / "home")
    genres.add(home, "jazz", ["/a"])
    genres.rename(home, "jazz", "swing")
    with Served(home.path) as server:
        status, listed = server.ask("GET", "/api/history")
        assert status == 200
        assert [entry["what"] for entry in listed] == ["renamed jazz to swing",
                                                       "added the genre jazz"]  # fmt: skip
        status, answer = server.ask("POST", f"/api/undo?number={listed[1]['number']}")
        assert status == 409 and "Undo first" in answer["error"]
        assert server.ask("POST", "/api/undo")[0] == 200
        assert list(genres.read(home)) == ["jazz"]
        assert len(server.ask("GET", "/api/history?most=1")[1]) == 1
        for path in ("/api/undo?number=x", "/api/undo?number=-1", "/api/undo?number=" + "9" * 99):
            status, answer = server.ask("POST", path)
            assert status == 400 and "should be a whole number" in answer["error"]
        assert server.ask("POST", "/api/undo?number=999")[0] == 409
        assert server.ask("GET", "/api/undo")[0] == 405
        foreign = {"Origin": "https://example.org"}
        assert server.ask("POST", "/api/undo", headers=foreign)[0] == 403
        assert list(genres.read(home)) == ["jazz"]


def test_strangers_change_nothing(tmp_path):
    home = config.home(tmp_path / "home")
    genres.add(home, "jazz")
    with Served(home.path, env={"GENREFIT_HOSTED": "1"}) as server:
        status, answer = server.ask("POST", "/api/undo")
    assert status == 400 and "open to strangers" in answer["error"]
    assert list(genres.read(home)) == ["jazz"]
