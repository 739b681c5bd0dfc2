"""One key for every spelling of an address, and different keys for different songs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit.errors import SourceError
from genrefit.sources.urls import parse_address, song_id

SPELLINGS = [
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "http://youtube.com/watch?v=dQw4w9WgXcQ&list=PL123&index=4",
    "https://m.youtube.com/watch?feature=share&v=dQw4w9WgXcQ#t=10",
    "https://music.youtube.com/watch?v=dQw4w9WgXcQ&si=abc",
    "https://youtu.be/dQw4w9WgXcQ?t=3",
    "https://www.youtube.com/shorts/dQw4w9WgXcQ",
    "https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
    "https://www.youtube.com/live/dQw4w9WgXcQ",
    "HTTPS://WWW.YOUTUBE.COM/v/dQw4w9WgXcQ",
    "youtube.com/watch?v=dQw4w9WgXcQ",
    "www.youtube.com/watch/?v=dQw4w9WgXcQ",
    "youtube:dQw4w9WgXcQ",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_a_youtube_video_has_one_key(spelling):
    assert parse_address(spelling).key == "youtube:dQw4w9WgXcQ"


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/playlist?list=PLxvodScTx2RuB7Yh_d21kD0HDZvDXWBbY",
        "https://www.youtube.com/@somebody/videos",
        "https://www.youtube.com/embed/videoseries?list=PL1",
        "https://notyoutube.com/watch?v=dQw4w9WgXcQ",
        "https://youtube.com.evil.org/watch?v=dQw4w9WgXcQ",
        "https://example.org/watch?v=dQw4w9WgXcQ",
    ],
)
def test_what_is_no_youtube_video_is_not_taken_for_one(address):
    assert parse_address(address).kind != "youtube"
    assert parse_address(address).key.startswith("https://")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTP://Example.ORG:80/a%20b.mp3", "http://example.org/a b.mp3"),
        ("https://example.org:443", "https://example.org/"),
        ("http://example.org/%7euser/x.mp3", "http://example.org/~user/x.mp3"),
        ("http://example.org/a/../b/./c.mp3", "http://example.org/b/c.mp3"),
        ("http://example.org/x.mp3#t=3", "http://example.org/x.mp3"),
        ("http://example.org/x.mp3?utm_source=a&n=1", "http://example.org/x.mp3?n=1"),
        ("http://me:secret@example.org/x.mp3", "http://example.org/x.mp3"),
        ("http://example.org/é.mp3", "http://example.org/%C3%A9.mp3"),
        ("example.org/x.mp3", "https://example.org/x.mp3"),
    ],
)
def test_spellings_of_a_url_are_one(one, other):
    assert parse_address(one).key == parse_address(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a.mp3", "http://example.org/b.mp3"),
        ("http://example.org/a.mp3?n=1", "http://example.org/a.mp3?n=2"),
        ("http://example.org/a%2Fb.mp3", "http://example.org/a/b.mp3"),
        ("http://example.org/A.mp3", "http://example.org/a.mp3"),
        ("http://example.org:8000/a.mp3", "http://example.org/a.mp3"),
    ],
)
def test_different_songs_keep_different_keys(one, other):
    assert parse_address(one).key != parse_address(other).key


def test_a_file_has_one_key_however_it_is_reached(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    song = tmp_path / "a song.mp3"
    song.touch()
    (tmp_path / "link.mp3").symlink_to(song)
    monkeypatch.chdir(tmp_path)
    spellings = [str(song), "a song.mp3", "sub/../a song.mp3", "link.mp3", song.as_uri()]
    assert {parse_address(spelling).key for spelling in spellings} == {str(song.resolve())}


def test_sources_are_completed_as_they_were_meant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert parse_address("youtube.com/@x").text == "https://youtube.com/@x"
    assert parse_address("  https://a.org/x ").text == "https://a.org/x"
    playlist = "PLxvodScTx2RuB7Yh_d21kD0HDZvDXWBbY"
    assert parse_address(playlist).text == f"https://www.youtube.com/playlist?list={playlist}"
    assert parse_address("song.mp3").text == "song.mp3"
    assert parse_address("my songs").text == "my songs"
    (tmp_path / "youtube.com").mkdir()
    assert parse_address("youtube.com").text == "youtube.com"
    assert parse_address("a\0b").text == "a\0b"


@pytest.mark.parametrize("bad", ["http://", "https:///x.mp3", "http://[::1/x", "http://a:b/x"])
def test_malformed_addresses_get_a_sentence(bad):
    with pytest.raises(SourceError, match="is no web address"):
        parse_address(bad)


def test_hosts_and_names():
    assert parse_address("/home/me/x.mp3").host == ""
    assert (
        parse_address("https://youtu.be/dQw4w9WgXcQ").host
        == parse_address("https://m.youtube.com/").host
        == "youtube.com"
    )
    assert parse_address("http://example.org/a%20b.c.mp3?x=1").stem == "a b.c"
    assert parse_address("http://example.org/").stem == "example.org"


@pytest.mark.parametrize(
    ("given", "kind", "text", "ending"),
    [
        ("/home/me/x.MP3", "file", "/home/me/x.MP3", ".mp3"),
        ("example.org/a/x.ogg?n=1", "web", "https://example.org/a/x.ogg?n=1", ".ogg"),
        ("https://youtu.be/dQw4w9WgXcQ", "youtube", "https://youtu.be/dQw4w9WgXcQ", ""),
        ("https://www.youtube.com/@x", "web", "https://www.youtube.com/@x", ""),
        ("ftp://example.org/x.mp3", "other", "ftp://example.org/x.mp3", ".mp3"),
    ],
)
def test_an_address_is_parsed_once(given, kind, text, ending):
    address = parse_address(given)
    assert (address.kind, address.text, address.ending) == (kind, text, ending)
    assert address.is_remote == (kind in ("web", "youtube"))
    assert address.song_id == song_id(address.key)


TEXT = st.text(st.characters(exclude_characters="\r\n\t", exclude_categories=["Cs"]), max_size=30)


@given(path=TEXT, query=TEXT)
def test_a_key_is_its_own_key(path, query):
    key = parse_address(f"http://example.org/{path}?{query}").key
    assert parse_address(key).key == key


@given(st.lists(TEXT, unique=True))
def test_ids_are_short_and_stable_and_tell_keys_apart(keys):
    ids = [song_id(key) for key in keys]
    assert len(set(ids)) == len(keys)
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in ids)
    assert ids == [song_id(key) for key in keys]
