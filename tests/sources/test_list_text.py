from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genrefit.errors import SourceError
from genrefit.sources.list_text import decode_text, decode_xml, mended_xml, xml_elements

TEXT = "#EXTM3U\n#EXTINF:11,Zoë - Füße\nMusic/Größe.mp3\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_a_text_is_read_in_the_encoding_it_is_in(encoding):
    assert decode_text(TEXT.encode(encoding)) == TEXT


def test_xml_is_read_in_the_encoding_that_it_declares():
    text = '<?xml version="1.0" encoding="iso-8859-5"?><a>Привет</a>'
    assert "Привет" in decode_xml(text.encode("iso-8859-5"))
    assert "Привет" in decode_xml(text.encode("utf-16"))
    wrong = '<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode()
    assert "é" in decode_xml(wrong)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A & B", "A & B"),
        ("A &amp; B", "A & B"),
        ("A&nbsp;- T", "A\u00a0- T"),
        ("caf&eacute; &#233; &#xe9;", "café é é"),
        ("&lt;3 &quot;x&quot;", '<3 "x"'),
        ("R&B; x?a=1&b=2&copy=3", "R&B; x?a=1&b=2&copy=3"),
        ("a\x00b\x0bc\ufffed", "abcd"),
        ("&notanentity; &", "&notanentity; &"),
    ],
)
def test_xml_of_careless_programs_is_mended(written, read):
    data = f"\n \n<?xml version='1.0'?>\n<rss><title>{written}</title></rss>"
    elements = list(xml_elements(data.encode("utf-8", "surrogatepass"), "x"))
    assert elements[1][2] == read


@pytest.mark.parametrize("mark", ["", "\ufeff", "\ufeff\r\n\r\n", "  junk before "])
def test_what_stands_before_the_first_element_is_passed_over(mark):
    data = f"{mark}<?xml version='1.0' encoding='UTF-8'?><a><b/></a>".encode()
    assert [name for name, *_ in xml_elements(data, "x")] == ["a", "b"]


def test_xml_base_counts_for_what_is_inside():
    data = b'<a xml:base="http://x.org/one/"><b xml:base="two/"><c/></b><d xml:base="/three/"/></a>'
    bases = {name: base for name, _, _, _, base in xml_elements(data, "http://y.org/l.xspf")}
    assert bases == {
        "a": "http://x.org/one/",
        "b": "http://x.org/one/two/",
        "c": "http://x.org/one/two/",
        "d": "http://x.org/three/",
    }


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"<a><b></a>",
        b"<a",
        b"no xml",
        b"",
        b"<" * 1000,
        b"<a>" * 5000,
    ],
)
def test_what_is_broken_or_defines_entities_is_refused(data):
    with pytest.raises(SourceError, match="is a list that cannot be read"):
        list(xml_elements(data, "list.xml"))


def test_very_deep_xml_is_read():
    data = b"<a>" * 3000 + b"</a>" * 3000
    assert len(list(xml_elements(data, "x"))) == 3000


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    decode_text(data)
    with contextlib.suppress(SourceError):
        list(xml_elements(data, "x"))


@given(st.text(max_size=200))
def test_mending_twice_changes_nothing_more(text):
    assert mended_xml(mended_xml("<" + text)) == mended_xml("<" + text)
