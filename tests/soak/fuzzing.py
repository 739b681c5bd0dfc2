"""Queries, lists, feeds, imports and JSON files of nonsense: an answer or one sentence, soon."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.learning import bounded_files
from genrefit.library import genre_file, open_library
from genrefit.library.exchange import import_segments
from genrefit.query import parse
from genrefit.sources import playlists
from tests.soak.mutations import mutated

SECONDS = 5.0
"""What takes longer than this is reported: the texts have a few kilobytes."""
GENRES = ("jazz", "hip hop", "folk", "not jazz", "50%")
WORDS = ["jazz", "hip", "hop", "but", "not", "and", "or", "50", "%", '"', "(", ")", ">", "very",
         "a", "bit", "of", ",", "folk", "less", "than", "\ud800", "\0", "é", "1e999",
         "-"]  # fmt: skip
SEEDS: dict[str, list[bytes]] = {
    "m3u": [b"#EXTM3U\n#EXTINF:12,A - B\nsong.mp3\nhttp://a.example/b.mp3\n"],
    "pls": [b"[playlist]\nFile1=a.mp3\nTitle1=A\nLength1=3\nNumberOfEntries=1\n"],
    "xspf": [b"<playlist><trackList><track><location>a.mp3</location></track></trackList>"
             b"</playlist>"],
    "feed": [b'<rss><channel><item><title>A</title><enclosure url="a.mp3"/></item></channel></rss>',
             b'<feed><entry><link rel="enclosure" href="a.mp3"/></entry></feed>'],
    "opml": [b'<opml><body><outline xmlUrl="http://a.example/f"/></body></opml>'],
    "csv": [b"Title,Artist,URL\nA,B,http://a.example/a.mp3\n"],
    "asx": [b'<asx><entry><ref href="a.mp3"/></entry></asx>'],
    "html": [b'<html><a href="a.mp3">A</a><script type="application/ld+json">{"@type":'
             b'"MusicRecording","url":"a.mp3"}</script></html>'],
    "itunes": [b"<plist><dict><key>Tracks</key><dict><key>1</key><dict><key>Location</key>"
               b"<string>file:///a.mp3</string></dict></dict></dict></plist>"],
    "rekordbox": [b'<DJ_PLAYLISTS><COLLECTION><TRACK TrackID="1" Location="file:///a.mp3"/>'
                  b"</COLLECTION></DJ_PLAYLISTS>"],
}  # fmt: skip
BLOWN = [b"[", b"<a", b"<![CDATA[", b"((", b"%", b"&amp;", b'="', b"{\"a\":", b" ", b"\n", b"9",
         b"-->", b"<!--", b"\\", b"A - "]  # fmt: skip


def run(folder: Path, *, short: bool, seed: int) -> Iterator[tuple[str, int, list[str]]]:
    rng = random.Random(seed)
    count = 300 if short else 20_000
    queries = (" ".join(rng.choices(WORDS, k=rng.randrange(1, 30))) for _ in range(count))
    yield "query", *_tried(queries, lambda text: parse(text, GENRES))
    for kind, seeds in SEEDS.items():
        texts = _texts(seeds, rng, (60 if short else 2000))
        yield kind, *_tried(texts, lambda data, kind=kind: playlists.parse(kind, data, base="/x/y"))
    yield (
        "genres.json",
        *_tried(
            _texts([b'{"jazz": ["/a"], "folk": {"sources": [], "like": null}}'], rng, count),
            lambda data: genre_file.parse(data, "x"),
        ),
    )
    yield (
        "model JSON",
        *_tried(
            _texts([b'{"format": 1, "genres": ["a"], "sha256": {}}'], rng, count),
            lambda data: bounded_files.read_json(data, "x"),
        ),
    )
    home = Home(folder / "home")
    open_library(home).close()
    file = folder / "segments.jsonl"
    line = json.dumps({"song": "A - B", "genre": "jazz", "tempo": 100.0, "rms": 0.1}).encode()

    def take(data: bytes) -> None:
        file.write_bytes(data)
        import_segments(home, file)

    yield "import", *_tried(_texts([line + b"\n" + line], rng, 100 if short else 5000), take)


def _texts(seeds: list[bytes], rng: random.Random, count: int) -> Iterator[bytes]:
    for number in range(count):
        data = mutated(rng.choice(seeds), rng)
        if number % 5 == 0:
            at = rng.randrange(len(data) + 1)
            data = data[:at] + rng.choice(BLOWN) * rng.choice((100, 1000, 20_000)) + data[at:]
        yield data


def _tried(inputs: Iterator, act: Callable) -> tuple[int, list[str]]:
    ran, failures = 0, []
    for given in inputs:
        ran += 1
        started = time.monotonic()
        try:
            act(given)
        except GenrefitError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            failures.append(f"{type(error).__name__}: {error} for {given[:200]!r}")
        if time.monotonic() - started > SECONDS:
            failures.append(f"took {time.monotonic() - started:.0f} s for {given[:200]!r}")
    return ran, failures
