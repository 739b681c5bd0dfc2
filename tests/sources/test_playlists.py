"""Every kind of list is read alike, and hostile ones do no harm."""

from __future__ import annotations

import pytest

from genrefit.errors import SourceError
from genrefit.sources.entries import Entry
from genrefit.sources.playlists import kind_of, parse
from tests.support import servers

BASE = "http://example.org/lists/one"
ENTRIES = [
    ("http://example.org/a%20b.mp3", "The Ones - First & <last>"),
    ("http://other.org/zoë.ogg", "Zoë - Füße"),
]
MADE = {
    "m3u": servers.m3u,
    "pls": servers.pls,
    "xspf": servers.xspf,
    "feed": servers.rss,
    "html": servers.html,
}


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_is_recognised_and_tells_the_same(kind):
    data = MADE[kind](ENTRIES).encode()
    assert kind_of(data, "http://example.org/x") == kind
    entries = parse(kind, data, base=BASE)
    assert [(e.address, e.artist, e.title) for e in entries] == [
        ("http://example.org/a%20b.mp3", "The Ones", "First & <last>"),
        ("http://other.org/zoë.ogg", "Zoë", "Füße"),
    ]
    if kind != "html":
        assert {entry.seconds for entry in entries} == {16.0}


def test_kinds_go_by_content_before_name():
    assert kind_of(b"<!doctype html><p>log in", "http://x.org/list.m3u") == "html"
    assert kind_of(b"\xef\xbb\xbf#EXTM3U\n#EXT-X-VERSION:3", "x") == "hls"
    assert kind_of(b"song.mp3\n", "http://x.org/list.m3u?a=1") == "m3u"
    assert kind_of(b"song.mp3\n", "http://x.org/list") is None
    assert kind_of(b"ID3\x04\0\0\0", "http://x.org/list.m3u") is None
    commented = b'<?xml version="1.0"?>\n<!-- <html> -->\n<rss><channel/></rss>'
    assert kind_of(commented, "x") == "feed"


def test_relative_addresses_windows_slashes_and_other_encodings():
    data = '#EXTM3U\r\n#EXTINF:-1 tvg="a,b",Beyoncé - Halo\r\n..\\songs\\x.mp3\r\n# note\r\n'
    assert parse("m3u", data.encode("cp1252"), base=BASE) == [
        Entry("http://example.org/songs/x.mp3", "Halo", "Beyoncé", None)
    ]
    local = parse("m3u", b"x.mp3\n/abs/y.mp3\nfile:///abs/z%201.mp3\nhttp://a.org/b.mp3",
                  base="/music/list.m3u")  # fmt: skip
    assert [entry.address for entry in local] == [
        "/music/x.mp3",
        "/abs/y.mp3",
        "/abs/z 1.mp3",
        "http://a.org/b.mp3",
    ]


@pytest.mark.parametrize(
    "reference", ["file:///etc/passwd", "javascript:alert(1)", "mailto:me@x.org", "rtsp://x/y.mp3"]
)
def test_a_list_from_the_network_never_reaches_into_the_machine(reference):
    assert parse("m3u", f"{reference}\n".encode(), base=BASE) == []
    assert parse("html", f"<audio src='{reference}'>".encode(), base=BASE) == []


def test_pages_show_their_audio_in_many_ways():
    page = b"""<html><head><base href="/files/"><meta property="og:audio" content="og.mp3">
    <script type="application/ld+json">{"@graph": [{"@type": "AudioObject", "name": "A - L",
    "contentUrl": "ld.mp3"}]}</script><script type="application/ld+json">{broken</script></head>
    <a href="one.mp3?x=1">Band &ndash; One</a> <a href="one.mp3?x=1">again</a>
    <a href="two.FLAC">Download</a> <a href="notes.txt">no</a> <a href="stream" type="audio/ogg">
    Typed</a><audio src="three"></audio><audio><source src="four.ogg"></audio>
    <video><source src="film.bin"></video><a href="http://[bad/x.mp3">bad</a></html>"""
    entries = parse("html", page, base="http://example.org/music/page.html")
    assert [(e.address.removeprefix("http://example.org/files/"), e.title) for e in entries] == [
        ("og.mp3", ""),
        ("ld.mp3", "L"),
        ("one.mp3?x=1", "One"),
        ("two.FLAC", ""),
        ("stream", "Typed"),
        ("three", ""),
        ("four.ogg", ""),
    ]


def test_feeds_take_sound_and_youtube_videos_and_leave_pictures():
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml">
    <link rel="self" href="http://x.org"/>
    <entry><title>Song</title><link rel="alternate" href="https://youtu.be/dQw4w9WgXcQ"/>
    <author><name>Singer</name></author></entry>
    <entry><title>Photo</title><link rel="enclosure" type="image/png" href="p.png"/></entry>
    <entry><title>B - C</title><link rel="enclosure" type="audio/mpeg" href="c.mp3"/>
    <author><name>admin</name></author></entry></feed>"""
    assert parse("feed", atom, base="http://x.org/feed") == [
        Entry("https://youtu.be/dQw4w9WgXcQ", "Song", "Singer"),
        Entry("http://x.org/c.mp3", "C", "B"),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        b"<rss><channel><item></rss>",
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        b"<rss><channel><item><title>&b;</title></item></channel></rss>",
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><title>&x;</title></rss>',
    ],
)
def test_broken_and_malicious_feeds_get_a_sentence(broken):
    with pytest.raises(SourceError, match="cannot be read"):
        parse("feed", broken, base=BASE)
