from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit.errors import SourceError
from genrefit.sources.entries import Entry
from genrefit.sources.playlists import kind_of, parse

BASE = "http://x.org/songs.csv"
EXPORTIFY = (
    "\ufeffTrack URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms){}\n"
    'spotify:track:4uLU6hMCjMI75M1A2tKUQC,"Never, ever",Album,"Ann;Ben",2001,213000{}\n'
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_found_by_name_in_any_order(delimiter):
    rows = [("Artist", "URL", "Title", "Length"), ("Ann", "one.mp3", "One, two", "3:33"),
            ("", "http://y.org/2.ogg", "Ben - Two", ""), ("Cem", "", "No address", "")]  # fmt: skip
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert kind_of(text.encode(), "songs.csv") == "csv"
    assert parse("csv", text.encode("utf-16"), base=BASE) == [
        Entry("http://x.org/one.mp3", "One, two", "Ann", 213.0),
        Entry("http://y.org/2.ogg", "Two", "Ben", None),
    ]


def test_exportify_with_a_column_of_addresses():
    data = EXPORTIFY.format(",My link", ",https://y.org/a.mp3").encode()
    assert kind_of(data, "x.csv") == "csv"
    assert parse("csv", data, base=BASE) == [
        Entry("https://y.org/a.mp3", "Never, ever", "Ann;Ben", 213.0)
    ]


def test_exportify_alone_says_why_it_cannot_be_fetched():
    with pytest.raises(SourceError, match="only Spotify's ids, which cannot be fetched"):
        parse("csv", EXPORTIFY.format("", "").encode(), base=BASE)


def test_a_table_without_addresses_says_what_is_missing():
    with pytest.raises(SourceError, match="no column of addresses: add a column called URL"):
        parse("csv", b"Artist,Title\nAnn,One\n", base=BASE)


@given(st.text(alphabet=st.sampled_from('url,title;\t"\n\r\0 ax.mp3é'), max_size=120))
def test_any_table_is_read_or_refused(text):
    try:
        parse("csv", f"url,title\n{text}".encode(), base=BASE)
    except SourceError as error:
        assert "table of songs" in str(error)
