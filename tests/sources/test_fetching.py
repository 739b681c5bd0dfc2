"""Songs are fetched whole and erased; bad ones get a plain reason."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from genrefit import sources
from genrefit.errors import Cancelled, SourceError
from tests.sources.conftest import HASTY
from tests.support import servers


def listed_song(address: str, **more) -> sources.ListedSong:
    return sources.ListedSong(sources.parse_address(address), "the list's title", **more)


def test_a_download_is_whole_and_gone_afterwards(site, tmp_path):
    file = site.files[1]
    with sources.fetch_song(listed_song(site.song(file)), folder=tmp_path, limits=HASTY) as fetched:
        assert fetched.path.read_bytes() == file.read_bytes()
        assert tmp_path in fetched.path.parents
        assert fetched.seconds == pytest.approx(11.0, abs=0.1)
        own = listed_song(str(file))
        with sources.fetch_song(own, folder=tmp_path) as local:
            assert (local.path, local.content) == (file, fetched.content)
    assert list(tmp_path.iterdir()) == []
    assert file.exists()


def test_a_download_is_erased_after_an_error_of_its_user(site, tmp_path):
    song = listed_song(site.song(site.files[0]))
    with (
        pytest.raises(ZeroDivisionError),
        sources.fetch_song(song, folder=tmp_path, limits=HASTY),
    ):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "kind", "retry"),
    [
        ("/bad/gone.mp3", "gone", False),
        ("/bad/removed.mp3", "gone", False),
        ("/bad/forbidden.mp3", "refused", True),
        ("/bad/login.mp3", "refused", False),
        ("/bad/busy.mp3", "pause", True),
        ("/bad/broken.mp3", "server", True),
        ("/bad/html.mp3", "not audio", False),
        ("/bad/nothing.mp3", "not audio", False),
        ("/bad/cut-off.mp3", "cut off", True),
        ("/bad/trickle.html", "too slow", True),
        ("/bad/silent.mp3", "timeout", True),
        ("/bad/loop-1.mp3", "loop", False),
        ("/bad/big.mp3", "too big", False),
    ],
)
def test_a_bad_song_gets_its_reason_and_leaves_nothing(site, tmp_path, path, kind, retry):
    began = time.monotonic()
    with (
        pytest.raises(SourceError) as caught,
        sources.fetch_song(listed_song(site.url(path)), folder=tmp_path, limits=HASTY),
    ):
        pytest.fail("it was fetched")
    assert (caught.value.kind, caught.value.retry) == (kind, retry), caught.value
    assert "\n" not in str(caught.value) and "ERROR" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert time.monotonic() - began < 15


def test_a_trickling_download_meets_its_deadline_and_the_user(site, tmp_path):
    song = listed_song(site.url("/bad/trickle.mp3"))
    began = time.monotonic()
    hurried = replace(HASTY, deadline_seconds=1.5)
    with (
        pytest.raises(SourceError, match="longer than") as caught,
        sources.fetch_song(song, folder=tmp_path, limits=hurried),
    ):
        pytest.fail("it was fetched")
    assert caught.value.kind == "too slow"
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    with (
        pytest.raises(Cancelled),
        sources.fetch_song(
            song,
            folder=tmp_path,
            limits=replace(HASTY, deadline_seconds=60),
            cancelled=stop.is_set,
        ),
    ):
        pytest.fail("it was fetched")
    assert time.monotonic() - began < 10
    assert list(tmp_path.iterdir()) == []


def test_connections_that_are_refused_say_so(tmp_path):
    with (
        pytest.raises(SourceError, match="refuses connections") as caught,
        sources.fetch_song(listed_song(servers.refused()), folder=tmp_path, limits=HASTY),
    ):
        pytest.fail("it was fetched")
    assert caught.value.retry


@pytest.mark.parametrize("path", ["/bad/flaky.mp3", "/bad/resumable.mp3", "/bad/moved.mp3"])
def test_what_passes_is_tried_again_and_comes_whole(site, tmp_path, path):
    with sources.fetch_song(listed_song(site.url(path)), folder=tmp_path, limits=HASTY) as fetched:
        assert fetched.path.read_bytes() == site.files[0].read_bytes()


def test_live_and_long_songs_are_not_even_asked_for(site, tmp_path):
    before = len(site.requests)
    address = site.song(site.files[0])
    for song, kind in (
        (listed_song(address, live=True), "live"),
        (listed_song(address, seconds=5000.0), "too long"),
    ):
        with (
            pytest.raises(SourceError) as caught,
            sources.fetch_song(song, folder=tmp_path, limits=HASTY),
        ):
            pytest.fail("it was fetched")
        assert (caught.value.kind, caught.value.retry) == (kind, False)
    assert len(site.requests) == before


def test_a_list_is_no_song(site, tmp_path):
    with (
        pytest.raises(SourceError),
        sources.fetch_song(listed_song(site.url("/songs.rss")), folder=tmp_path, limits=HASTY),
    ):
        pytest.fail("it was fetched")
    assert list(tmp_path.iterdir()) == []


def test_downloads_are_throttled(site, tmp_path):
    file = site.files[0]
    slow = replace(HASTY, bytes_per_second=file.stat().st_size // 2)
    began = time.monotonic()
    with sources.fetch_song(listed_song(site.song(file)), folder=tmp_path, limits=slow) as fetched:
        assert fetched.path.read_bytes() == file.read_bytes()
    assert time.monotonic() - began > 1.5
