"""Songs come out of every kind of source through the real yt-dlp; bad ones get a plain reason."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from genrefit import sources
from genrefit.errors import Cancelled, GenrefitError, SourceError
from genrefit.sources.failures import explain
from genrefit.sources.limits import YOUTUBE_PAUSE_SECONDS
from genrefit.sources.ytdlp import artist_and_title_of
from tests.support import servers, songs

HASTY = sources.Limits(
    pause_seconds=0,
    backoff_seconds=0.05,
    deadline_seconds=3,
    answer_seconds=1.5,
    listing_seconds=3,
    max_bytes=1_000_000,
    retries=2,
)
NAMES = {
    "The Ones - First & last.mp3": 1,
    "Zoë Ünal - Füße #2 100%.mp3": 2,
    "deeper/three.ogg": 3,
}


@pytest.fixture(scope="module")
def music_folder(tmp_path_factory) -> Path:
    return songs.folder(tmp_path_factory.mktemp("songs"), NAMES)


@pytest.fixture(scope="module")
def site(music_folder):
    with servers.Site(music_folder) as site:
        yield site


def listed_song(address: str, **more) -> sources.ListedSong:
    return sources.ListedSong(sources.parse_address(address), "the list's title", **more)


def artists_and_titles(listing: sources.Listing) -> list[tuple[str | None, str]]:
    return [(song.artist, song.title) for song in listing.songs]


EXPECTED = [("The Ones", "First & last"), ("Zoë Ünal", "Füße #2 100%"), (None, "three")]


# Listing


def test_a_folder_is_listed_with_what_its_files_say(music_folder, tmp_path):
    listing = sources.list_songs(str(music_folder))
    assert artists_and_titles(listing) == EXPECTED
    assert [song.seconds for song in listing.songs] == pytest.approx([11.0] * 3, abs=0.1)
    assert all(song.key == str(Path(song.address.text).resolve()) for song in listing.songs)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "round").symlink_to(linked)
    (linked / "there").symlink_to(music_folder)
    (linked / ".hidden.mp3").write_bytes(b"x")
    (linked / "notes.txt").write_text("x")
    assert sources.list_songs(str(linked)).songs[0].key == listing.songs[0].key
    assert len(sources.list_songs(str(linked)).songs) == 3


@pytest.mark.parametrize("path", servers.LISTS)
def test_every_kind_of_list_names_the_same_songs(site, path):
    listing = sources.list_songs(site.url(path), limits=HASTY)
    assert artists_and_titles(listing) == EXPECTED
    assert [song.key for song in listing.songs] == [
        sources.parse_address(site.song(file)).key for file in site.files
    ]


@pytest.mark.parametrize("ending", ["m3u", "pls", "xspf"])
def test_a_local_playlist_finds_its_files(music_folder, tmp_path, ending):
    entries = [(str(path), path.stem) for path in sorted(music_folder.rglob("*.*"))]
    playlist = tmp_path / f"list.{ending}"
    playlist.write_text(getattr(servers, ending)(entries), encoding="utf-8")
    listing = sources.list_songs(str(playlist))
    assert {s.key for s in listing.songs} == {
        s.key for s in sources.list_songs(str(music_folder)).songs
    }


def test_a_direct_address_and_a_local_file_are_one_song_each(site):
    file = site.files[0]
    for source in (site.song(file), str(file)):
        assert artists_and_titles(sources.list_songs(source, limits=HASTY)) == EXPECTED[:1]


def test_a_song_that_a_list_names_twice_is_listed_once(site):
    address = site.song(site.files[0])
    body = f"#EXTM3U\n{address}\n{address}#again\n{address.replace('http', 'HTTP')}\n"
    listing = sources.list_songs(site.add("/twice.m3u", body), limits=HASTY)
    assert len(listing.songs) == 1


def test_a_youtube_video_is_listed_without_asking_youtube():
    listing = sources.list_songs("https://youtu.be/dQw4w9WgXcQ")
    assert listing.songs[0].key == "youtube:dQw4w9WgXcQ"
    assert listing.songs[0].address.text == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def test_a_long_list_is_cut_and_says_so(site):
    listing = sources.list_songs(site.url("/songs.m3u"), limits=replace(HASTY, most_songs=2))
    assert len(listing.songs) == 2
    assert listing.notes == ("only its first 2 songs are taken of the 3 or more it has",)


def test_bad_lines_of_a_list_are_named_and_the_others_stay(site):
    body = f"#EXTM3U\nhttp://[bad/x.mp3\n{site.song(site.files[0])}\nhttp://a:b/y.mp3\n"
    listing = sources.list_songs(site.add("/bad.m3u", body), limits=HASTY)
    assert artists_and_titles(listing) == EXPECTED[:1]
    assert any("a:b" in note and "no web address" in note for note in listing.notes)


@pytest.mark.parametrize(
    ("path", "kind", "retry"),
    [
        ("/bad/gone.mp3", "gone", False),
        ("/nothing.m3u", "gone", False),
        ("/bad/broken.mp3", "server", True),
        ("/bad/trickle.html", "too slow", True),
        ("/bad/loop-1.mp3", "loop", False),
        ("/about", "unsupported", False),
    ],
)
def test_a_source_that_cannot_be_listed_says_why(site, path, kind, retry):
    site.add("/about", "<html><p>All about me", "text/html")
    began = time.monotonic()
    with pytest.raises(SourceError, match=r"^http://127\.0\.0\.1") as caught:
        sources.list_songs(site.url(path), limits=HASTY)
    assert (caught.value.kind, caught.value.retry) == (kind, retry)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("no such folder", "no such file or folder"),
        ("ftp://example.org/x.mp3", "only http"),
        ("http://nowhere.invalid/x.m3u", "name is not known"),
    ],
)
def test_sources_out_of_reach_say_why(source, words):
    with pytest.raises(SourceError, match=words) as caught:
        sources.list_songs(source, limits=HASTY)
    assert str(caught.value).startswith(source)


def test_an_empty_folder_says_what_would_count(tmp_path):
    with pytest.raises(SourceError, match="holds no audio files"):
        sources.list_songs(str(tmp_path))


# Fetching


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


def test_pauses_are_polite_unless_set_otherwise():
    polite = sources.Limits()
    assert polite.pause("youtube.com") == YOUTUBE_PAUSE_SECONDS
    assert polite.pause("example.org") == 1.0
    assert polite.pause("") == 0.0
    assert replace(polite, pause_seconds=3.0).pause("youtube.com") == 3.0


# Wording


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"title": "Hurt", "artists": ["Johnny Cash"]}, ("Johnny Cash", "Hurt")),
        ({"title": "Hurt (x)", "artist": "Johnny Cash", "track": "Hurt"}, ("Johnny Cash", "Hurt")),
        ({"title": "A - B", "artist": "A"}, ("A", "B")),
        (
            {"title": "Hurt - Live", "channel": "Johnny Cash - Topic"},
            ("Johnny Cash", "Hurt - Live"),
        ),
        ({"title": "Johnny Cash - Hurt", "uploader": "some fan"}, ("Johnny Cash", "Hurt")),
        ({"title": "Hurt", "channel": "JohnnyCashVEVO"}, ("JohnnyCash", "Hurt")),
        ({"title": "Hurt"}, (None, "Hurt")),
    ],
)
def test_artist_and_title_are_settled_by_the_most_certain(info, expected):
    assert artist_and_title_of(info) == expected


@pytest.mark.parametrize(
    ("message", "kind", "retry"),
    [
        ("ERROR: [youtube] x: Private video. Sign in if you've been granted access", "gone", False),
        ("Sign in to confirm you’re not a bot. Use --cookies", "pause", True),
        ("Sign in to confirm your age. This video may be inappropriate", "refused", False),
        ("Requested format is not available. Use --list-formats", "javascript", True),
        ("Video unavailable. This video has been removed by the uploader", "gone", False),
        ("The uploader has not made this video available in your country", "refused", False),
        ("Join this channel to get access to members-only content", "refused", False),
        ("This video is DRM protected", "refused", False),
        ("This live event will begin in 3 hours.", "live", True),
        (
            "<urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify",
            "certificate",
            False,
        ),
        ("[Errno 28] No space left on device", "disk", True),
        ("Something never seen before; please report this issue on  https://x", "source", True),
    ],
)
def test_messages_are_put_into_plain_words(message, kind, retry):
    error = explain(RuntimeError(message))
    assert (error.kind, error.retry) == (kind, retry)
    assert isinstance(error, GenrefitError)
    assert "please report this issue" not in str(error)
