"""Every kind of list is read alike, and hostile ones do no harm."""

from __future__ import annotations

import pytest

from genrefit.sources.entries import Entry
from genrefit.sources.playlists import kind_of, parse, parse_extinf
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


def test_an_absurd_number_in_a_pls_file_is_passed_over():
    data = f"[playlist]\nFile{'9' * 5000}=x.mp3\nFile1=y.mp3\n"
    assert [e.address for e in parse("pls", data.encode(), base=BASE)] == [
        "http://example.org/lists/y.mp3"
    ]


@pytest.mark.parametrize(
    ("line", "seconds", "text"),
    [
        ("213,A - T", 213.0, "A - T"),
        ("213.4 , A - T, live", 213.4, "A - T, live"),
        ("3:33,A - T", 213.0, "A - T"),
        ('-1 tvg-id="a,b" group="x",A - T', None, "A - T"),
        ('213 tvg-id="never closed,A - T', 213.0, "A - T"),
        (",A - T", None, "A - T"),
        ("213 A - T", 213.0, "A - T"),
        ("-1 A - T", None, "A - T"),
        ("A - T", None, "A - T"),
        ("", None, ""),
        ("9" * 5000 + ",A", None, "A"),
        ("nan,A", None, "A"),
    ],
)
def test_extinf_lines_of_many_programs(line, seconds, text):
    assert parse_extinf(line) == (seconds, text)


@pytest.mark.parametrize(
    "hostile",
    [
        '#EXTINF:1 a="b"' * 20_000,
        "#EXTINF:-1" + ' x="' * 20_000,
        "<?" * 30_000,
        "<!--" * 20_000,
        "<!DOCTYPE" * 9_000,
        "<!DOCTYPE [" * 9_000,
        "File1" + " " * 60_000 + "=x",
        "," * 60_000,
    ],
)
def test_hostile_texts_are_told_in_linear_time(hostile):
    """Each took minutes, or more than linear time, when patterns had nested repeats."""
    kind = kind_of(hostile.encode(), "x.m3u")
    parse("m3u", hostile.encode(), base=BASE)
    assert kind in (None, "m3u", "html", "csv")


def test_the_lists_of_windows_media():
    asx = b'<ASX version="3.0"><Entry><Title>A - T</Title><Ref HREF="one.mp3"/></Entry></ASX>'
    wpl = b'<?wpl version="1.0"?><smil><body><seq><media src="..\\one.mp3"/></seq></body></smil>'
    assert kind_of(asx, "x") == kind_of(wpl, "x") == "asx"
    assert parse("asx", asx, base=BASE) == [Entry("http://example.org/lists/one.mp3", "T", "A")]
    assert parse("asx", wpl, base=BASE) == [Entry("http://example.org/one.mp3")]


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("file:/m/a%20b.mp3", "/m/a b.mp3"),
        ("file:///m/x.mp3", "/m/x.mp3"),
        ("FILE://localhost/m/x.mp3", "/m/x.mp3"),
        ("file:///C:/m/x.mp3", "C:/m/x.mp3"),
        ("file:///C:\\m\\x.mp3", "C:/m/x.mp3"),
        ("file://nas/m/x.mp3", "//nas/m/x.mp3"),
        ("D:\\m\\x.mp3", "D:/m/x.mp3"),
        ("\\\\nas\\m\\x.mp3", "//nas/m/x.mp3"),
        ("m\\x.mp3", "/lists/m/x.mp3"),
        ("AC\\DC/x.mp3", "/lists/AC\\DC/x.mp3"),
    ],
)
def test_paths_of_every_system(reference, path):
    assert [e.address for e in parse("m3u", reference.encode(), base="/lists/l.m3u")] == [path]
