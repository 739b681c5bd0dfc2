"""Pages are read from the network as far as they are text, each byte once."""

from __future__ import annotations

import contextlib

import pytest

from genrefit.errors import SourceError
from genrefit.sources import playlists
from genrefit.sources.limits import Deadline, Limits
from genrefit.sources.webpage import PAGE_BYTES, read_page
from tests.support import servers, songs

LIMITS = Limits(answer_seconds=10, listing_seconds=120)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = songs.folder(tmp_path_factory.mktemp("songs"), {"One.mp3": 1})
    with servers.Site(folder) as site:
        yield site


class CountedBytes(bytes):
    """Bytes that count what is copied when they are joined to other bytes by `+`."""

    copied = 0

    def __radd__(self, other: bytes) -> bytes:
        CountedBytes.copied += len(other) + len(self)
        return other + bytes(self)


def test_a_long_page_in_small_pieces_is_read_in_linear_work(site, monkeypatch):
    pieces = 0
    limit_response = Deadline.limit_response

    def count_pieces(deadline, response):
        response = limit_response(deadline, response)
        read = response.read

        def read_counted(amount=None):
            nonlocal pieces
            pieces += 1
            # What is copied in a quadratic way is 250 GB: enough is known after a hundredth.
            assert CountedBytes.copied <= 4 * PAGE_BYTES
            return CountedBytes(read(amount))

        response.read = read_counted
        return response

    monkeypatch.setattr(Deadline, "limit_response", count_pieces)
    page = read_page(site.url("/bad/long.html"), LIMITS)
    assert PAGE_BYTES <= len(page.data) < PAGE_BYTES + 1024
    assert page.data.startswith(b"<p>la la la</p>")
    assert pieces > 8_000
    assert CountedBytes.copied <= 4 * PAGE_BYTES


def test_of_audio_only_the_beginning_is_read(site):
    page = read_page(site.song(site.files[0]), LIMITS)
    assert page.content_type == "audio/mpeg"
    assert 0 < len(page.data) <= 8192 < site.files[0].stat().st_size


def test_a_page_has_its_url_after_redirects(site):
    page = read_page(site.url("/bad/moved.mp3"), LIMITS)
    assert page.url == site.song(site.files[0])


@pytest.mark.parametrize("beginning", [b"<!--", b"<![CDATA[", b"<?", b"<a ", b"</", b"<a b='"])
def test_what_is_never_closed_costs_no_more_than_what_is(beginning):
    """Each of 50,000 beginnings was followed to the end of the page: minutes."""
    page = b"<a href='a.mp3'>A</a>" + beginning * 50_000
    with contextlib.suppress(SourceError):
        assert [e.address for e in playlists.parse("html", page, base="http://x.example/")] == [
            "http://x.example/a.mp3"
        ]
