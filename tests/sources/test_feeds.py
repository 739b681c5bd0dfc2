"""Feeds and pages name their audio in many ways; hostile ones do no harm."""

from __future__ import annotations

import pytest

from genrefit.errors import SourceError
from genrefit.sources.entries import Entry
from genrefit.sources.playlists import parse

BASE = "http://example.org/lists/one"


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


def test_a_feed_nested_very_deeply_is_read():
    deep = b"<a>" * 20_000 + b"</a>" * 20_000
    feed = (
        b"<rss><channel><item>%s<enclosure url='x.mp3' type='audio/mpeg'/></item></channel></rss>"
    )
    assert [e.address for e in parse("feed", feed % deep, base=BASE)] == [
        "http://example.org/lists/x.mp3"
    ]


RSS = '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item>{}</item></channel></rss>'
AUDIO = "http://x.org/one.mp3"


@pytest.mark.parametrize(
    "item",
    [
        "<title>A - T</title><enclosure url='one.mp3'/>",
        "<title>A - T</title><enclosure url='pic.jpg'/><enclosure url='one.mp3'/>",
        "<title>A - T</title><enclosure url='one.mp3' type='audio/mpeg'/><enclosure url='p.png'/>",
        "<title>A - T</title><enclosure url='stream' /><enclosure url='one.mp3'/>",
        "<title>A - T</title><enclosure url='film.mp4' type='text/html'/><media:content "
        "url='one.mp3' medium='audio'/>",
        "<title>A - T</title><media:group><media:content url='p.jpg' medium='image'/>"
        "<media:content url='one.mp3' type='audio/mpeg'/></media:group>",
        "<title>A&nbsp;- T</title><media:thumbnail url='p.jpg'/><link rel='enclosure' "
        "href='one.mp3'/>",
        "<enclosure url='one.mp3'/><title>A - T</title>",
        "<title>A - T</title><content type='audio/mpeg' src='one.mp3'/>",
        "<title>A - T</title><link>http://x.org/blog</link><enclosure url='one.mp3'/>",
    ],
)
def test_the_audio_is_found_wherever_it_stands(item):
    entries = parse("feed", RSS.format(item).encode(), base="http://x.org/feed")
    assert [(e.address, e.artist, e.title) for e in entries] == [(AUDIO, "A", "T")]


@pytest.mark.parametrize(
    "item",
    [
        "<enclosure url='p.jpg'/>",
        "<enclosure url='book.pdf'/>",
        "<media:content url='p.mp3' type='image/png'/>",
        "<link>http://x.org/one.mp3</link>",
        "<media:thumbnail url='one.mp3'/>",
        "<enclosure/>",
        "<enclosure url='file:///etc/passwd'/>",
    ],
)
def test_pictures_and_pages_are_no_audio(item):
    assert parse("feed", RSS.format(item).encode(), base="http://x.org/feed") == []


def test_addresses_with_bare_ampersands_stay_whole():
    item = "<title>R&B &amp; Soul - T</title><enclosure url='one.mp3?a=1&b=2&amp;c=3'/>"
    (entry,) = parse("feed", RSS.format(item).encode(), base="http://x.org/feed")
    assert entry.address == "http://x.org/one.mp3?a=1&b=2&c=3"
    assert entry.artist == "R&B & Soul"


def test_opml_names_feeds_and_audio():
    opml = b"""<opml><body><outline text="Podcasts"><outline type="rss" text="One"
    xmlUrl="one.rss"/><outline text="A - T" url="two.mp3"/></outline></body></opml>"""
    assert parse("opml", opml, base="http://x.org/list.opml") == [
        Entry("http://x.org/one.rss", "One", is_list=True),
        Entry("http://x.org/two.mp3", "T", "A"),
    ]


@pytest.mark.parametrize(
    "page", [b"<![CDAT[", b"<" * 50_000, b"<a " * 20_000, b"<!--" * 20_000, b"<div>" * 5_000,
             b"<script type='application/ld+json'>" + b"[" * 100_000 + b"</script>"]
)  # fmt: skip
def test_broken_pages_are_read_or_refused_without_a_fault(page):
    try:
        parse("html", page + b"<audio src='x.mp3'>", base=BASE)
    except SourceError as error:
        assert "cannot be read" in str(error)
